/* Interval ranks against known values and against exact sums for small n. */
#include "stats/binomial.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void expect(uint64_t n, double q, double alpha, uint64_t low, uint64_t high) {
    struct rank_interval got = {0, 0};
    assert_true(binomial_quantile_interval(n, q, alpha, &got));
    assert_int_equal(got.low, low);
    assert_int_equal(got.high, high);
}

static void ranks_agree_with_published_check_values(void **state) {
    (void)state;
    expect(6, 0.5, 0.05, 1, 6);
    expect(368, 0.99, 0.05, 360, 368);
    expect(10000, 0.99, 0.05, 9880, 9920);
}

static void interval_is_absent_below_the_least_number(void **state) {
    (void)state;
    static const struct {
        double q;
        uint64_t least;
    } rows[] = {{0.5, 6}, {0.99, 368}, {0.999, 3688}, {0.01, 368}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rank_interval got = {7, 7};
        assert_false(binomial_quantile_interval(rows[i].least - 1, rows[i].q, 0.05, &got));
        assert_int_equal(got.low, 7);
        assert_true(binomial_quantile_interval(rows[i].least, rows[i].q, 0.05, &got));
        assert_true(got.low >= 1 && got.high <= rows[i].least);
    }
}

static void interval_of_nothing_or_of_an_extreme_is_absent(void **state) {
    (void)state;
    struct rank_interval got;
    assert_false(binomial_quantile_interval(0, 0.5, 0.05, &got));
    assert_false(binomial_quantile_interval(1000, 0, 0.05, &got));
    assert_false(binomial_quantile_interval(1000, 1, 0.05, &got));
    assert_false(binomial_quantile_interval(1000, NAN, 0.05, &got));
    assert_false(binomial_quantile_interval(1000, 0.5, 0, &got));
}

/* P(Bin(n, q) <= k) term by term, in the precision of long double. */
static long double cumulated(uint64_t n, double q, int64_t k) {
    long double sum = 0;
    for (int64_t i = 0; i <= k; i++)
        sum += expl(lgammal((long double)n + 1) - lgammal((long double)i + 1) -
                    lgammal((long double)(n - (uint64_t)i) + 1) + (long double)i * logl(q) +
                    (long double)(n - (uint64_t)i) * log1pl(-(long double)q));
    return sum;
}

static void check_definition(uint64_t n, double q, double alpha) {
    struct rank_interval got;
    if (!binomial_quantile_interval(n, q, alpha, &got)) {
        assert_true(cumulated(n, q, 0) > alpha / 2 || cumulated(n, q, (int64_t)n - 1) < 1 - alpha / 2);
        return;
    }
    assert_true(cumulated(n, q, (int64_t)got.low - 1) <= alpha / 2);
    assert_true(cumulated(n, q, (int64_t)got.low) > alpha / 2);
    assert_true(cumulated(n, q, (int64_t)got.high - 1) >= 1 - alpha / 2);
    assert_true(cumulated(n, q, (int64_t)got.high - 2) < 1 - alpha / 2);
}

static void ranks_satisfy_their_definition(void **state) {
    (void)state;
    static const double quantiles[] = {0.03, 0.5, 0.75, 0.9, 0.95, 0.99};
    for (uint64_t n = 1; n <= 2000; n = n + 1 + n / 7)
        for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
            check_definition(n, quantiles[i], 0.05);
            check_definition(n, quantiles[i], 0.0123);
        }
}

static void ranks_of_the_median_are_symmetric(void **state) {
    (void)state;
    for (uint64_t n = 6; n < 100000; n = n * 3 + 1) {
        struct rank_interval got;
        assert_true(binomial_quantile_interval(n, 0.5, 0.05, &got));
        assert_int_equal(got.low + got.high, n + 1);
    }
}

/* Against the normal approximation with continuity correction, which at this size is off by a rank or two. */
static void a_thousand_million_values_are_no_trouble(void **state) {
    (void)state;
    static const double quantiles[] = {0.5, 0.9, 0.99, 0.999, 0.9999};
    const double n = 1e9, z = 1.959963984540054;
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        struct rank_interval got;
        double half = z * sqrt(n * quantiles[i] * (1 - quantiles[i]));
        assert_true(binomial_quantile_interval(1000000000, quantiles[i], 0.05, &got));
        assert_true(fabs((double)got.low - (n * quantiles[i] - half)) < 3);
        assert_true(fabs((double)got.high - (n * quantiles[i] + half)) < 3);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_agree_with_published_check_values),
        cmocka_unit_test(interval_is_absent_below_the_least_number),
        cmocka_unit_test(interval_of_nothing_or_of_an_extreme_is_absent),
        cmocka_unit_test(ranks_satisfy_their_definition),
        cmocka_unit_test(ranks_of_the_median_are_symmetric),
        cmocka_unit_test(a_thousand_million_values_are_no_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
