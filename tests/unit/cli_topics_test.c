/* Topics: every one is answered, in lines that fit, and rows have something to say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli.h"
#include "cli/settings.h"
#include "cli/topics.h"
#include "cli/words.h"
#include "record/sample.h"
#include "strategy/strategy.h"

#define LIMIT ((size_t)1 << 20)

/* Returns help on the word, which the caller ends. */
static struct buf help_on(const char *word) {
    struct buf out;
    struct err err = {0};
    buf_init(&out, LIMIT);
    assert_int_equal(topics_write(&out, word, &err), 0);
    assert_false(out.failed);
    for (const char *line = buf_text(&out); *line; line += strcspn(line, "\n") + 1)
        if (strcspn(line, "\n") >= 80)
            fail_msg("--help %s has a line of %zu columns: %.100s", word, strcspn(line, "\n"), line);
    return out;
}

static void a_check_of_runs_is_explained_with_all_others(void **state) {
    (void)state;
    struct buf out = help_on("send_slip"), trust = help_on("trust"), errors = help_on("errors");
    assert_string_equal(buf_text(&out), buf_text(&trust));
    assert_null(strstr(buf_text(&errors), "send_slip")); /* a topic of its own */
    buf_fini(&out);
    buf_fini(&trust);
    buf_fini(&errors);
}

static void a_path_that_needs_a_word_leads_to_the_endpoint(void **state) {
    (void)state;
    struct buf out = help_on("sojourn");
    assert_non_null(strstr(buf_text(&out), "?queue=1"));
    assert_non_null(strstr(buf_text(&out), "?seed="));
    buf_fini(&out);
}

static void a_time_is_not_said_to_be_at_least_nothing(void **state) {
    (void)state;
    struct buf out = help_on("--grace");
    assert_null(strstr(buf_text(&out), "At least"));
    assert_non_null(strstr(buf_text(&out), "At most 24h."));
    buf_fini(&out);
}

static void every_strategy_that_can_spin_is_named_where_that_is_explained(void **state) {
    (void)state;
    struct buf out = help_on("--spin");
    const char *list = strstr(buf_text(&out), "(async");
    assert_non_null(list);
    for (const struct strategy *const *row = strategy_table; *row; row++) {
        bool named = strstr(list, (*row)->name);
        bool can = (*row)->capabilities & CAN_SPIN;
        if (named != can)
            fail_msg("--help --spin names %s: %d, and it can: %d", (*row)->name, named, can);
    }
    buf_fini(&out);
}

static void visit(void *state, const char *name, const char *what) {
    ++*(int *)state;
    assert_true(*what);
    struct buf out = help_on(name);
    assert_non_null(strchr(buf_text(&out), '\n'));
    buf_fini(&out);
}

static void every_topic_is_answered_in_lines_that_fit(void **state) {
    (void)state;
    int visited = 0;
    topics_each(visit, &visited);
    assert_true(visited > 70);
}

static void check_row(const struct option *row) {
    if (strlen(row->help) < 8 || !row->details || strlen(row->details) < 40)
        fail_msg("--%s says too little", row->name);
    if (row->help[strlen(row->help) - 1] == '.')
        fail_msg("the line of --%s ends with a full stop", row->name);
    char dashed[64];
    snprintf(dashed, sizeof dashed, "--%s", row->name);
    struct buf out = help_on(dashed);
    assert_non_null(strstr(buf_text(&out), dashed));
    assert_non_null(strstr(buf_text(&out), row->help));
    buf_fini(&out);
}

static void every_option_has_a_line_and_details(void **state) {
    (void)state;
    for (const struct option *row = settings_options; row->name; row++)
        check_row(row);
    for (const struct cli_command *c = cli_commands; c->name; c++)
        for (const struct option *row = c->options; row->name; row++)
            if (row->kind != OPTION_HELP) /* there is nothing more to say of it */
                check_row(row);
    for (const struct strategy *const *s = strategy_table; *s; s++)
        assert_non_null((*s)->details);
}

static void what_takes_a_secret_is_marked(void **state) {
    (void)state;
    assert_int_equal(option_find(settings_options, "user")->secret, OPTION_SECRET);
    assert_int_equal(option_find(settings_options, "header")->secret, OPTION_SECRET_HEADER);
    assert_int_equal(option_find(settings_options, "cert")->secret, OPTION_SECRET_TAIL);
}

static void check_same(const char *word, const char *other) {
    struct buf a = help_on(word), b = help_on(other);
    assert_string_equal(buf_text(&a), buf_text(&b));
    buf_fini(&a);
    buf_fini(&b);
}

static void an_option_is_found_by_any_of_its_spellings(void **state) {
    (void)state;
    check_same("--mode", "mode");
    check_same("--mode", "-M");
    check_same("--mode", "M");
    check_same("--mode", "--mode=async");
    check_same("-X", "-m");
    check_same("send", "What to send");
    check_same("serve", "endpoint");
    check_same("", "http://127.0.0.1/");
}

static void a_name_of_several_things_explains_them_all(void **state) {
    (void)state;
    struct buf out = help_on("threads");
    assert_non_null(strstr(buf_text(&out), "Strategy threads"));
    assert_non_null(strstr(buf_text(&out), "--threads K"));
    buf_fini(&out);
    out = help_on("--threads");
    assert_null(strstr(buf_text(&out), "Strategy threads"));
    buf_fini(&out);
}

static void check_refused(const char *word, const char *wanted) {
    struct buf out;
    struct err err = {0};
    buf_init(&out, LIMIT);
    assert_int_equal(topics_write(&out, word, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    if (!strstr(err.text, wanted))
        fail_msg("\"%s\" does not say \"%s\"", err.text, wanted);
    assert_int_equal(out.length, 0);
    buf_fini(&out);
}

static void an_unknown_topic_gets_the_nearest_suggested(void **state) {
    (void)state;
    check_refused("strategis", "strategies");
    check_refused("--concurency", "concurrency");
    check_refused("-j", "-j");
    check_refused("max-time", "use --timeout");
    check_refused("zzzzzz", "--help shows everything");
    char longest[300];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    check_refused(longest, "no help");
}

static void every_error_class_means_something(void **state) {
    (void)state;
    struct buf out = help_on("errors");
    for (enum error_class c = ERROR_NONE + 1; c < ERROR_CLASSES; c++) {
        assert_true(*error_class_meaning(c));
        assert_non_null(strstr(buf_text(&out), error_class_name(c)));
    }
    buf_fini(&out);
}

static void help_takes_the_next_word_and_reads_no_further(void **state) {
    (void)state;
    static const struct {
        const char *words[4];
        const char *topic;
    } lines[] = {
        {{"--help"}, ""},
        {{"--help", "mode"}, "mode"},
        {{"--help", "--mode"}, "--mode"},
        {{"-h", "-n", "--nonsense"}, "-n"},
        {{"--help=urls"}, "urls"},
        {{"-qh", "exit"}, "exit"},
        {{"-q", "--help", "--", "-n"}, "--"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char *argv[6] = {(char[]){"fetchbench"}};
        int argc = 1;
        for (; argc <= 4 && lines[i].words[argc - 1]; argc++)
            argv[argc] = (char *)(uintptr_t)lines[i].words[argc - 1];
        struct settings s;
        struct err err = {0};
        assert_int_equal(settings_read(&s, argc, argv, &err), 0);
        assert_string_equal(s.help, lines[i].topic);
        settings_fini(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_topic_is_answered_in_lines_that_fit),
        cmocka_unit_test(a_check_of_runs_is_explained_with_all_others),
        cmocka_unit_test(a_path_that_needs_a_word_leads_to_the_endpoint),
        cmocka_unit_test(a_time_is_not_said_to_be_at_least_nothing),
        cmocka_unit_test(every_strategy_that_can_spin_is_named_where_that_is_explained),
        cmocka_unit_test(every_option_has_a_line_and_details),
        cmocka_unit_test(what_takes_a_secret_is_marked),
        cmocka_unit_test(an_option_is_found_by_any_of_its_spellings),
        cmocka_unit_test(a_name_of_several_things_explains_them_all),
        cmocka_unit_test(an_unknown_topic_gets_the_nearest_suggested),
        cmocka_unit_test(every_error_class_means_something),
        cmocka_unit_test(help_takes_the_next_word_and_reads_no_further),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
