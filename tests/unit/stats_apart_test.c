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
    assert_true(hits(10, 32, 1.2) >= 8);
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

static void what_differs_by_less_than_a_tenth_is_not_called_slower(void **unused) {
    struct apart found[2];
    const struct apart_part parts[] = {{.p50_s = 1, .ci95_s = {1, 1}, .outcomes = 900},
                                       {.p50_s = 1.09, .ci95_s = {1.09, 1.09}, .outcomes = 900}};
    (void)unused;
    apart_find(parts, 2, LEVEL / 2, found);
    assert_false(found[1].is_slower);
    assert_true(found[1].others_p50_s == 1);
}

#define MOST_ROUNDS 20
#define MOST_PARTS 24

/* Medians of equal parts, disturbed from round to round in a way that lasts: `lasting` is what a round has of
 * the one before. One of them may be slower. */
static void make_rounds(double *p50_s, size_t rounds, size_t count, double lasting, double slower) {
    for (size_t i = 0; i < count; i++) {
        double noise = normal_quantile(next_uniform());
        for (size_t r = 0; r < rounds; r++) {
            noise = r == 0 ? noise
                           : lasting * noise + sqrt(1 - lasting * lasting) * normal_quantile(next_uniform());
            p50_s[r * count + i] = .01 * exp(APART_SCATTER * noise) * (i == 1 ? slower : 1);
        }
    }
}

static int called(size_t rounds, size_t count, double lasting, double slower, bool is_any) {
    double p50_s[MOST_ROUNDS * MOST_PARTS];
    bool is_slower[MOST_PARTS];
    int times = 0;
    for (int t = 0; t < 400; t++) {
        bool found = false;
        make_rounds(p50_s, rounds, count, lasting, slower);
        apart_find_slower(p50_s, rounds, count, LEVEL / (double)count, is_slower);
        for (size_t i = 0; i < count; i++)
            found = found || (is_slower[i] && (is_any || i == 1));
        times += found;
    }
    return times;
}

static void equal_parts_are_rarely_called_slower_over_rounds_that_are_alike(void **unused) {
    static const size_t counts[] = {2, 3, 8, MOST_PARTS}, rounds[] = {2, 5, MOST_ROUNDS};
    (void)unused;
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++)
        for (size_t r = 0; r < sizeof rounds / sizeof rounds[0]; r++) {
            assert_true(called(rounds[r], counts[c], 0, 1, true) <= 4);
            assert_true(called(rounds[r], counts[c], .5, 1, true) <= 8);
            assert_true(called(rounds[r], counts[c], .8, 1, true) <= 40);
        }
}

static void a_part_that_is_slower_in_each_round_is_found(void **unused) {
    (void)unused;
    assert_true(called(2, 3, 0, 2, false) >= 360);
    assert_true(called(7, 3, 0, 1.5, false) >= 360);
    assert_true(called(7, MOST_PARTS, 0, 2, false) >= 360);
    assert_int_equal(called(MOST_ROUNDS, 3, 0, 1, false), 0);
}

static void one_slow_round_makes_no_slower_part(void **unused) {
    const double p50_s[] = {1, 1, 1, 1, 1, 9, 1, 1, 1, 1, 1, 1};
    bool is_slower[3];
    (void)unused;
    apart_find_slower(p50_s, 4, 3, LEVEL / 3, is_slower);
    assert_false(is_slower[0] || is_slower[1] || is_slower[2]);
}

static void rounds_that_lack_parts_are_judged_by_the_others(void **unused) {
    const double p50_s[] = {1, 3, NAN, 1, 3, 1, NAN, NAN, 7, 1, 3, 1}, nothing[] = {NAN, NAN, NAN, NAN};
    bool is_slower[3];
    (void)unused;
    apart_find_slower(p50_s, 4, 3, LEVEL / 3, is_slower);
    assert_true(is_slower[1]);
    assert_false(is_slower[0] || is_slower[2]);
    apart_find_slower(nothing, 2, 2, LEVEL / 2, is_slower);
    assert_false(is_slower[0] || is_slower[1]);
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
        cmocka_unit_test(what_differs_by_less_than_a_tenth_is_not_called_slower),
        cmocka_unit_test(equal_parts_are_rarely_called_slower_over_rounds_that_are_alike),
        cmocka_unit_test(a_part_that_is_slower_in_each_round_is_found),
        cmocka_unit_test(one_slow_round_makes_no_slower_part),
        cmocka_unit_test(rounds_that_lack_parts_are_judged_by_the_others),
        cmocka_unit_test(a_part_without_an_interval_is_not_judged),
        cmocka_unit_test(equal_parts_are_called_failing_no_more_often_than_may_be),
        cmocka_unit_test(a_part_that_fails_three_times_as_often_is_found),
        cmocka_unit_test(a_single_failure_is_nobodys),
        cmocka_unit_test(binomial_tails_are_as_they_are_written_out),
    };
    return cmocka_run_group_tests_name("stats/apart", tests, NULL, NULL);
}
