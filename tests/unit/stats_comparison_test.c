/* Intervals of ratios, ranks, rounds and the words made of them: check values and properties. How they agree
 * with SciPy is tests/integration/test_statistics.py, how often they are right stats_simulation_test.c. */
#include "stats/signedrank.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stats/judgement.h"
#include "stats/normal.h"
#include "stats/ranksum.h"
#include "stats/rounds.h"

static bool near(double a, double b) {
    return fabs(a - b) <= 1e-12 * fabs(b);
}

static void normal_quantile_agrees_with_known_values(void **state) {
    (void)state;
    assert_true(near(normal_quantile(.975), 1.9599639845400545));
    assert_true(near(normal_quantile(.8), 0.8416212335729143));
    assert_true(near(normal_quantile(1e-300), -37.0470962993612));
    assert_true(normal_quantile(.5) == 0);
    assert_true(isinf(normal_quantile(0)) && isinf(normal_quantile(1)));
    assert_true(isnan(normal_quantile(-1)) && isnan(normal_quantile(NAN)));
}

static void expect_critical(size_t rounds, double alpha, uint64_t expected) {
    uint64_t k;
    assert_true(signedrank_critical(rounds, alpha / 2, &k));
    assert_int_equal(k, expected);
}

static void signed_ranks_agree_with_published_check_values(void **state) {
    (void)state;
    expect_critical(6, .05, 0);
    expect_critical(12, .05, 13);
    expect_critical(20, .05, 52);
    expect_critical(30, .05, 137);
    expect_critical(50, .05, 434);
}

static void normal_ranks_continue_the_exact_ones(void **state) {
    (void)state;
    uint64_t exact, normal, before;
    assert_true(signedrank_critical(SIGNEDRANK_EXACT - 1, .025, &before));
    assert_true(signedrank_critical(SIGNEDRANK_EXACT, .025, &exact));
    assert_true(signedrank_critical(SIGNEDRANK_EXACT + 1, .025, &normal));
    double growth = (double)(exact - before);
    assert_true(fabs((double)(normal - exact) - growth) < 10);
    assert_true(fabs(signedrank_tail(SIGNEDRANK_EXACT + 1, normal) - .025) < 1e-4);
}

static void too_few_rounds_have_no_interval(void **state) {
    (void)state;
    const double a[] = {1, 2, 3, 4, 5, 6}, b[] = {2, 4, 6, 8, 10, 13};
    struct ratio_estimate got;
    assert_false(signedrank_interval(a, b, 5, .05, &got));
    assert_true(isnan(got.low) && isnan(got.high));
    assert_true(near(got.ratio, 2) && near(got.p_value, .0625));
    assert_true(signedrank_interval(a, b, 6, .05, &got));
    assert_true(near(got.low, 2) && near(got.high, 13. / 6) && near(got.p_value, .03125));
}

static void figures_without_a_logarithm_have_no_ratio(void **state) {
    (void)state;
    const double good[] = {1, 2, 3, 4, 5, 6}, bad[] = {1, 2, 0, 4, 5, 6}, unknown[] = {1, 2, 3, 4, NAN, 6};
    struct ratio_estimate got;
    assert_false(signedrank_interval(good, bad, 6, .05, &got));
    assert_true(isnan(got.ratio) && isnan(got.p_value));
    assert_false(signedrank_interval(unknown, good, 6, .05, &got));
    assert_false(signedrank_interval(good, good, 0, .05, &got));
    assert_false(ranksum_interval(good, 6, bad, 6, .05, &got));
    assert_false(ranksum_interval(good, 0, good, 6, .05, &got));
    assert_true(isnan(got.ratio));
}

static void rounds_without_a_difference_are_no_evidence(void **state) {
    (void)state;
    const double a[] = {1, 2, 3, 4, 5, 6}, b[] = {1, 2, 3, 4, 5, 12};
    struct ratio_estimate got;
    assert_true(signedrank_interval(a, a, 6, .05, &got));
    assert_true(got.ratio == 1 && got.low == 1 && got.high == 1 && got.p_value == 1);
    assert_true(signedrank_interval(a, b, 6, .05, &got));
    assert_true(got.p_value == 1 && got.low == 1);
}

/* Figures in no order, from 1 to 2. */
static void fill(double *out, size_t count, unsigned seed) {
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525 + 1013904223;
        out[i] = 1 + seed / 4294967296.0;
    }
}

static void swapping_sides_inverts_the_ratio(void **state) {
    (void)state;
    double a[400], b[400];
    struct ratio_estimate one, other;
    fill(a, 400, 1);
    fill(b, 400, 2);
    for (size_t rounds = 8; rounds <= 400; rounds += 49) {
        assert_true(signedrank_interval(a, b, rounds, .05, &one));
        assert_true(signedrank_interval(b, a, rounds, .05, &other));
        assert_true(near(one.ratio, 1 / other.ratio) && near(one.low, 1 / other.high));
        assert_true(near(one.p_value, other.p_value));
        assert_true(ranksum_interval(a, rounds, b, rounds - 3, .05, &one));
        assert_true(ranksum_interval(b, rounds - 3, a, rounds, .05, &other));
        assert_true(near(one.ratio, 1 / other.ratio) && near(one.low, 1 / other.high));
        assert_true(near(one.p_value, other.p_value));
    }
}

static void ten_thousand_rounds_need_no_memory_for_their_pairs(void **state) {
    (void)state;
    enum { ROUNDS = 10000 };
    double *a = malloc(ROUNDS * sizeof *a), *b = malloc(ROUNDS * sizeof *b);
    struct ratio_estimate paired, unpaired;
    fill(a, ROUNDS, 1);
    for (size_t i = 0; i < ROUNDS; i++)
        b[i] = a[i] * 1.25;
    assert_true(signedrank_interval(a, b, ROUNDS, .05, &paired));
    assert_true(near(paired.low, 1.25) && near(paired.high, 1.25));
    assert_true(ranksum_interval(a, ROUNDS, b, ROUNDS, .05, &unpaired));
    assert_true(unpaired.low < 1.25 && unpaired.high > 1.25 && unpaired.high - unpaired.low < .03);
    free(a);
    free(b);
}

static void rank_sums_agree_with_published_check_values(void **state) {
    (void)state;
    static const struct {
        size_t a, b;
        double alpha;
        uint64_t k;
    } rows[] = {{4, 4, .05, 0},     {5, 5, .05, 2},   {10, 10, .05, 23},
                {20, 20, .05, 127}, {8, 15, .05, 29}, {8, 15, .01, 20}};
    uint64_t k;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(ranksum_critical(rows[i].a, rows[i].b, rows[i].alpha / 2, &k));
        assert_int_equal(k, rows[i].k);
        assert_true(ranksum_critical(rows[i].b, rows[i].a, rows[i].alpha / 2, &k));
        assert_int_equal(k, rows[i].k);
    }
    assert_false(ranksum_critical(3, 3, .025, &k));
}

static void normal_rank_sums_continue_the_exact_ones(void **state) {
    (void)state;
    uint64_t exact, normal;
    assert_true(ranksum_critical(60, 60, .025, &exact));
    assert_true(ranksum_critical(60, 61, .025, &normal));
    assert_in_range(normal - exact, 18, 28);
}

static void least_rounds_grow_with_the_comparisons(void **state) {
    (void)state;
    assert_int_equal(rounds_least(.05, 1), 6);
    assert_int_equal(rounds_least(.05, 2), 7);
    assert_int_equal(rounds_least(.05, 4), 8);
    assert_int_equal(rounds_least(.05, 8), 9);
    uint64_t k;
    for (size_t m = 1; m < 50; m++) {
        size_t least = rounds_least(.05, m);
        assert_true(signedrank_critical(least, .025 / (double)m, &k));
        assert_false(signedrank_critical(least - 1, .025 / (double)m, &k));
    }
}

static void rounds_for_an_effect_grow_with_the_spread(void **state) {
    (void)state;
    const struct rounds_design design = {.alpha = .05, .comparisons = 1, .margin = .02};
    assert_int_equal(rounds_for_effect(&design, .1, .8, 0), 6);
    assert_int_equal(rounds_for_effect(&design, .1, .8, .03), 6);
    assert_int_equal(rounds_for_effect(&design, .1, .8, .05), 7);
    int64_t before = 0;
    for (double deviation = .01; deviation < 1; deviation += .01) {
        int64_t rounds = rounds_for_effect(&design, .1, .8, deviation);
        assert_true(rounds >= before);
        before = rounds;
    }
}

static void rounds_for_a_large_spread_follow_the_formula(void **state) {
    (void)state;
    const struct rounds_design design = {.alpha = .05, .comparisons = 1, .margin = .02};
    double z = 1.959963984540054, sum = (z + .8416212335729143) * .5 / (log(1.1) - log(1.02));
    assert_int_equal(rounds_for_effect(&design, .1, .8, .5), (int64_t)ceil(sum * sum / .955 + z * z / 2));
}

static void no_number_of_rounds_shows_an_effect_within_the_margin(void **state) {
    (void)state;
    const struct rounds_design design = {.alpha = .05, .comparisons = 1, .margin = .02};
    assert_int_equal(rounds_for_effect(&design, .02, .8, .05), -1);
    assert_int_equal(rounds_for_effect(&design, .01, .8, .05), -1);
    assert_int_equal(rounds_for_effect(&design, .1, .8, NAN), -1);
    assert_int_equal(rounds_to_settle(&design, 1.02, .05, 12), -1);
    assert_int_equal(rounds_to_settle(&design, NAN, .05, 12), -1);
    assert_int_equal(rounds_to_settle(&design, 1.05, INFINITY, 12), -1);
}

static void settling_takes_more_rounds_the_nearer_the_margin(void **state) {
    (void)state;
    const struct rounds_design design = {.alpha = .05, .comparisons = 1, .margin = .02};
    int64_t far = rounds_to_settle(&design, 1.05, .05, 6), near_by = rounds_to_settle(&design, 1.03, .05, 6);
    assert_true(far > 6 && near_by > far);
    assert_int_equal(rounds_to_settle(&design, 1 / 1.05, .05, 6), far);
    assert_int_equal(rounds_to_settle(&design, 1.05, .05, 1000), 1001);
    assert_true(rounds_to_settle(&design, 1, .05, 6) < rounds_to_settle(&design, 1.01, .05, 6));
}

static void deviation_is_that_of_the_logarithms(void **state) {
    (void)state;
    const double a[] = {1, 1, 1, 1}, b[] = {1, 2, 4, 8}, zero[] = {1, 0, 4, 8};
    assert_true(near(rounds_deviation(a, b, 4), log(2) * sqrt(5. / 3)));
    assert_true(isnan(rounds_deviation(a, b, 1)));
    assert_true(near(rounds_spread(b, 4), rounds_deviation((double[]){1, 1, 1, 1}, b, 4)));
    assert_true(isnan(rounds_spread(b, 1)) && isnan(rounds_spread(zero, 4)));
    assert_true(isnan(rounds_deviation(a, zero, 4)));
}

static void words_follow_the_interval(void **state) {
    (void)state;
    static const struct {
        double low, high;
        enum judgement word;
    } rows[] = {
        {.90, .98, JUDGEMENT_FASTER},        {.90, 1 / 1.02, JUDGEMENT_DIFFERENT},
        {.90, .99, JUDGEMENT_DIFFERENT},     {1.021, 1.1, JUDGEMENT_SLOWER},
        {1.01, 1.1, JUDGEMENT_DIFFERENT},    {1 / 1.02, 1.02, JUDGEMENT_EQUIVALENT},
        {1.001, 1.01, JUDGEMENT_EQUIVALENT}, {.97, 1.01, JUDGEMENT_INCONCLUSIVE},
        {.9, 1.1, JUDGEMENT_INCONCLUSIVE},   {1, 1.1, JUDGEMENT_INCONCLUSIVE},
        {NAN, NAN, JUDGEMENT_INCONCLUSIVE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(judgement_of_interval(rows[i].low, rows[i].high, .02), rows[i].word);
    assert_string_equal(judgement_name(JUDGEMENT_FASTER), "faster");
    assert_string_equal(judgement_name(JUDGEMENT_NOT_COMPARABLE), "not_comparable");
}

static void margin_is_the_noise_floor_where_that_is_higher(void **state) {
    (void)state;
    assert_true(judgement_margin(NAN, NAN) == .02);
    assert_true(judgement_margin(.99, 1.01) == .02);
    assert_true(near(judgement_margin(1 / 1.05, 1.05), .05));
    assert_true(near(judgement_margin(1, 1.1025), .05));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_quantile_agrees_with_known_values),
        cmocka_unit_test(signed_ranks_agree_with_published_check_values),
        cmocka_unit_test(normal_ranks_continue_the_exact_ones),
        cmocka_unit_test(too_few_rounds_have_no_interval),
        cmocka_unit_test(figures_without_a_logarithm_have_no_ratio),
        cmocka_unit_test(rounds_without_a_difference_are_no_evidence),
        cmocka_unit_test(swapping_sides_inverts_the_ratio),
        cmocka_unit_test(ten_thousand_rounds_need_no_memory_for_their_pairs),
        cmocka_unit_test(rank_sums_agree_with_published_check_values),
        cmocka_unit_test(normal_rank_sums_continue_the_exact_ones),
        cmocka_unit_test(least_rounds_grow_with_the_comparisons),
        cmocka_unit_test(rounds_for_an_effect_grow_with_the_spread),
        cmocka_unit_test(rounds_for_a_large_spread_follow_the_formula),
        cmocka_unit_test(no_number_of_rounds_shows_an_effect_within_the_margin),
        cmocka_unit_test(settling_takes_more_rounds_the_nearer_the_margin),
        cmocka_unit_test(deviation_is_that_of_the_logarithms),
        cmocka_unit_test(words_follow_the_interval),
        cmocka_unit_test(margin_is_the_noise_floor_where_that_is_higher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
