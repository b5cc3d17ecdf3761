/* Parts that are apart from the others, by simulation: no more false alarms than they may be, and what is
 * there is found. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stats/apart.h"
#include "stats/binomial.h"
#include "stats/normal.h"

#define MOST_REQUESTS 4000
#define LEVEL .05

static uint64_t state = 7;

static double next_uniform(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return ((double)(state >> 11) + .5) / 9007199254740992.0;
}

static int ascending(const void *a, const void *b) {
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

/* As a part would report them: log-normal times with that median, as skewed as latencies are. */
static struct apart_part part_of(size_t requests, double median_s) {
    static double times_s[MOST_REQUESTS];
    struct rank_interval ranks;
    for (size_t i = 0; i < requests; i++)
        times_s[i] = median_s * exp(.6 * normal_quantile(next_uniform()));
    qsort(times_s, requests, sizeof *times_s, ascending);
    assert_true(binomial_quantile_interval(requests, .5, .05, &ranks));
    return (struct apart_part){.p50_s = times_s[(requests + 1) / 2 - 1],
                               .ci95_s = {times_s[ranks.low - 1], times_s[ranks.high - 1]},
                               .outcomes = (int64_t)requests};
}

/* Equal to the others but for what disturbs it, with an interval that knows nothing of that. */
static struct apart_part disturbed_part(double scatter) {
    double p50_s = .01 * (1 + scatter * normal_quantile(next_uniform()));
    return (struct apart_part){.p50_s = p50_s, .ci95_s = {.99 * p50_s, 1.01 * p50_s}, .outcomes = 4000};
}

/* How often of `times` any of `count` parts is called slower: equal ones, or disturbed ones. */
static int alarms(int times, size_t count, size_t requests, double scatter) {
    struct apart_part parts[200];
    struct apart found[200];
    int called = 0;
    for (int t = 0; t < times; t++) {
        bool any = false;
        for (size_t i = 0; i < count; i++)
            parts[i] = scatter > 0 ? disturbed_part(scatter) : part_of(requests, .01);
        apart_find(parts, count, LEVEL / (double)count, found);
        for (size_t i = 0; i < count; i++)
            any = any || found[i].is_slower;
        called += any;
    }
    return called;
}

/* Only the upper half of a two-sided level can call a part slower; three deviations are for chance. */
static int most_alarms(int times) {
    double share = LEVEL / 2;
    return (int)ceil(times * share + 3 * sqrt(times * share * (1 - share)));
}

static void equal_parts_are_called_slower_no_more_often_than_may_be(void **unused) {
    (void)unused;
    assert_true(alarms(600, 2, 200, 0) <= most_alarms(600));
    assert_true(alarms(300, 4, 200, 0) <= most_alarms(300));
    assert_true(alarms(60, 16, 200, 0) <= most_alarms(60));
    assert_true(alarms(6, 200, 200, 0) <= most_alarms(6));
}

/* As disturbed as processes of one busy machine are: their intervals alone would call one slower in most. */
static void parts_that_differ_from_run_to_run_are_called_slower_no_more_often(void **unused) {
    (void)unused;
    assert_true(alarms(2000, 2, 0, APART_SCATTER) <= 2 * most_alarms(2000));
    assert_true(alarms(2000, 4, 0, APART_SCATTER) <= 2 * most_alarms(2000));
    assert_true(alarms(2000, 8, 0, APART_SCATTER) <= 2 * most_alarms(2000));
    assert_true(alarms(400, 24, 0, APART_SCATTER) <= 2 * most_alarms(400));
    assert_true(alarms(400, 24, 0, 2 * APART_SCATTER) <= 2 * most_alarms(400));
}

/* How often of `times` one of `count` parts is called slower that is; none of the others ever. */
static int hits(int times, size_t count, double slower) {
    struct apart_part parts[32];
    struct apart found[32];
    int called = 0;
    for (int t = 0; t < times; t++) {
        for (size_t i = 0; i < count; i++)
            parts[i] = part_of(MOST_REQUESTS, i == 1 ? .01 * slower : .01);
        apart_find(parts, count, LEVEL / (double)count, found);
        called += found[1].is_slower;
        for (size_t i = 0; i < count; i++)
            assert_true(i == 1 || !found[i].is_slower);
    }
    return called;
}

static void the_more_parts_there_are_the_less_slower_one_is_found(void **unused) {
    (void)unused;
    assert_true(hits(20, 2, 1.6) >= 19);
    assert_true(hits(20, 8, 1.5) >= 19);
    assert_true(hits(10, 32, 1.1) >= 8);
    assert_int_equal(hits(20, 2, 1.15), 0); /* a busy machine's processes differ by as much */
}

static void one_far_slower_part_hides_no_other(void **unused) {
    struct apart_part parts[4];
    struct apart found[4];
    (void)unused;
    for (size_t i = 0; i < 4; i++)
        parts[i] = part_of(4000, i == 0 ? .1 : i == 1 ? .016 : .01);
    apart_find(parts, 4, LEVEL / 4, found);
    assert_true(found[0].is_slower && found[1].is_slower);
    assert_false(found[2].is_slower || found[3].is_slower);
    assert_true(fabs(found[0].others_p50_s / .01 - 1) < .05);
}

static void what_differs_by_less_than_five_percent_is_not_called_slower(void **unused) {
    struct apart found[2];
    const struct apart_part parts[] = {{.p50_s = 1, .ci95_s = {1, 1}, .outcomes = 900},
                                       {.p50_s = 1.04, .ci95_s = {1.04, 1.04}, .outcomes = 900}};
    (void)unused;
    apart_find(parts, 2, LEVEL / 2, found);
    assert_false(found[1].is_slower);
    assert_true(found[1].others_p50_s == 1);
}

static void a_part_without_an_interval_is_not_judged(void **unused) {
    struct apart found[3];
    const struct apart_part parts[] = {{.p50_s = 1, .ci95_s = {.99, 1.01}, .outcomes = 900},
                                       {.p50_s = 9, .ci95_s = {NAN, NAN}, .outcomes = 900},
                                       {.p50_s = 1, .ci95_s = {.99, 1.01}, .outcomes = 900}};
    (void)unused;
    apart_find(parts, 3, LEVEL / 3, found);
    assert_false(found[1].is_slower);
    assert_true(isnan(found[1].others_p50_s));
    assert_true(found[0].others_p50_s == 1);
}

/* Parts of as many requests, of which so many fail by chance. */
static int failing(int times, size_t count, double share, double share_of_first) {
    struct apart_part parts[100];
    struct apart found[100];
    int called = 0;
    for (int t = 0; t < times; t++) {
        bool any = false;
        for (size_t i = 0; i < count; i++) {
            parts[i] = (struct apart_part){.p50_s = NAN, .outcomes = 1000};
            for (int n = 0; n < 1000; n++)
                parts[i].failed += next_uniform() < (i ? share : share_of_first);
        }
        apart_find(parts, count, LEVEL / (double)count, found);
        for (size_t i = 0; i < count; i++)
            any = any || found[i].fails_more;
        called += any;
    }
    return called;
}

static void equal_parts_are_called_failing_no_more_often_than_may_be(void **unused) {
    (void)unused;
    assert_true(failing(100, 100, .00002, .00002) <= most_alarms(100));
    assert_true(failing(300, 10, .01, .01) <= most_alarms(300));
}

static void a_part_that_fails_three_times_as_often_is_found(void **unused) {
    (void)unused;
    assert_true(failing(50, 10, .01, .03) >= 45);
}

static void a_single_failure_is_nobodys(void **unused) {
    struct apart found[50];
    struct apart_part parts[50] = {{.failed = 1}};
    (void)unused;
    for (size_t i = 0; i < 50; i++) {
        parts[i].p50_s = NAN;
        parts[i].outcomes = 100;
    }
    apart_find(parts, 50, LEVEL / 50, found);
    assert_false(found[0].fails_more);
    parts[0].failed = 10;
    apart_find(parts, 50, LEVEL / 50, found);
    assert_true(found[0].fails_more);
    assert_true(found[0].others_failed == 0);
}

static void binomial_tails_are_as_they_are_written_out(void **unused) {
    (void)unused;
    assert_true(fabs(binomial_at_least(3, .5, 2) - .5) < 1e-12);
    assert_true(fabs(binomial_at_least(10, .1, 0) - 1) < 1e-12);
    assert_true(fabs(binomial_at_least(10, .1, 10) - 1e-10) < 1e-20);
    assert_true(fabs(binomial_at_least(1, .02, 1) - .02) < 1e-15);
    assert_true(binomial_at_least(5, .5, 6) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_parts_are_called_slower_no_more_often_than_may_be),
        cmocka_unit_test(parts_that_differ_from_run_to_run_are_called_slower_no_more_often),
        cmocka_unit_test(the_more_parts_there_are_the_less_slower_one_is_found),
        cmocka_unit_test(one_far_slower_part_hides_no_other),
        cmocka_unit_test(what_differs_by_less_than_five_percent_is_not_called_slower),
        cmocka_unit_test(a_part_without_an_interval_is_not_judged),
        cmocka_unit_test(equal_parts_are_called_failing_no_more_often_than_may_be),
        cmocka_unit_test(a_part_that_fails_three_times_as_often_is_found),
        cmocka_unit_test(a_single_failure_is_nobodys),
        cmocka_unit_test(binomial_tails_are_as_they_are_written_out),
    };
    return cmocka_run_group_tests_name("stats/apart", tests, NULL, NULL);
}
