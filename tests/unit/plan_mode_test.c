/* The grammar of --mode, and the labels that come of it. */
#include "plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void check_entry(const struct plan_entry *entry, const char *label, const char *strategy,
                        size_t settings) {
    assert_string_equal(entry->label, label);
    assert_string_equal(entry->strategy, strategy);
    assert_int_equal(entry->setting_count, settings);
}

static void check_setting(const struct plan_setting *setting, const char *name, const char *text) {
    assert_string_equal(setting->name, name);
    assert_string_equal(setting->text, text);
}

static void check_refused(const char *text, const char *words) {
    struct plan plan = {0};
    struct err err = {0};
    assert_int_equal(plan_add_modes(&plan, text, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.text, words));
    plan_fini(&plan);
}

static struct plan plan_of(const char *modes) {
    struct plan plan = {.url = "http://host/", .requests = 1};
    assert_int_equal(plan_add_modes(&plan, modes, NULL), 0);
    assert_int_equal(plan_finish(&plan, NULL), 0);
    return plan;
}

static void a_name_alone_is_its_own_label(void **state) {
    (void)state;
    struct plan plan = plan_of("async");
    assert_int_equal(plan.entry_count, 1);
    check_entry(&plan.entries[0], "async", "async", 0);
    plan_fini(&plan);
}

static void modes_are_separated_by_commas_and_stripped_of_spaces(void **state) {
    (void)state;
    struct plan plan = plan_of("sequential, threads ,\tasync");
    assert_int_equal(plan.entry_count, 3);
    check_entry(&plan.entries[0], "sequential", "sequential", 0);
    check_entry(&plan.entries[1], "threads", "threads", 0);
    check_entry(&plan.entries[2], "async", "async", 0);
    plan_fini(&plan);
}

static void options_follow_after_colons(void **state) {
    (void)state;
    struct plan plan = plan_of("async:threads=2:spin=");
    check_entry(&plan.entries[0], "async", "async", 2);
    check_setting(&plan.entries[0].settings[0], "threads", "2");
    check_setting(&plan.entries[0].settings[1], "spin", "");
    plan_fini(&plan);
}

static void a_label_stands_before_an_equals_sign_that_no_colon_precedes(void **state) {
    (void)state;
    struct plan plan = plan_of("two=async:threads=2,async:threads=4");
    check_entry(&plan.entries[0], "two", "async", 1);
    check_entry(&plan.entries[1], "async", "async", 1);
    check_setting(&plan.entries[1].settings[0], "threads", "4");
    plan_fini(&plan);
}

static void an_escaped_comma_is_a_comma(void **state) {
    (void)state;
    struct plan plan = plan_of("async:words=a\\,b,threads");
    assert_int_equal(plan.entry_count, 2);
    check_setting(&plan.entries[0].settings[0], "words", "a,b");
    check_entry(&plan.entries[1], "threads", "threads", 0);
    plan_fini(&plan);
}

static void all_behind_exec_is_a_command(void **state) {
    (void)state;
    struct plan plan = plan_of("exec:python3 a=b.py http://c:80/,py=exec:echo a\\,b \\: c,exec");
    assert_int_equal(plan.entry_count, 3);
    check_entry(&plan.entries[0], "exec", "exec", 1);
    check_setting(&plan.entries[0].settings[0], "command", "python3 a=b.py http://c:80/");
    check_entry(&plan.entries[1], "py", "exec", 1);
    check_setting(&plan.entries[1].settings[0], "command", "echo a,b \\: c");
    check_entry(&plan.entries[2], "exec-2", "exec", 0);
    plan_fini(&plan);
}

static void modes_given_twice_add_up(void **state) {
    (void)state;
    struct plan plan = {0};
    assert_int_equal(plan_add_modes(&plan, "async", NULL), 0);
    assert_int_equal(plan_add_modes(&plan, "threads,sequential", NULL), 0);
    assert_int_equal(plan.entry_count, 3);
    plan_fini(&plan);
}

static void labels_that_repeat_are_numbered(void **state) {
    (void)state;
    struct plan plan = plan_of("async,async,async-2,async");
    assert_string_equal(plan.entries[0].label, "async");
    assert_string_equal(plan.entries[1].label, "async-2");
    assert_string_equal(plan.entries[2].label, "async-2-2");
    assert_string_equal(plan.entries[3].label, "async-3");
    plan_fini(&plan);
}

static void what_is_empty_is_refused(void **state) {
    (void)state;
    check_refused("", "empty name");
    check_refused("async,", "empty name");
    check_refused("async,,threads", "empty name");
    check_refused("label=", "empty name");
    check_refused("=async", "empty label");
    check_refused(":threads=2", "empty name");
}

static void an_option_without_a_value_is_refused(void **state) {
    (void)state;
    check_refused("async:threads", "\"threads\" is no option=value");
    check_refused("async:=2", "is no option=value");
    check_refused("async:", "is no option=value");
}

static void too_many_modes_or_options_are_refused(void **state) {
    (void)state;
    char modes[PLAN_ENTRIES * 2 + 2] = "a";
    for (int i = 0; i < PLAN_ENTRIES; i++)
        strcat(modes, ",a");
    check_refused(modes, "more than 512 modes");
    check_refused("a:b=1:b=1:b=1:b=1:b=1:b=1:b=1:b=1:b=1", "more than 8 options");
}

static void labels_become_part_of_a_file_name(void **state) {
    (void)state;
    struct plan plan = plan_of("a/b c=async,threads");
    char out[64], small[6];
    plan_labels(&plan, out, sizeof out);
    assert_string_equal(out, "a_b_c-threads");
    plan_labels(&plan, small, sizeof small);
    assert_string_equal(small, "a_b_c");
    plan_fini(&plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_alone_is_its_own_label),
        cmocka_unit_test(modes_are_separated_by_commas_and_stripped_of_spaces),
        cmocka_unit_test(options_follow_after_colons),
        cmocka_unit_test(a_label_stands_before_an_equals_sign_that_no_colon_precedes),
        cmocka_unit_test(an_escaped_comma_is_a_comma),
        cmocka_unit_test(all_behind_exec_is_a_command),
        cmocka_unit_test(modes_given_twice_add_up),
        cmocka_unit_test(labels_that_repeat_are_numbered),
        cmocka_unit_test(what_is_empty_is_refused),
        cmocka_unit_test(an_option_without_a_value_is_refused),
        cmocka_unit_test(too_many_modes_or_options_are_refused),
        cmocka_unit_test(labels_become_part_of_a_file_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
