/* What a page says of checks: all of them in a line where all is well, and what is not well but once. */
#include "render_made.h"

static void add_row(struct report *r, size_t run, const char *check, const char *status, double value) {
    struct report_run *runs = r->runs.items;
    struct report_trust *row = report_list_add(r, &runs[run].trust, sizeof *row);
    *row = (struct report_trust){
        .check = check, .status = status, .value = value, .threshold = .05, .advice = "`not shown`"};
}

static void where_all_checks_pass_one_line_says_so(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    add_row(r, 0, "run_queue_wait", "pass", .01);
    add_row(r, 0, "errors", "pass", 0);
    char *page = made_page("text", r);
    assert_says(page, "Trust: all 2 checks pass.");
    free(page);
}

static void a_report_without_checks_is_silent_on_them(void **state) {
    (void)state;
    char *page = made_page("text", made_report("wall_s"));
    assert_says_not(page, "Trust");
    free(page);
}

static void a_run_without_an_answer_has_been_told_of_already(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    struct report_run *runs = r->runs.items;
    add_row(r, 0, "errors", "fail", 1);
    runs[0].requests.completed = 0;
    char *page = made_page("text", r);
    assert_says_not(page, "Trust");
    assert_says_not(page, "FAIL");
    free(page);
}

static void what_is_not_well_says_its_value_its_limit_and_what_to_do(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    add_row(r, 0, "run_queue_wait", "warn", .257);
    add_row(r, 0, "stationarity", "unknown", NAN);
    char *page = made_page("markdown", r);
    assert_says(page, "Trust: 0 of 2 checks pass. Not known: stationarity.");
    assert_says(page,
                "WARN run_queue_wait: 26 % (limit 5 %). Stop what else runs, or keep others off with --pin.");
    assert_says_not(page, "not shown");
    free(page);
}

static void of_several_rounds_the_worst_is_told_and_how_many_were_bad(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    for (int64_t round = 2; round <= 4; round++) {
        made_run(r, "base", 1);
        ((struct report_run *)r->runs.items)[round - 1].round = round;
    }
    add_row(r, 0, "run_queue_wait", "warn", .06);
    add_row(r, 1, "run_queue_wait", "warn", .08);
    add_row(r, 2, "run_queue_wait", "pass", .01);
    add_row(r, 3, "run_queue_wait", "unknown", NAN);
    char *page = made_page("text", r);
    assert_says(page, "WARN run_queue_wait: 8 % in 2 of 4 rounds (");
    free(page);
}

static void a_check_that_judges_two_things_names_the_one_that_is_meant(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    add_row(r, 0, "send_slip", "fail", .3);
    char *page = made_page("text", r);
    assert_says(
        page,
        "FAIL send_slip: 30 % (p99 or tenth longest of the slip over that of latency, limit 5 %). Lower the rate,");
    free(page);
}

static void a_figure_has_the_digits_that_tell_it_from_its_limit(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    add_row(r, 0, "run_queue_wait", "warn", .05004);
    char *page = made_page("text", r);
    assert_says(page, "WARN run_queue_wait: 5.004 % (limit 5 %).");
    free(page);
}

static void a_check_that_mostly_fails_stands_beside_what_is_quoted(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    made_comparison(r, "quick", "faster", 0.1, 0.09, 0.11);
    add_row(r, 1, "errors", "fail", .2);
    add_row(r, 1, "clock", "warn", .2);
    char *page = made_page("text", r);
    assert_says(page, "But in most rounds checks failed: errors of quick.");
    free(page);
}

static void labels_share_one_sentence_of_which_six_are_named(void **state) {
    (void)state;
    static const char *const labels[] = {"a", "b", "c", "d", "e", "f", "g"};
    struct report *r = made_report("wall_s");
    add_row(r, 0, "frequency", "warn", 1);
    for (size_t i = 0; i < 7; i++) {
        made_run(r, labels[i], 1);
        add_row(r, i + 1, "frequency", "warn", 1);
    }
    char *page = made_page("text", r);
    assert_says(page, "performance). Set the governor");
    assert_says(page, "WARN frequency: with base, with a, with b, with c, with d, with e and 2 more (");
    free(page);
}

static void a_check_of_another_version_is_not_guessed_at(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    add_row(r, 0, "mood", "fail", 1);
    char *page = made_page("text", r);
    assert_says_not(page, "mood");
    free(page);
}

static void of_a_single_line_it_is_said_why_it_was_limited(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    ((struct report_run *)r->runs.items)->limited_by = "server";
    ((struct report_run *)r->runs.items)->limited_by_reason = "it was waited for";
    char *page = made_page("text", r);
    assert_says(page, "Limited by the server: it was waited for.");
    free(page);
    r = made_report("wall_s");
    ((struct report_run *)r->runs.items)->limited_by_reason = "the rate was kept";
    page = made_page("text", r);
    assert_says(page, "The rate was kept.");
    assert_says_not(page, "Limited");
    free(page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_all_checks_pass_one_line_says_so),
        cmocka_unit_test(a_report_without_checks_is_silent_on_them),
        cmocka_unit_test(a_run_without_an_answer_has_been_told_of_already),
        cmocka_unit_test(what_is_not_well_says_its_value_its_limit_and_what_to_do),
        cmocka_unit_test(of_several_rounds_the_worst_is_told_and_how_many_were_bad),
        cmocka_unit_test(a_check_that_judges_two_things_names_the_one_that_is_meant),
        cmocka_unit_test(a_figure_has_the_digits_that_tell_it_from_its_limit),
        cmocka_unit_test(a_check_that_mostly_fails_stands_beside_what_is_quoted),
        cmocka_unit_test(labels_share_one_sentence_of_which_six_are_named),
        cmocka_unit_test(a_check_of_another_version_is_not_guessed_at),
        cmocka_unit_test(of_a_single_line_it_is_said_why_it_was_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
