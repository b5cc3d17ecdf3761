/* What is written is read back the same, and what is no report is refused with its place. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/fields.h"

static struct report *sample_report(void) {
    struct report *r = report_open();
    r->tool.name = "fetchbench";
    r->tool.version = "0.1.0";
    r->started_at = "2026-01-02T03:04:05.678Z";
    r->seed = REPORT_INTEGER_LIMIT - 1;
    r->plan.url = "http://h/?a=\"b\"\\";
    r->plan.method = "GET";
    struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
    shape_clear(&report_run_shape, run);
    run->strategy = run->label = "async";
    run->latency.source = run->service_time.source = "samples";
    run->latency.percentiles_s.p99_9 = 0.1;
    run->exit.reason = "finished";
    run->wall_s = 1.0 / 3;
    struct report_count *code = report_list_add(r, &run->status_codes, sizeof *code);
    *code = (struct report_count){"200", 5};
    struct report_error *error = report_list_add(r, &run->errors, sizeof *error);
    *error = (struct report_error){"timeout", 2, "too late"};
    return r;
}

static char *text_of(const struct report *r) {
    struct buf text;
    buf_init(&text, REPORT_TEXT_LIMIT);
    assert_int_equal(report_write_text(r, &text), 0);
    return buf_take(&text);
}

static struct report *read_back(const char *text) {
    struct err err = {0};
    struct report *r = report_read_text(text, strlen(text), "it", &err);
    if (!r)
        print_message("%s\n", err.text);
    return r;
}

static void a_report_comes_back_as_it_was_written(void **state) {
    (void)state;
    struct report *r = sample_report();
    char *text = text_of(r);
    struct report *back = read_back(text);
    assert_non_null(back);
    const struct report_run *run = back->runs.items;
    assert_int_equal(back->seed, REPORT_INTEGER_LIMIT - 1);
    assert_string_equal(back->plan.url, r->plan.url);
    assert_true(run->wall_s == 1.0 / 3);
    assert_true(run->latency.percentiles_s.p99_9 == 0.1);
    assert_true(isnan(run->setup_s));
    assert_int_equal(run->exit.signal, -1);
    assert_int_equal(back->target.co_located, -1);
    assert_null(run->queue_wait);
    assert_string_equal(((const struct report_error *)run->errors.items)->error_class, "timeout");
    char *again = text_of(back);
    assert_string_equal(text, again);
    free(again);
    free(text);
    report_close(back);
    report_close(r);
}

static void text_that_is_no_utf8_is_written_as_utf8(void **state) {
    (void)state;
    struct report *r = sample_report();
    r->target.server_header = "\xFFnginx\xC3\xA9\xED\xA0\x80";
    char *text = text_of(r);
    assert_non_null(strstr(text, "\xEF\xBF\xBDnginx\xC3\xA9\xEF\xBF\xBD"));
    free(text);
    report_close(r);
}

static void numbers_that_json_cannot_hold_become_null(void **state) {
    (void)state;
    struct report *r = sample_report();
    r->seed = REPORT_INTEGER_LIMIT;
    r->plan.timeout_s = INFINITY;
    char *text = text_of(r);
    struct report *back = read_back(text);
    assert_int_equal(back->seed, -1);
    assert_true(isnan(back->plan.timeout_s));
    free(text);
    report_close(back);
    report_close(r);
}

/* The sample's text with the first `from` replaced. */
static char *changed(const char *from, const char *to) {
    struct report *r = sample_report();
    char *text = text_of(r), *found = strstr(text, from);
    struct buf out;
    buf_init(&out, REPORT_TEXT_LIMIT);
    assert_non_null(found);
    buf_append(&out, text, (size_t)(found - text));
    buf_printf(&out, "%s%s", to, found + strlen(from));
    free(text);
    report_close(r);
    return buf_take(&out);
}

static void refuses(const char *from, const char *to, const char *wanted) {
    struct err err = {0};
    char *text = changed(from, to);
    assert_null(report_read_text(text, strlen(text), "it", &err));
    assert_int_equal(err.kind, ERR_USAGE);
    if (!strstr(err.text, wanted))
        fail_msg("\"%s\" does not say \"%s\"", err.text, wanted);
    free(text);
}

static void a_flag_that_an_older_report_lacks_is_false(void **state) {
    (void)state;
    struct err err = {0};
    char *text = changed("\"complete\":\tfalse", "\"other\":\ttrue");
    struct report *r = report_read_text(text, strlen(text), "it", &err);
    assert_non_null(r);
    assert_false(r->complete);
    report_close(r);
    free(text);
}

static void what_does_not_fit_is_refused_by_its_place(void **state) {
    (void)state;
    refuses("\"schema_version\":\t1", "\"schema_version\":\t2", "schema_version 2");
    refuses("\"schema_version\":\t1", "\"schema\":\t1", "has no schema_version");
    refuses("\"label\":\t\"async\"", "\"label\":\t5", "runs[0].label is not a text");
    refuses("\"label\":\t\"async\"", "\"label\":\tnull", "runs[0].label is null");
    refuses("\"label\":\t\"async\"", "\"lable\":\t\"async\"", "runs[0].label is missing");
    refuses("\"200\":\t5", "\"200\":\t-5", "runs[0].status_codes.200 is not an integer");
    refuses("\"200\":\t5", "\"200\":\t5.5", "status_codes.200 is not an integer");
    refuses("\"200\":\t5", "\"200\":\t9007199254740992", "status_codes.200 is not an integer");
    refuses("\"finished\"", "\"finish\"", "runs[0].exit.reason is none of the words");
    refuses("\"finished\"", "\"finished|crashed\"", "runs[0].exit.reason is none of the words");
    refuses("\"finished\"", "\"\"", "runs[0].exit.reason is none of the words");
    refuses("\"99.9\":\t0.1", "\"99.9\":\t1e999", "runs[0].latency.percentiles_s.99.9 is too large");
    refuses("\"complete\":\tfalse", "\"complete\":\t0", "complete is not true or false");
    refuses("\"load_average\":\tnull", "\"load_average\":\t[1,2]", "environment.load_average is not a list");
    refuses("\"command\":\t[]", "\"command\":\t[1]", "command[0] is not a text");
    refuses("\"command\":\t[]", "\"command\":\t{}", "command is not a list");
    refuses("\"count\":\t2", "\"count\":\t\"2\"", "runs[0].errors.timeout.count is not a number");
    refuses("\"runs\":\t[", "\"runs\":\t[[],", "runs[0] is not an object");
}

static void unknown_keys_and_absent_optional_ones_are_no_harm(void **state) {
    (void)state;
    char *text = changed("\"seed\":\t", "\"seed_of_old\":\t[{\"a\":[1,2]}],\"later\":\t");
    struct report *back = read_back(text);
    assert_non_null(back);
    assert_int_equal(back->seed, -1);
    report_close(back);
    free(text);
}

static void what_is_not_json_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        "{",
                                        "[1,2",
                                        "nonsense",
                                        "\"text\"",
                                        "5",
                                        "null",
                                        "[]",
                                        "{}",
                                        "{\"schema_version\":1}",
                                        "{\"schema_version\":1,\"tool\":[]}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct err err = {0};
        assert_null(report_read_text(texts[i], strlen(texts[i]), "it", &err));
        assert_true(err.text[0] != '\0');
    }
}

static void what_is_not_utf8_is_refused(void **state) {
    (void)state;
    refuses("\"label\":\t\"async\"", "\"label\":\t\"as\xffnc\"", "it is no report: it is not UTF-8");
    refuses("\"200\":\t5", "\"20\xc3\":\t5", "it is no report: it is not UTF-8");
}

static void deep_nesting_and_every_cut_are_refused_without_harm(void **state) {
    (void)state;
    enum { DEPTH = 1000000 };
    char *deep = malloc(DEPTH);
    struct err err = {0};
    assert_non_null(deep);
    memset(deep, '[', DEPTH);
    assert_null(report_read_text(deep, DEPTH, "it", &err));
    free(deep);
    struct report *r = sample_report();
    char *text = text_of(r);
    size_t length = strlen(text);
    for (size_t cut = 0; cut + 2 < length; cut += 7) {
        char *part = malloc(cut + 1); /* its own block, so that reading beyond it is caught */
        assert_non_null(part);
        memcpy(part, text, cut);
        assert_null(report_read_text(part, cut, "it", &err));
        free(part);
    }
    free(text);
    report_close(r);
}

static void a_path_too_long_for_its_message_is_only_cut_short(void **state) {
    (void)state;
    char key[600];
    memset(key, 'k', sizeof key);
    key[0] = '"';
    strcpy(key + sizeof key - 6, "\":\tx\"");
    memcpy(key + sizeof key - 5, ":\t-1", 5);
    key[sizeof key - 6] = '"';
    refuses("\"200\":\t5", key, "is not an integer");
}

static void a_file_that_cannot_be_read_says_why(void **state) {
    (void)state;
    struct err err = {0};
    assert_null(report_read("/nonexistent/report.json", &err));
    assert_string_equal(err.text, "cannot read /nonexistent/report.json: No such file or directory");
    assert_null(report_read("/", &err));
    assert_string_equal(err.text, "cannot read /: Is a directory");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_comes_back_as_it_was_written),
        cmocka_unit_test(text_that_is_no_utf8_is_written_as_utf8),
        cmocka_unit_test(numbers_that_json_cannot_hold_become_null),
        cmocka_unit_test(a_flag_that_an_older_report_lacks_is_false),
        cmocka_unit_test(what_does_not_fit_is_refused_by_its_place),
        cmocka_unit_test(unknown_keys_and_absent_optional_ones_are_no_harm),
        cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(what_is_not_utf8_is_refused),
        cmocka_unit_test(deep_nesting_and_every_cut_are_refused_without_harm),
        cmocka_unit_test(a_path_too_long_for_its_message_is_only_cut_short),
        cmocka_unit_test(a_file_that_cannot_be_read_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
