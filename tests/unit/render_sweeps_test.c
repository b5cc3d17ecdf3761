/* What is said of a sweep and of ceilings: by points, with what changes between them. */
#include "render_made.h"

static void add_point(struct report *r, int64_t concurrency, const char *name, const char *value) {
    struct report_plan_point *p = report_list_add(r, &r->plan.sweep, sizeof *p);
    *p = (struct report_plan_point){concurrency, name, value, NAN};
}

/* "base" holds at every point; "other" is compared at each. */
static struct report_comparison *compare_at(struct report *r, int64_t point, const char *verdict,
                                            double ratio) {
    struct report_comparison *c = made_comparison(r, "other", verdict, ratio, ratio * 0.98, ratio * 1.02);
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
        struct report *r = made_report("wall_s");
        struct report_noise_floor floors[] = {{1, {0.97, 1.03}}, {1, {0.97, i == 0 ? 1.03 : 1.02}}};
        add_point(r, 2, NULL, NULL);
        add_point(r, 50, NULL, NULL);
        compare_at(r, 0, "slower", 1.25)->noise_floor = &floors[0];
        compare_at(r, 1, "faster", 0.1)->noise_floor = &floors[1];
        char *page = made_page("text", r);
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
    struct report *r = made_report("wall_s");
    add_point(r, 2, NULL, NULL);
    add_point(r, 50, NULL, NULL);
    compare_at(r, 0, "slower", 1.25);
    compare_at(r, 1, "faster", 0.1);
    add_crossover(r, 0, "base", "other", true);
    char *page = made_page("text", r);
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
    struct report *r = made_report("wall_s");
    add_point(r, 2, NULL, NULL);
    add_point(r, 50, NULL, NULL);
    compare_at(r, 0, NULL, 1.25);
    compare_at(r, 1, NULL, 0.1);
    add_crossover(r, 0, "base", "other", false);
    char *page = made_page("text", r);
    assert_says(page,
                "Between 2 at once and 50 at once the lead seems to pass from base to other, which these "
                "rounds do not show.");
    free(page);
}

static void an_end_of_a_sweep_that_is_open_is_said_to_be(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    add_point(r, 2, NULL, NULL);
    add_point(r, 50, NULL, NULL);
    compare_at(r, 0, "inconclusive", 1.25);
    compare_at(r, 1, "faster", 0.1);
    char *page = made_page("text", r);
    assert_says(page,
                "with 50 at once, other was 10.0 times as fast as base (95 % CI 9.8 to 10.2, 7 rounds). "
                "With 2 at once nothing was decided.");
    free(page);
}

/* "once" holds at every point and so stands above the baseline, which does not. */
static void factors_are_against_the_first_named_whatever_stands_first(void **state) {
    (void)state;
    static const char *const labels[] = {"base", "once"};
    struct report *r = made_report("wall_s");
    for (size_t i = 0; i < 2; i++) {
        struct report_plan_strategy *typed = report_list_add(r, &r->plan.strategies, sizeof *typed);
        *typed = (struct report_plan_strategy){.label = labels[i], .strategy = "async"};
    }
    add_point(r, 10, NULL, NULL);
    add_point(r, 50, NULL, NULL);
    made_run(r, "once", 1);
    made_run(r, "base", 50);
    struct report_run *runs = r->runs.items;
    runs[0].point = 0;
    runs[1].wall_s = 20;
    runs[2].point = 1;
    char *page = made_page("text", r);
    assert_says(page,
                "once 1 20.0s - 100ms - 0 0 - - - - 10 at once: base 1 1.00s - 100ms - 0 0 - - - 1.00x");
    assert_says(page, "by wall time, against base.");
    free(page);
}

static void what_holds_at_every_point_is_not_said_to_have_failed(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    add_point(r, 2, NULL, NULL);
    add_point(r, 50, NULL, NULL);
    ((struct report_run *)r->runs.items)[0].point = 0;
    made_comparison(r, "once", NULL, NAN, NAN, NAN)->point = 0;
    char *page = made_page("text", r);
    assert_says_not(page, "Speeds are not compared");
    free(page);
}

static void the_same_winner_at_every_point_is_said_so(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    add_point(r, 10, "delay", "1ms");
    add_point(r, 10, "delay", "20ms");
    compare_at(r, 0, "faster", 0.5);
    compare_at(r, 1, "faster", 0.1);
    char *page = made_page("text", r);
    assert_says(page, "delay=1ms: other 2.00x");
    assert_says(page, "With delay=20ms and up to 10 at once, other was 10.0 times");
    assert_says(page, "other is ahead at every point.");
    assert_says_not(page, "at once:");
    free(page);
}

static void points_of_a_table_stand_in_their_order_whatever_ran_first(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    add_point(r, 2, NULL, NULL);
    add_point(r, 50, NULL, NULL);
    compare_at(r, 1, NULL, 0.1);
    compare_at(r, 0, NULL, 0.5);
    char *page = made_page("text", r);
    const char *baseline = strstr(page, "base "), *first = strstr(page, "2 at once:"),
               *second = strstr(page, "50 at once:");
    assert_true(baseline && first && second && baseline < first && first < second);
    free(page);
}

static void a_ceiling_is_no_line_of_the_table_but_a_share(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    r->plan.ceiling = true;
    made_run(r, "base", 1);
    struct report_run *runs = r->runs.items;
    runs[0].requests_per_s = 43;
    runs[1].requests_per_s = 100;
    runs[1].ceiling = true;
    char *page = made_page("text", r);
    assert_says(page, "embedded endpoint: base 43 %.");
    assert_says_not(page, "it is the client that is measured");
    assert_says_not(page, "medians of 2 rounds");
    free(page);
}

static void a_sweep_that_was_interrupted_says_what_is_missing(void **state) {
    (void)state;
    for (int64_t round = 1; round <= 2; round++) {
        struct report *r = made_report("wall_s");
        add_point(r, 2, NULL, NULL);
        add_point(r, 50, NULL, NULL);
        compare_at(r, 0, NULL, 0.5);
        compare_at(r, 1, NULL, 0.5);
        made_run(r, "base", 1);
        ((struct report_run *)r->runs.items)[3].round = round;
        char *page = made_page("text", r);
        assert_says(page, round == 1 ? "Only 4 runs were made, in the first round."
                                     : "Only 4 of 21 runs were made.");
        free(page);
    }
}

static void near_its_ceiling_the_client_is_what_is_measured(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    r->plan.ceiling = true;
    made_run(r, "base", 1);
    struct report_run *runs = r->runs.items;
    runs[0].requests_per_s = 90;
    runs[1].requests_per_s = 100;
    runs[1].ceiling = true;
    char *page = made_page("text", r);
    assert_says(page, "it is the client that is measured: base.");
    free(page);
}

static void no_share_of_a_ceiling_is_above_the_whole(void **state) {
    (void)state;
    static const double rates[][2] = {{207, 150}, {130, 50}, {1, 2}};
    static const char *const said[] = {"embedded endpoint: base is at it.", "base 90 % (50 to 100 %).",
                                       "base 1.5 % (1.0 to 2.0 %)."};
    for (size_t i = 0; i < 3; i++) {
        struct report *r = made_report("wall_s");
        r->plan.ceiling = true;
        for (int64_t round = 2; round <= 3; round++)
            for (int j = 0; j < 2; j++)
                made_run(r, "base", 1);
        struct report_run *runs = r->runs.items;
        for (size_t j = 0; j < r->runs.count; j++) {
            runs[j].round = 1 + (int64_t)j / 2;
            runs[j].ceiling = j % 2;
            runs[j].requests_per_s = j % 2 ? 100 : rates[i][j > 0];
        }
        char *page = made_page("text", r);
        assert_says(page, said[i]);
        if (i == 0)
            assert_says(page, "or both servers are alike.");
        free(page);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_noise_floor_that_all_points_share_is_said_once),
        cmocka_unit_test(a_sweep_is_said_by_points),
        cmocka_unit_test(a_crossover_of_too_few_rounds_only_seems_one),
        cmocka_unit_test(an_end_of_a_sweep_that_is_open_is_said_to_be),
        cmocka_unit_test(factors_are_against_the_first_named_whatever_stands_first),
        cmocka_unit_test(what_holds_at_every_point_is_not_said_to_have_failed),
        cmocka_unit_test(the_same_winner_at_every_point_is_said_so),
        cmocka_unit_test(points_of_a_table_stand_in_their_order_whatever_ran_first),
        cmocka_unit_test(a_ceiling_is_no_line_of_the_table_but_a_share),
        cmocka_unit_test(a_sweep_that_was_interrupted_says_what_is_missing),
        cmocka_unit_test(near_its_ceiling_the_client_is_what_is_measured),
        cmocka_unit_test(no_share_of_a_ceiling_is_above_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
