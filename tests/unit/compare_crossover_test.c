/* Crossovers of reports made by hand. */
#include "compare/compare.h"
#include "compare/crossover.h"

#include "compare_made.h"

static void add_point(struct report *r, int64_t concurrency, const char *name, double number) {
    struct report_plan_point *p = report_list_add(r, &r->plan.sweep, sizeof *p);
    *p = (struct report_plan_point){
        .concurrency = concurrency, .name = name, .value = name ? "x" : NULL, .number = number};
}

/* Points of a sweep of -c alone. */
static struct report *sweep(int64_t rounds, const char *const *labels, size_t points) {
    struct report *r = made_report(rounds, labels);
    for (size_t i = 0; i < points; i++)
        add_point(r, (int64_t)i + 1, NULL, NAN);
    return r;
}

/* Every round of a label at a point, each figure within 1 % of wall_s. */
static void put(struct report *r, const char *label, int64_t point, double wall_s) {
    for (int64_t round = 1; round <= r->plan.rounds; round++) {
        int64_t n = (int64_t)r->runs.count;
        made_run(r, label, round, wall_s * exp(.01 * made_noise(n)))->point = point;
    }
}

static const struct report_crossover *only_crossover(const struct report *r) {
    assert_int_equal(r->crossovers.count, 1);
    return r->crossovers.items;
}

static void check(const struct report_crossover *c, int64_t from, int64_t to, const char *before,
                  const char *after, bool supported) {
    assert_string_equal(c->metric, "wall_s");
    assert_int_equal(c->from_point, from);
    assert_int_equal(c->to_point, to);
    assert_string_equal(c->winner_before, before);
    assert_string_equal(c->winner_after, after);
    assert_int_equal(c->supported, supported);
}

static const char *const two[] = {"a", "b", NULL}, *const three[] = {"a", "b", "c", NULL};

static void a_winner_that_changes_is_a_crossover(void **state) {
    (void)state;
    struct report *r = sweep(10, two, 3);
    put(r, "a", -1, 1); /* holds at every point */
    put(r, "b", 0, 1.5);
    put(r, "b", 1, 1.2);
    put(r, "b", 2, .5);
    compare_fill(r);
    check(only_crossover(r), 1, 2, "a", "b", true);
    report_close(r);
}

static void a_point_that_cannot_be_told_is_stepped_over(void **state) {
    (void)state;
    struct report *r = sweep(10, two, 3);
    put(r, "a", -1, 1);
    put(r, "b", 0, 1.5);
    put(r, "b", 1, 1.001);
    put(r, "b", 2, .5);
    compare_fill(r);
    check(only_crossover(r), 0, 2, "a", "b", true);
    report_close(r);
}

static void differences_within_the_margin_are_no_crossover(void **state) {
    (void)state;
    struct report *r = sweep(20, two, 2);
    put(r, "a", -1, 1);
    put(r, "b", 0, 1.5);
    put(r, "b", 1, .985);
    compare_fill(r);
    assert_int_equal(r->crossovers.count, 0);
    report_close(r);
}

static void one_round_is_listed_as_unsupported(void **state) {
    (void)state;
    struct report *r = sweep(1, two, 2);
    put(r, "a", -1, 1);
    put(r, "b", 0, 1.5);
    put(r, "b", 1, .5);
    compare_fill(r);
    check(only_crossover(r), 0, 1, "a", "b", false);
    report_close(r);
}

static void a_change_that_is_too_noisy_is_listed_as_unsupported(void **state) {
    (void)state;
    struct report *r = sweep(20, two, 2);
    put(r, "a", -1, 1);
    put(r, "b", 0, 1.5);
    for (int64_t round = 1; round <= 20; round++)
        made_run(r, "b", round, round % 20 < 11 ? .5 : 7)->point = 1;
    compare_fill(r);
    check(only_crossover(r), 0, 1, "a", "b", false);
    report_close(r);
}

/* Two labels at two points are two tests, so 6 rounds are one too few. */
static void the_least_number_of_rounds_counts_points_and_pairs(void **state) {
    (void)state;
    for (int64_t rounds = 6; rounds <= 7; rounds++) {
        struct report *r = sweep(rounds, two, 2);
        put(r, "a", -1, 1);
        put(r, "b", 0, 1.5);
        put(r, "b", 1, .5);
        compare_fill(r);
        check(only_crossover(r), 0, 1, "a", "b", rounds == 7);
        report_close(r);
    }
}

static void the_winner_may_pass_from_hand_to_hand(void **state) {
    (void)state;
    struct report *r = sweep(10, three, 3);
    static const double walls[3][3] = {{1, 2, 3}, {2, 1, 3}, {3, 2, 1}};
    for (int64_t point = 0; point < 3; point++)
        for (size_t label = 0; label < 3; label++)
            put(r, three[label], point, walls[point][label]);
    compare_fill(r);
    const struct report_crossover *c = r->crossovers.items;
    assert_int_equal(r->crossovers.count, 2);
    check(&c[0], 0, 1, "a", "b", true);
    check(&c[1], 1, 2, "b", "c", true);
    report_close(r);
}

/* Points 0 and 1 have one delay, 2 and 3 the other; 0 and 2 have one number in flight, 1 and 3 the other. */
static void rows_of_points_differ_in_one_thing(void **state) {
    (void)state;
    struct report *r = made_report(10, two);
    for (int i = 0; i < 4; i++)
        add_point(r, 1 + i % 2, "delay", i / 2);
    for (int64_t point = 0; point < 4; point++) {
        put(r, "a", point, 1);
        put(r, "b", point, point == 3 ? .5 : 2);
    }
    compare_fill(r);
    const struct report_crossover *c = r->crossovers.items;
    assert_int_equal(r->crossovers.count, 2);
    check(&c[0], 2, 3, "a", "b", true);
    check(&c[1], 1, 3, "a", "b", true);
    report_close(r);
}

static void what_failed_wins_nowhere(void **state) {
    (void)state;
    struct report *r = sweep(10, two, 2);
    put(r, "a", -1, 1);
    put(r, "b", 0, 1.5);
    size_t before = r->runs.count;
    put(r, "b", 1, .5);
    struct report_run *runs = r->runs.items;
    for (size_t i = before; i < r->runs.count; i++) {
        runs[i].requests.failed = runs[i].requests.completed / 2;
        runs[i].requests.completed -= runs[i].requests.failed;
    }
    compare_fill(r);
    assert_int_equal(r->crossovers.count, 0);
    report_close(r);
}

static void a_baseline_that_differs_from_itself_has_no_crossover(void **state) {
    (void)state;
    struct report *r = sweep(10, two, 2);
    put(r, "a", -1, 1);
    put(r, "b", 0, 1.5);
    put(r, "b", 1, .5);
    for (int64_t round = 1; round <= 10; round++)
        made_run(r, "a", round, 1.2)->baseline_repeat = true;
    compare_fill(r);
    assert_string_equal(made_primary(r, "b")->verdict, "not_comparable");
    assert_int_equal(r->crossovers.count, 0);
    report_close(r);
}

static void every_point_has_its_comparison(void **state) {
    (void)state;
    struct report *r = sweep(7, two, 2);
    put(r, "a", -1, 1);
    put(r, "b", 0, 1.5);
    put(r, "b", 1, .5);
    compare_fill(r);
    const struct report_comparison *c = r->comparisons.items;
    static const char *const verdicts[] = {"slower", "faster"};
    size_t found = 0;
    for (size_t i = 0; i < r->comparisons.count; i++)
        if (c[i].primary) {
            assert_int_equal(c[i].point, (int64_t)found);
            assert_string_equal(c[i].verdict, verdicts[found++]);
        }
    assert_int_equal(found, 2);
    report_close(r);
}

static void ceilings_are_of_no_comparison(void **state) {
    (void)state;
    struct report *r = made_report(7, two);
    r->plan.ceiling = true;
    for (int64_t round = 1; round <= 7; round++) {
        made_run(r, "a", round, .01)->ceiling = true;
        made_run(r, "a", round, 1);
        made_run(r, "b", round, .01)->ceiling = true;
        made_run(r, "b", round, 2 + .001 * (double)round);
    }
    compare_fill(r);
    assert_true(fabs(made_primary(r, "b")->ratio - 2.004) < .01);
    report_close(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_winner_that_changes_is_a_crossover),
        cmocka_unit_test(a_point_that_cannot_be_told_is_stepped_over),
        cmocka_unit_test(differences_within_the_margin_are_no_crossover),
        cmocka_unit_test(one_round_is_listed_as_unsupported),
        cmocka_unit_test(a_change_that_is_too_noisy_is_listed_as_unsupported),
        cmocka_unit_test(the_least_number_of_rounds_counts_points_and_pairs),
        cmocka_unit_test(the_winner_may_pass_from_hand_to_hand),
        cmocka_unit_test(rows_of_points_differ_in_one_thing),
        cmocka_unit_test(what_failed_wins_nowhere),
        cmocka_unit_test(a_baseline_that_differs_from_itself_has_no_crossover),
        cmocka_unit_test(every_point_has_its_comparison),
        cmocka_unit_test(ceilings_are_of_no_comparison),
    };
    return cmocka_run_group_tests_name("compare/crossover", tests, NULL, NULL);
}
