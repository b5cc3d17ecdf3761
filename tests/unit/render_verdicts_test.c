/* What is said of comparisons: every verdict's words, and no more than the verdicts carry. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "render/page.h"
#include "render/renderer.h"
#include "report/fields.h"

static void add_run(struct report *r, const char *label, int64_t concurrency) {
    struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
    shape_clear(&report_run_shape, run);
    run->strategy = run->label = label;
    run->round = 1;
    run->concurrency = concurrency;
    run->requests.total = run->requests.completed = 100;
    run->wall_s = 1;
    run->latency.percentiles_s.p50 = 0.1;
    run->latency.source = run->service_time.source = "samples";
    run->exit.reason = "finished";
}

static struct report *report_of(const char *metric) {
    struct report *r = report_open();
    r->plan.url = "http://host/";
    r->plan.method = "GET";
    r->plan.requests = 100;
    r->plan.rounds = 7;
    r->plan.metric = metric;
    add_run(r, "base", 1);
    return r;
}

/* By the plan's metric, of the label against "base". */
static struct report_comparison *compare(struct report *r, const char *label, const char *verdict,
                                         double ratio, double low, double high) {
    add_run(r, label, 10);
    struct report_comparison *c = report_list_add(r, &r->comparisons, sizeof *c);
    *c = (struct report_comparison){.metric = r->plan.metric,
                                    .primary = true,
                                    .baseline = "base",
                                    .label = label,
                                    .point = -1,
                                    .concurrency = -1,
                                    .rounds = 7,
                                    .paired = true,
                                    .ratio = ratio,
                                    .ci95 = {low, high},
                                    .p_value = NAN,
                                    .margin = 0.02,
                                    .verdict = verdict,
                                    .rounds_needed = -1};
    return c;
}

static void add_text(struct report *r, struct report_list *list, const char *text) {
    const char **item = report_list_add(r, list, sizeof *item);
    *item = text;
}

/* The page with every run of blanks and line feeds as one blank, so that wrapping is no matter. */
static char *page_of(const char *format, struct report *r) {
    static const struct render_style style = {.width = 80, .utf8 = true};
    struct buf out;
    buf_init(&out, 1 << 20);
    assert_int_equal(renderer_find(format)->render(r, &style, &out), 0);
    char *text = buf_take(&out), *to = text;
    for (const char *from = text; *from; from++)
        if ((*from != ' ' && *from != '\n') || (to > text && to[-1] != ' '))
            *to++ = *from == '\n' ? ' ' : *from;
    *to = '\0';
    report_close(r);
    return text;
}

static void assert_says(const char *page, const char *words) {
    if (!strstr(page, words))
        fail_msg("\"%s\" is not in: %s", words, page);
}

static void assert_says_not(const char *page, const char *words) {
    if (strstr(page, words))
        fail_msg("\"%s\" is in: %s", words, page);
}

static void every_verdict_has_its_words(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    compare(r, "quick", "faster", 0.3226, 0.3135, 0.3311);
    compare(r, "slow", "slower", 1.5, 1.4, 1.6);
    compare(r, "twin", "equivalent", 1.0, 0.99, 1.01);
    compare(r, "near", "different", 1.03, 1.005, 1.06);
    compare(r, "open", "inconclusive", 1.1, 0.9, 1.3)->rounds_needed = 40;
    add_text(r, &compare(r, "sick", "not_comparable", 1.1, 0.9, 1.3)->reasons, "its answers had other bytes");
    char *page = page_of("text", r);
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
        struct report *r = report_of("wall_s");
        compare(r, "open", "inconclusive", 1.1, 0.9, 1.3)->rounds_needed = cases[i].needed;
        char *page = page_of("text", r);
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
        struct report *r = report_of("wall_s");
        compare(r, "twin", verdicts[i], 1.0, 0.985, 1.01);
        compare(r, "other", verdicts[i], 1.0, 0.985, 1.01);
        char *page = page_of("text", r);
        assert_says(page, said[i]);
        free(page);
    }
}

static void costs_are_said_as_costs(void **state) {
    (void)state;
    struct report *r = report_of("cpu_us_per_request");
    compare(r, "lean", "faster", 0.42, 0.41, 0.44);
    compare(r, "fat", "slower", 2, 1.9, 2.1);
    char *page = page_of("text", r);
    assert_says(page, "lean 0.42x the CPU of base (95 % CI 0.41 to 0.44): less");
    assert_says(page, "fat 2.00x the CPU of base (95 % CI 1.90 to 2.10): more");
    assert_says(page, "lean took 0.42 times the CPU time per request of base");
    assert_says(page, "fat: more than base.");
    assert_says(page, "\"Times as fast\" is by wall time, against base.");
    free(page);
}

static void a_narrow_interval_beside_one_does_not_look_as_if_it_held_it(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    compare(r, "near", "different", 1 / 1.008, 1 / 1.012, 1 / 1.004);
    char *page = page_of("text", r);
    assert_says(page, "1.008x as fast as base (95 % CI 1.004 to 1.012)");
    free(page);
}

static void one_is_ahead_only_where_no_other_interval_reaches_its_own(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    compare(r, "first", "faster", 0.1, 0.09, 0.11);
    compare(r, "second", "faster", 0.2, 0.19, 0.21);
    char *page = page_of("text", r);
    assert_says(
        page,
        "first was 10.0 times as fast as base (95 % CI 9.1 to 11.1, 7 rounds) and second 5.00 times (4.76 to 5.26). "
        "first is ahead of all.");
    free(page);
    r = report_of("wall_s");
    compare(r, "first", "faster", 0.1, 0.09, 0.12);
    compare(r, "second", "faster", 0.11, 0.105, 0.13);
    page = page_of("text", r);
    assert_says(page, "Which of first and second is ahead was not tested.");
    assert_says_not(page, "ahead of all");
    free(page);
}

static void what_ran_at_once_is_not_said_to_have_run_one_after_another(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    compare(r, "alone", "slower", 1.5, 1.4, 1.6);
    compare(r, "crowd", "slower", 2.5, 2.4, 2.6);
    ((struct report_run *)r->runs.items)[1].concurrency = 1;
    char *page = page_of("text", r);
    assert_says(page, "with up to 10 at once, alone took 1.50 times as long as base");
    free(page);
}

static void what_was_refused_may_be_ahead_of_all(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    compare(r, "first", "faster", 0.1, 0.09, 0.11);
    compare(r, "second", "faster", 0.2, 0.19, 0.21);
    add_text(r, &compare(r, "sick", "not_comparable", 0.5, 0.4, 0.6)->reasons, "samples were dropped");
    char *page = page_of("text", r);
    assert_says_not(page, "ahead of all");
    free(page);
}

static void without_a_conclusion_nothing_is_claimed(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    compare(r, "open", "inconclusive", 0.9, 0.7, 1.2);
    char *page = page_of("text", r);
    assert_says(page, "inconclusive");
    assert_says_not(page, "Fetching");
    free(page);
}

static void one_round_says_ratios_and_names_what_would_support_more(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    r->plan.rounds = 1;
    compare(r, "quick", NULL, 0.1, NAN, NAN);
    char *page = page_of("text", r);
    assert_says(page, "One round supports no claim");
    assert_says(page, "--rounds auto");
    assert_says_not(page, "faster:");
    assert_says_not(page, "Fetching");
    assert_says_not(page, "CI");
    free(page);
}

static void refusals_that_are_all_alike_are_said_once(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    add_text(r, &compare(r, "one", "not_comparable", 0.5, NAN, NAN)->reasons, "3 rounds are too few");
    add_text(r, &compare(r, "two", "not_comparable", 0.6, NAN, NAN)->reasons, "3 rounds are too few");
    char *page = page_of("text", r);
    assert_says(page, "Not comparable: 3 rounds are too few.");
    assert_says_not(page, "one not comparable");
    free(page);
}

/* A file may hold any number; each must not cost a copy of all before it. */
static void of_very_many_reasons_those_left_out_are_counted(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    struct report_comparison *c = compare(r, "slow", "not_comparable", 2, 1.9, 2.1);
    for (int i = 0; i < 10000; i++)
        add_text(r, &c->reasons, "thirty letters of some reason.");
    char *page = page_of("text", r);
    assert_says(page, "not comparable: thirty letters of some reason.; thirty");
    assert_says(page, "; and 9063 more");
    free(page);
}

static void runs_of_two_invocations_are_said_to_be_so(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    struct report_comparison *c = compare(r, "base", "slower", 1.25, 1.2, 1.3);
    add_text(r, &c->between, "old.json");
    add_text(r, &c->between, "new.json");
    char *page = page_of("text", r);
    assert_says(
        page, "base 0.80x as fast as itself in old.json (95 % CI 0.77 to 0.83, between invocations): slower");
    assert_says(page, "between the invocations is not in these intervals");
    free(page);
}

static void what_is_not_judged_is_told_apart_by_what_it_is_against(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    for (int i = 0; i < 2; i++) {
        struct report_comparison *c = compare(r, "other", NULL, 1.4, 1.3, 1.5);
        c->metric = "cpu_us_per_request";
        c->primary = false;
        if (i == 1) {
            c->baseline = "other";
            add_text(r, &c->between, "old.json");
        }
    }
    char *page = page_of("text", r);
    assert_says(
        page,
        "Not judged: ratios to base, with the 95 % CI of each metric by itself; below 1 is less. other CPU 1.40 (1.30 to 1.50) "
        "Not judged: ratios to old.json, with the 95 % CI of each metric by itself; below 1 is less. other CPU 1.40 (1.30 to 1.50)");
    free(page);
}

static void what_limited_most_rounds_is_said(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    compare(r, "quick", "faster", 0.1, 0.09, 0.11);
    struct report_run *runs = r->runs.items;
    runs[0].limited_by = "server";
    runs[1].limited_by = "client";
    char *page = page_of("text", r);
    assert_says(page, "Limited by the client: quick; by the server: base.");
    free(page);
}

static void the_noise_floor_is_a_line_of_its_own(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    struct report_noise_floor floor = {1, {0.9, 1.05}};
    compare(r, "quick", "faster", 0.1, 0.09, 0.11)->noise_floor = &floor;
    char *page = page_of("text", r);
    assert_says(
        page, "base against itself: 1.00x (0.95 to 1.11), so less than 8 % is not called faster or slower.");
    free(page);
}

static void markdown_emphasises_verdicts_and_folds_what_was_not_judged(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    compare(r, "quick", "faster", 0.1, 0.09, 0.11);
    struct report_comparison *c = compare(r, "quick", NULL, 1.4, 1.3, 1.5);
    c->metric = "cpu_us_per_request";
    c->primary = false;
    static const char *const labels[] = {"base", "quick"};
    for (size_t i = 0; i < 2; i++) {
        struct report_plan_strategy *typed = report_list_add(r, &r->plan.strategies, sizeof *typed);
        *typed = (struct report_plan_strategy){.label = labels[i], .strategy = "async"};
    }
    char *page = page_of("markdown", r);
    assert_says(page, "### fetchbench: `base` and `quick`");
    assert_says(page, "- `quick`: 10.0x as fast as `base` (95 % CI 9.1 to 11.1): **faster**");
    assert_says(page, "<details><summary>What was not judged</summary>");
    assert_says(page, "- `quick`: CPU 1.40 (1.30 to 1.50)");
    free(page);
}

static void add_point(struct report *r, int64_t concurrency, const char *name, const char *value) {
    struct report_plan_point *p = report_list_add(r, &r->plan.sweep, sizeof *p);
    *p = (struct report_plan_point){concurrency, name, value, NAN};
}

/* "base" holds at every point; "other" is compared at each. */
static struct report_comparison *compare_at(struct report *r, int64_t point, const char *verdict,
                                            double ratio) {
    struct report_comparison *c = compare(r, "other", verdict, ratio, ratio * 0.98, ratio * 1.02);
    struct report_run *runs = r->runs.items, *run = &runs[r->runs.count - 1];
    const struct report_plan_point *points = r->plan.sweep.items;
    c->point = run->point = point;
    run->concurrency = points[point].concurrency;
    return c;
}

static void add_crossover(struct report *r, int64_t from, const char *before, const char *after,
                          bool supported) {
    struct report_crossover *c = report_list_add(r, &r->crossovers, sizeof *c);
    *c = (struct report_crossover){"wall_s", from, from + 1, before, after, supported};
}

static void a_noise_floor_that_all_points_share_is_said_once(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct report *r = report_of("wall_s");
        struct report_noise_floor floors[] = {{1, {0.97, 1.03}}, {1, {0.97, i == 0 ? 1.03 : 1.02}}};
        add_point(r, 2, NULL, NULL);
        add_point(r, 50, NULL, NULL);
        compare_at(r, 0, "slower", 1.25)->noise_floor = &floors[0];
        compare_at(r, 1, "faster", 0.1)->noise_floor = &floors[1];
        char *page = page_of("text", r);
        if (i == 0)
            assert_says(page,
                        "base against itself: 1.00x (0.97 to 1.03), so less than 3 % is not called faster or "
                        "slower. 2 at once: other");
        else
            assert_says(page, "2 at once; base against itself: 1.00x (0.97 to 1.03): other");
        free(page);
    }
}

static void a_sweep_is_said_by_points(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    add_point(r, 2, NULL, NULL);
    add_point(r, 50, NULL, NULL);
    compare_at(r, 0, "slower", 1.25);
    compare_at(r, 1, "faster", 0.1);
    add_crossover(r, 0, "base", "other", true);
    char *page = page_of("text", r);
    assert_says(page, "2 at once: other 0.80x as fast as base (95 % CI 0.78 to 0.82): slower "
                      "50 at once: other 10.0x as fast as base (95 % CI 9.8 to 10.2): faster");
    assert_says(
        page, "Fetching 100 URLs of about 100ms each with 2 at once, other took 1.25 times as long as base");
    assert_says(page, "With 50 at once, other was 10.0 times as fast as base");
    assert_says(page, "Between 2 at once and 50 at once the lead passes from base to other.");
    free(page);
}

static void a_crossover_of_too_few_rounds_only_seems_one(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    add_point(r, 2, NULL, NULL);
    add_point(r, 50, NULL, NULL);
    compare_at(r, 0, NULL, 1.25);
    compare_at(r, 1, NULL, 0.1);
    add_crossover(r, 0, "base", "other", false);
    char *page = page_of("text", r);
    assert_says(page,
                "Between 2 at once and 50 at once the lead seems to pass from base to other, which these "
                "rounds do not show.");
    free(page);
}

static void an_end_of_a_sweep_that_is_open_is_said_to_be(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    add_point(r, 2, NULL, NULL);
    add_point(r, 50, NULL, NULL);
    compare_at(r, 0, "inconclusive", 1.25);
    compare_at(r, 1, "faster", 0.1);
    char *page = page_of("text", r);
    assert_says(page,
                "with 50 at once, other was 10.0 times as fast as base (95 % CI 9.8 to 10.2, 7 rounds). "
                "With 2 at once nothing was decided.");
    free(page);
}

/* "once" holds at every point and so stands above the baseline, which does not. */
static void factors_are_against_the_first_named_whatever_stands_first(void **state) {
    (void)state;
    static const char *const labels[] = {"base", "once"};
    struct report *r = report_of("wall_s");
    for (size_t i = 0; i < 2; i++) {
        struct report_plan_strategy *typed = report_list_add(r, &r->plan.strategies, sizeof *typed);
        *typed = (struct report_plan_strategy){.label = labels[i], .strategy = "async"};
    }
    add_point(r, 10, NULL, NULL);
    add_point(r, 50, NULL, NULL);
    add_run(r, "once", 1);
    add_run(r, "base", 50);
    struct report_run *runs = r->runs.items;
    runs[0].point = 0;
    runs[1].wall_s = 20;
    runs[2].point = 1;
    char *page = page_of("text", r);
    assert_says(page,
                "once 1 20.0s - 100ms - 0 0 - - - - 10 at once: base 1 1.00s - 100ms - 0 0 - - - 1.00x");
    assert_says(page, "by wall time, against base.");
    free(page);
}

static void what_holds_at_every_point_is_not_said_to_have_failed(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    add_point(r, 2, NULL, NULL);
    add_point(r, 50, NULL, NULL);
    ((struct report_run *)r->runs.items)[0].point = 0;
    compare(r, "once", NULL, NAN, NAN, NAN)->point = 0;
    char *page = page_of("text", r);
    assert_says_not(page, "Speeds are not compared");
    free(page);
}

static void the_same_winner_at_every_point_is_said_so(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    add_point(r, 10, "delay", "1ms");
    add_point(r, 10, "delay", "20ms");
    compare_at(r, 0, "faster", 0.5);
    compare_at(r, 1, "faster", 0.1);
    char *page = page_of("text", r);
    assert_says(page, "delay=1ms: other 2.00x");
    assert_says(page, "With delay=20ms and up to 10 at once, other was 10.0 times");
    assert_says(page, "other is ahead at every point.");
    assert_says_not(page, "at once:");
    free(page);
}

static void points_of_a_table_stand_in_their_order_whatever_ran_first(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    add_point(r, 2, NULL, NULL);
    add_point(r, 50, NULL, NULL);
    compare_at(r, 1, NULL, 0.1);
    compare_at(r, 0, NULL, 0.5);
    char *page = page_of("text", r);
    const char *baseline = strstr(page, "base "), *first = strstr(page, "2 at once:"),
               *second = strstr(page, "50 at once:");
    assert_true(baseline && first && second && baseline < first && first < second);
    free(page);
}

static void a_ceiling_is_no_line_of_the_table_but_a_share(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    r->plan.ceiling = true;
    add_run(r, "base", 1);
    struct report_run *runs = r->runs.items;
    runs[0].requests_per_s = 43;
    runs[1].requests_per_s = 100;
    runs[1].ceiling = true;
    char *page = page_of("text", r);
    assert_says(page, "embedded endpoint: base 43 %.");
    assert_says_not(page, "it is the client that is measured");
    assert_says_not(page, "medians of 2 rounds");
    free(page);
}

static void a_sweep_that_was_interrupted_says_what_is_missing(void **state) {
    (void)state;
    for (int64_t round = 1; round <= 2; round++) {
        struct report *r = report_of("wall_s");
        add_point(r, 2, NULL, NULL);
        add_point(r, 50, NULL, NULL);
        compare_at(r, 0, NULL, 0.5);
        compare_at(r, 1, NULL, 0.5);
        add_run(r, "base", 1);
        ((struct report_run *)r->runs.items)[3].round = round;
        char *page = page_of("text", r);
        assert_says(page, round == 1 ? "Only 4 runs were made, in the first round."
                                     : "Only 4 of 21 runs were made.");
        free(page);
    }
}

static void how_ratios_are_made_is_said_where_they_are_shown(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    compare(r, "b", "faster", 0.5, 0.4, 0.6);
    add_run(r, "b", 10);
    ((struct report_run *)r->runs.items)[2].round = 2;
    char *page = page_of("text", r);
    assert_says(page, "(Hodges-Lehmann), not that of the medians.");
    free(page);
    r = report_of("wall_s");
    compare(r, "b", "not_comparable", 0.5, 0.4, 0.6);
    add_run(r, "b", 10);
    ((struct report_run *)r->runs.items)[1].requests.failed = 100;
    page = page_of("text", r);
    assert_says(page, "medians of 2 rounds");
    assert_says_not(page, "Hodges");
    free(page);
}

static void near_its_ceiling_the_client_is_what_is_measured(void **state) {
    (void)state;
    struct report *r = report_of("wall_s");
    r->plan.ceiling = true;
    add_run(r, "base", 1);
    struct report_run *runs = r->runs.items;
    runs[0].requests_per_s = 90;
    runs[1].requests_per_s = 100;
    runs[1].ceiling = true;
    char *page = page_of("text", r);
    assert_says(page, "it is the client that is measured: base.");
    free(page);
}

static void no_share_of_a_ceiling_is_above_the_whole(void **state) {
    (void)state;
    static const double rates[][2] = {{207, 150}, {130, 50}, {1, 2}};
    static const char *const said[] = {"embedded endpoint: base is at it.", "base 90 % (50 to 100 %).",
                                       "base 1.5 % (1.0 to 2.0 %)."};
    for (size_t i = 0; i < 3; i++) {
        struct report *r = report_of("wall_s");
        r->plan.ceiling = true;
        for (int64_t round = 2; round <= 3; round++)
            for (int j = 0; j < 2; j++)
                add_run(r, "base", 1);
        struct report_run *runs = r->runs.items;
        for (size_t j = 0; j < r->runs.count; j++) {
            runs[j].round = 1 + (int64_t)j / 2;
            runs[j].ceiling = j % 2;
            runs[j].requests_per_s = j % 2 ? 100 : rates[i][j > 0];
        }
        char *page = page_of("text", r);
        assert_says(page, said[i]);
        if (i == 0)
            assert_says(page, "or both servers are alike.");
        free(page);
    }
}

static void long_labels_and_reasons_stay_within_the_page(void **state) {
    (void)state;
    static const struct render_style style = {.width = 80, .colour = false, .utf8 = true};
    struct report *r = report_of("wall_s");
    compare(r, "a label that is so long that it takes more than a line of eighty columns for itself",
            "faster", 0.1, 0.09, 0.11);
    struct report_comparison *c = compare(r, "sick", "not_comparable", 1, NAN, NAN);
    for (int i = 0; i < 5; i++)
        add_text(r, &c->reasons, "a reason of some length, which goes on");
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
            struct report *r = report_of("wall_s");
            compare(r, "other", verdicts[k], ratios[i], ratios[i],
                    ratios[sizeof ratios / sizeof ratios[0] - 1 - k]);
            char *page = page_of("text", r);
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
    struct report *r = report_of("wall_s");
    struct report_comparison *c = compare(r, "a label of twenty-four c", "faster", 0.1, 0.09, 0.11);
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
    struct report *r = report_of("wall_s");
    compare(r, "faster", "faster", 0.1, 0.09, 0.11);
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
        cmocka_unit_test(the_noise_floor_is_a_line_of_its_own),
        cmocka_unit_test(a_noise_floor_that_all_points_share_is_said_once),
        cmocka_unit_test(an_estimate_of_rounds_is_a_rough_one),
        cmocka_unit_test(a_verdict_without_a_factor_is_claimed_without_one),
        cmocka_unit_test(a_sweep_is_said_by_points),
        cmocka_unit_test(a_crossover_of_too_few_rounds_only_seems_one),
        cmocka_unit_test(an_end_of_a_sweep_that_is_open_is_said_to_be),
        cmocka_unit_test(factors_are_against_the_first_named_whatever_stands_first),
        cmocka_unit_test(what_holds_at_every_point_is_not_said_to_have_failed),
        cmocka_unit_test(the_same_winner_at_every_point_is_said_so),
        cmocka_unit_test(points_of_a_table_stand_in_their_order_whatever_ran_first),
        cmocka_unit_test(a_ceiling_is_no_line_of_the_table_but_a_share),
        cmocka_unit_test(a_sweep_that_was_interrupted_says_what_is_missing),
        cmocka_unit_test(how_ratios_are_made_is_said_where_they_are_shown),
        cmocka_unit_test(near_its_ceiling_the_client_is_what_is_measured),
        cmocka_unit_test(no_share_of_a_ceiling_is_above_the_whole),
        cmocka_unit_test(long_labels_and_reasons_stay_within_the_page),
        cmocka_unit_test(no_ratio_is_too_strange_to_be_shown),
        cmocka_unit_test(blanks_within_a_label_do_not_mislead_the_colour),
        cmocka_unit_test(a_verdicts_word_alone_is_coloured),
        cmocka_unit_test(markdown_emphasises_verdicts_and_folds_what_was_not_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
