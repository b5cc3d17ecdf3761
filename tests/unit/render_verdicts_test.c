/* What is said of comparisons: every verdict's words, and no more than the verdicts carry. */
#include "render_made.h"

static void every_verdict_has_its_words(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    made_comparison(r, "quick", "faster", 0.3226, 0.3135, 0.3311);
    made_comparison(r, "slow", "slower", 1.5, 1.4, 1.6);
    made_comparison(r, "twin", "equivalent", 1.0, 0.99, 1.01);
    made_comparison(r, "near", "different", 1.03, 1.005, 1.06);
    made_comparison(r, "open", "inconclusive", 1.1, 0.9, 1.3)->rounds_needed = 40;
    made_text(r, &made_comparison(r, "sick", "not_comparable", 1.1, 0.9, 1.3)->reasons,
              "its answers had other bytes");
    char *page = made_page("text", r);
    assert_says(page, "quick 3.10x as fast as base (95 % CI 3.02 to 3.19): faster");
    assert_says(page, "slow 0.67x as fast as base (95 % CI 0.62 to 0.71): slower");
    assert_says(page, "twin 1.00x as fast as base (95 % CI 0.99 to 1.01): equivalent, within 2 %");
    assert_says(page, "near 0.971x as fast as base (95 % CI 0.943 to 0.995): different, size unresolved");
    assert_says(
        page,
        "open 0.91x as fast as base (95 % CI 0.77 to 1.11): inconclusive, about 40 rounds would settle it");
    assert_says(page, "sick not comparable: its answers had other bytes");
    free(page);
}

static void an_estimate_of_rounds_is_a_rough_one(void **state) {
    (void)state;
    static const struct {
        int64_t needed;
        const char *said;
    } cases[] = {{9, "inconclusive, a few more rounds would settle it"},
                 {10, "inconclusive, about 10 rounds would settle it"},
                 {60, "inconclusive, about 60 rounds would settle it"},
                 {6980, "inconclusive, more rounds than --rounds auto would make (60) would settle it"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report *r = made_report("wall_s");
        made_comparison(r, "open", "inconclusive", 1.1, 0.9, 1.3)->rounds_needed = cases[i].needed;
        char *page = made_page("text", r);
        assert_says(page, cases[i].said);
        free(page);
    }
}

static void a_verdict_without_a_factor_is_claimed_without_one(void **state) {
    (void)state;
    static const char
        *const verdicts
            [] = {"equivalent", "different"},
    *const said[] = {
        "twin was equivalent to base by wall time, within 2 % (95 % CI 0.99 to 1.02 times as fast, 7 rounds) and "
        "other likewise (0.99 to 1.02).",
        "twin was different from base by wall time, by how much is unresolved (95 % CI 0.99 to 1.02 times as "
        "fast, 7 rounds) and other likewise (0.99 to 1.02)."};
    for (size_t i = 0; i < 2; i++) {
        struct report *r = made_report("wall_s");
        made_comparison(r, "twin", verdicts[i], 1.0, 0.985, 1.01);
        made_comparison(r, "other", verdicts[i], 1.0, 0.985, 1.01);
        char *page = made_page("text", r);
        assert_says(page, said[i]);
        free(page);
    }
}

static void costs_are_said_as_costs(void **state) {
    (void)state;
    struct report *r = made_report("cpu_us_per_request");
    made_comparison(r, "lean", "faster", 0.42, 0.41, 0.44);
    made_comparison(r, "fat", "slower", 2, 1.9, 2.1);
    char *page = made_page("text", r);
    assert_says(page, "lean 0.42x the CPU of base (95 % CI 0.41 to 0.44): less");
    assert_says(page, "fat 2.00x the CPU of base (95 % CI 1.90 to 2.10): more");
    assert_says(page, "lean took 0.42 times the CPU time per request of base");
    assert_says(page, "fat: more than base.");
    assert_says(page, "\"Times as fast\" is by wall time, against base.");
    free(page);
}

static void a_narrow_interval_beside_one_does_not_look_as_if_it_held_it(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    made_comparison(r, "near", "different", 1 / 1.008, 1 / 1.012, 1 / 1.004);
    char *page = made_page("text", r);
    assert_says(page, "1.008x as fast as base (95 % CI 1.004 to 1.012)");
    free(page);
}

static void one_is_ahead_only_where_no_other_interval_reaches_its_own(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    made_comparison(r, "first", "faster", 0.1, 0.09, 0.11);
    made_comparison(r, "second", "faster", 0.2, 0.19, 0.21);
    char *page = made_page("text", r);
    assert_says(
        page,
        "first was 10.0 times as fast as base (95 % CI 9.1 to 11.1, 7 rounds) and second 5.00 times (4.76 to 5.26). "
        "first is ahead of all.");
    free(page);
    r = made_report("wall_s");
    made_comparison(r, "first", "faster", 0.1, 0.09, 0.12);
    made_comparison(r, "second", "faster", 0.11, 0.105, 0.13);
    page = made_page("text", r);
    assert_says(page, "Which of first and second is ahead was not tested.");
    assert_says_not(page, "ahead of all");
    free(page);
}

static void what_ran_at_once_is_not_said_to_have_run_one_after_another(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    made_comparison(r, "alone", "slower", 1.5, 1.4, 1.6);
    made_comparison(r, "crowd", "slower", 2.5, 2.4, 2.6);
    ((struct report_run *)r->runs.items)[1].concurrency = 1;
    char *page = made_page("text", r);
    assert_says(page, "with up to 10 at once, alone took 1.50 times as long as base");
    free(page);
}

static void what_was_refused_may_be_ahead_of_all(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    made_comparison(r, "first", "faster", 0.1, 0.09, 0.11);
    made_comparison(r, "second", "faster", 0.2, 0.19, 0.21);
    made_text(r, &made_comparison(r, "sick", "not_comparable", 0.5, 0.4, 0.6)->reasons,
              "samples were dropped");
    char *page = made_page("text", r);
    assert_says_not(page, "ahead of all");
    free(page);
}

static void without_a_conclusion_nothing_is_claimed(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    made_comparison(r, "open", "inconclusive", 0.9, 0.7, 1.2);
    char *page = made_page("text", r);
    assert_says(page, "inconclusive");
    assert_says_not(page, "Fetching");
    free(page);
}

static void one_round_says_ratios_and_names_what_would_support_more(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    r->plan.rounds = 1;
    made_comparison(r, "quick", NULL, 0.1, NAN, NAN);
    char *page = made_page("text", r);
    assert_says(page, "One round supports no claim");
    assert_says(page, "--rounds auto");
    assert_says_not(page, "faster:");
    assert_says_not(page, "Fetching");
    assert_says_not(page, "CI");
    free(page);
}

static void refusals_that_are_all_alike_are_said_once(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    made_text(r, &made_comparison(r, "one", "not_comparable", 0.5, NAN, NAN)->reasons,
              "3 rounds are too few");
    made_text(r, &made_comparison(r, "two", "not_comparable", 0.6, NAN, NAN)->reasons,
              "3 rounds are too few");
    char *page = made_page("text", r);
    assert_says(page, "Not comparable: 3 rounds are too few.");
    assert_says_not(page, "one not comparable");
    free(page);
}

/* A file may hold any number; each must not cost a copy of all before it. */
static void of_very_many_reasons_those_left_out_are_counted(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    struct report_comparison *c = made_comparison(r, "slow", "not_comparable", 2, 1.9, 2.1);
    for (int i = 0; i < 10000; i++)
        made_text(r, &c->reasons, "thirty letters of some reason.");
    char *page = made_page("text", r);
    assert_says(page, "not comparable: thirty letters of some reason.; thirty");
    assert_says(page, "; and 9063 more");
    free(page);
}

static void runs_of_two_invocations_are_said_to_be_so(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    struct report_comparison *c = made_comparison(r, "base", "slower", 1.25, 1.2, 1.3);
    made_text(r, &c->between, "old.json");
    made_text(r, &c->between, "new.json");
    char *page = made_page("text", r);
    assert_says(
        page, "base 0.80x as fast as itself in old.json (95 % CI 0.77 to 0.83, between invocations): slower");
    assert_says(page, "between the invocations is not in these intervals");
    free(page);
}

static void what_is_not_judged_is_told_apart_by_what_it_is_against(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    for (int i = 0; i < 2; i++) {
        struct report_comparison *c = made_comparison(r, "other", NULL, 1.4, 1.3, 1.5);
        c->metric = "cpu_us_per_request";
        c->primary = false;
        if (i == 1) {
            c->baseline = "other";
            made_text(r, &c->between, "old.json");
        }
    }
    char *page = made_page("text", r);
    assert_says(
        page,
        "Not judged: ratios to base (0.5 is half of it), with the 95 % CI of each metric by itself. other CPU 1.40 (1.30 to 1.50) "
        "Not judged: ratios to old.json (0.5 is half of it), with the 95 % CI of each metric by itself. other CPU 1.40 (1.30 to 1.50)");
    free(page);
}

static void what_limited_most_rounds_is_said(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    made_comparison(r, "quick", "faster", 0.1, 0.09, 0.11);
    struct report_run *runs = r->runs.items;
    runs[0].limited_by = "server";
    runs[1].limited_by = "client";
    char *page = made_page("text", r);
    assert_says(page, "Limited by the client: quick; by the server: base.");
    free(page);
}

static void the_reason_of_the_first_of_several_labels_is_said(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    made_comparison(r, "quick", "faster", 0.1, 0.09, 0.11);
    made_comparison(r, "other", "faster", 0.1, 0.09, 0.11);
    struct report_run *runs = r->runs.items;
    for (size_t i = 0; i < 3; i++) {
        runs[i].limited_by = i < 2 ? "client" : "server";
        runs[i].limited_by_reason = i < 2 ? "it had 98 % of 1.5 processors" : "<b>www.x</b>";
    }
    char *page = made_page("markdown", r);
    assert_says(
        page,
        "client: `base` and `quick` (`base`: it had 98 % of 1.5 processors); by the server: `other` (`<b>www.x</b>`).");
    free(page);
}

static void the_noise_floor_is_a_line_of_its_own(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    struct report_noise_floor floor = {1, {0.9, 1.05}};
    made_comparison(r, "quick", "faster", 0.1, 0.09, 0.11)->noise_floor = &floor;
    char *page = made_page("text", r);
    assert_says(
        page, "base against itself: 1.00x (0.95 to 1.11), so less than 8 % is not called faster or slower.");
    free(page);
}

static void markdown_emphasises_verdicts_and_folds_what_was_not_judged(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    made_comparison(r, "quick", "faster", 0.1, 0.09, 0.11);
    struct report_comparison *c = made_comparison(r, "quick", NULL, 1.4, 1.3, 1.5);
    c->metric = "cpu_us_per_request";
    c->primary = false;
    static const char *const labels[] = {"base", "quick"};
    for (size_t i = 0; i < 2; i++) {
        struct report_plan_strategy *typed = report_list_add(r, &r->plan.strategies, sizeof *typed);
        *typed = (struct report_plan_strategy){.label = labels[i], .strategy = "async"};
    }
    char *page = made_page("markdown", r);
    assert_says(page, "### fetchbench: `base` and `quick`");
    assert_says(page, "- `quick`: 10.0x as fast as `base` (95 % CI 9.1 to 11.1): **faster**");
    assert_says(page, "<details><summary>What was not judged</summary>");
    assert_says(page, "- `quick`: CPU 1.40 (1.30 to 1.50)");
    free(page);
}

static void how_ratios_are_made_is_said_where_they_are_shown(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    made_comparison(r, "b", "faster", 0.5, 0.4, 0.6);
    made_run(r, "b", 10);
    ((struct report_run *)r->runs.items)[2].round = 2;
    char *page = made_page("text", r);
    assert_says(page, "(Hodges-Lehmann), not that of the medians.");
    free(page);
    r = made_report("wall_s");
    made_comparison(r, "b", "not_comparable", 0.5, 0.4, 0.6);
    made_run(r, "b", 10);
    ((struct report_run *)r->runs.items)[1].requests.failed = 100;
    page = made_page("text", r);
    assert_says(page, "medians of 2 rounds");
    assert_says_not(page, "Hodges");
    free(page);
}

static void long_labels_and_reasons_stay_within_the_page(void **state) {
    (void)state;
    static const struct render_style style = {.width = 80, .colour = false, .utf8 = true};
    struct report *r = made_report("wall_s");
    made_comparison(r, "a label that is so long that it takes more than a line of eighty columns for itself",
                    "faster", 0.1, 0.09, 0.11);
    struct report_comparison *c = made_comparison(r, "sick", "not_comparable", 1, NAN, NAN);
    for (int i = 0; i < 5; i++)
        made_text(r, &c->reasons, "a reason of some length, which goes on");
    struct buf out;
    buf_init(&out, 1 << 20);
    assert_int_equal(renderer_find("text")->render(r, &style, &out), 0);
    for (const char *line = buf_text(&out); *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 80 + 4); /* bytes: an ellipsis has three */
    buf_fini(&out);
    report_close(r);
}

static void no_ratio_is_too_strange_to_be_shown(void **state) {
    (void)state;
    static const double ratios[] = {0, 1e-300, 1e-9, 1e9, 1e300, INFINITY, NAN};
    static const char *const verdicts[] = {"faster", "slower", "equivalent", "different", "inconclusive"};
    for (size_t i = 0; i < sizeof ratios / sizeof ratios[0]; i++) {
        for (size_t k = 0; k < sizeof verdicts / sizeof verdicts[0]; k++) {
            struct report *r = made_report("wall_s");
            made_comparison(r, "other", verdicts[k], ratios[i], ratios[i],
                            ratios[sizeof ratios / sizeof ratios[0] - 1 - k]);
            char *page = made_page("text", r);
            assert_says_not(page, "inf");
            assert_says_not(page, "nan");
            free(page);
        }
    }
}

/* Blanks at which a line ends are not kept, so what stands behind them stands nearer to the beginning. */
static void blanks_within_a_label_do_not_mislead_the_colour(void **state) {
    (void)state;
    static const struct render_style style = {.width = 80, .colour = true, .utf8 = true};
    struct report *r = made_report("wall_s");
    struct report_comparison *c = made_comparison(r, "a label of twenty-four c", "faster", 0.1, 0.09, 0.11);
    c->baseline = "many                       ";
    struct buf out;
    buf_init(&out, 1 << 20);
    assert_int_equal(renderer_find("text")->render(r, &style, &out), 0);
    assert_says(buf_text(&out), "10.0x as fast as many");
    buf_fini(&out);
    report_close(r);
}

static void a_verdicts_word_alone_is_coloured(void **state) {
    (void)state;
    static const struct render_style style = {.width = 80, .colour = true, .utf8 = true};
    struct report *r = made_report("wall_s");
    made_comparison(r, "faster", "faster", 0.1, 0.09, 0.11);
    struct buf out;
    buf_init(&out, 1 << 20);
    assert_int_equal(renderer_find("text")->render(r, &style, &out), 0);
    assert_says(buf_text(&out),
                "faster  10.0x as fast as base (95 % CI 9.1 to 11.1): \x1b[1;32mfaster\x1b[0m\n");
    buf_fini(&out);
    report_close(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verdict_has_its_words),
        cmocka_unit_test(costs_are_said_as_costs),
        cmocka_unit_test(a_narrow_interval_beside_one_does_not_look_as_if_it_held_it),
        cmocka_unit_test(one_is_ahead_only_where_no_other_interval_reaches_its_own),
        cmocka_unit_test(what_ran_at_once_is_not_said_to_have_run_one_after_another),
        cmocka_unit_test(what_was_refused_may_be_ahead_of_all),
        cmocka_unit_test(without_a_conclusion_nothing_is_claimed),
        cmocka_unit_test(one_round_says_ratios_and_names_what_would_support_more),
        cmocka_unit_test(refusals_that_are_all_alike_are_said_once),
        cmocka_unit_test(of_very_many_reasons_those_left_out_are_counted),
        cmocka_unit_test(runs_of_two_invocations_are_said_to_be_so),
        cmocka_unit_test(what_is_not_judged_is_told_apart_by_what_it_is_against),
        cmocka_unit_test(what_limited_most_rounds_is_said),
        cmocka_unit_test(the_reason_of_the_first_of_several_labels_is_said),
        cmocka_unit_test(the_noise_floor_is_a_line_of_its_own),
        cmocka_unit_test(an_estimate_of_rounds_is_a_rough_one),
        cmocka_unit_test(a_verdict_without_a_factor_is_claimed_without_one),
        cmocka_unit_test(how_ratios_are_made_is_said_where_they_are_shown),
        cmocka_unit_test(long_labels_and_reasons_stay_within_the_page),
        cmocka_unit_test(no_ratio_is_too_strange_to_be_shown),
        cmocka_unit_test(blanks_within_a_label_do_not_mislead_the_colour),
        cmocka_unit_test(a_verdicts_word_alone_is_coloured),
        cmocka_unit_test(markdown_emphasises_verdicts_and_folds_what_was_not_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
