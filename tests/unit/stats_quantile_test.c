/* Quantiles, median and moments of small samples with known answers. */
#include "stats/quantile.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "stats/moments.h"

static void percentile_of_an_empty_run_is_absent(void **state) {
    (void)state;
    assert_int_equal(quantile_nearest(NULL, 0, 0.5), -1);
    assert_true(isnan(quantile_median(NULL, 0)));
    assert_true(isnan(moments_mean(NULL, 0)));
    assert_true(isnan(moments_stddev(NULL, 0)));
}

static void percentile_of_one_request_is_that_request(void **state) {
    (void)state;
    const int64_t one[] = {42};
    assert_int_equal(quantile_nearest(one, 1, 0), 42);
    assert_int_equal(quantile_nearest(one, 1, 0.5), 42);
    assert_int_equal(quantile_nearest(one, 1, 1), 42);
}

static void percentile_is_by_nearest_rank(void **state) {
    (void)state;
    int64_t hundred[100];
    for (int i = 0; i < 100; i++)
        hundred[i] = i + 1;
    for (int p = 1; p <= 100; p++)
        assert_int_equal(quantile_nearest(hundred, 100, p / 100.0), p);
    assert_int_equal(quantile_nearest(hundred, 100, 0), 1);
    assert_int_equal(quantile_nearest(hundred, 100, 0.501), 51);
    assert_int_equal(quantile_nearest(hundred, 100, 0.999), 100);
}

static void median_of_an_even_run_is_the_lower_middle_value(void **state) {
    (void)state;
    const int64_t four[] = {10, 20, 30, 40};
    assert_int_equal(quantile_nearest(four, 4, 0.5), 20);
}

static void share_outside_zero_to_one_is_clamped(void **state) {
    (void)state;
    const int64_t three[] = {1, 2, 3};
    assert_int_equal(quantile_nearest(three, 3, -1), 1);
    assert_int_equal(quantile_nearest(three, 3, 2), 3);
}

static void sorting_orders_the_whole_range_of_integers(void **state) {
    (void)state;
    int64_t values[] = {5, INT64_MAX, -1, INT64_MIN, 0, 5};
    const int64_t sorted[] = {INT64_MIN, -1, 0, 5, 5, INT64_MAX};
    quantile_sort(values, 6);
    assert_memory_equal(values, sorted, sizeof sorted);
    quantile_sort(NULL, 0);
}

static void sorting_many_keeps_each_and_leaves_none_before_a_smaller(void **state) {
    (void)state;
    enum { COUNT = 5000 };
    static int64_t values[COUNT];
    uint64_t random = 1, sum_before = 0, sum = 0;
    for (int width = 1; width <= 64; width += 21) {
        sum_before = sum = 0;
        for (int i = 0; i < COUNT; i++) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            values[i] = (int64_t)(random >> (64 - width));
            sum_before += (uint64_t)values[i];
        }
        quantile_sort(values, COUNT);
        for (int i = 0; i < COUNT; i++) {
            sum += (uint64_t)values[i];
            assert_true(i == 0 || values[i - 1] <= values[i]);
        }
        assert_true(sum == sum_before);
    }
}

static void median_over_rounds_takes_the_middle(void **state) {
    (void)state;
    const double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2}, huge[] = {1.5e308, 1.7e308};
    assert_true(quantile_median(odd, 3) == 2);
    assert_true(quantile_median(even, 4) == 2.5);
    assert_true(isfinite(quantile_median(huge, 2)));
}

static void median_over_rounds_without_a_bound_has_none(void **state) {
    (void)state;
    const double open[] = {INFINITY, 1, INFINITY, INFINITY}, half[] = {2, INFINITY};
    assert_true(quantile_median(open, 4) == INFINITY);
    assert_true(quantile_median(half, 2) == INFINITY);
}

static void median_over_rounds_leaves_its_input_alone(void **state) {
    (void)state;
    const double values[] = {3, 1, 2}, same[] = {3, 1, 2};
    quantile_median(values, 3);
    assert_memory_equal(values, same, sizeof same);
}

static void median_with_an_unknown_round_is_unknown(void **state) {
    (void)state;
    const double values[] = {1, NAN, 2};
    assert_true(isnan(quantile_median(values, 3)));
}

static void deviation_is_that_of_the_population(void **state) {
    (void)state;
    const int64_t values[] = {2, 4, 4, 4, 5, 5, 7, 9}, one[] = {7};
    assert_true(fabs(moments_mean(values, 8) - 5) < 1e-12);
    assert_true(fabs(moments_stddev(values, 8) - 2) < 1e-12);
    assert_true(moments_stddev(one, 1) == 0);
}

static void moments_survive_large_values_close_together(void **state) {
    (void)state;
    const int64_t base = INT64_C(1) << 52;
    const int64_t values[] = {base, base + 2, base + 4};
    assert_true(moments_mean(values, 3) == (double)(base + 2));
    assert_true(fabs(moments_stddev(values, 3) - sqrt(8.0 / 3)) < 1e-6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentile_of_an_empty_run_is_absent),
        cmocka_unit_test(percentile_of_one_request_is_that_request),
        cmocka_unit_test(percentile_is_by_nearest_rank),
        cmocka_unit_test(median_of_an_even_run_is_the_lower_middle_value),
        cmocka_unit_test(share_outside_zero_to_one_is_clamped),
        cmocka_unit_test(sorting_orders_the_whole_range_of_integers),
        cmocka_unit_test(sorting_many_keeps_each_and_leaves_none_before_a_smaller),
        cmocka_unit_test(median_over_rounds_takes_the_middle),
        cmocka_unit_test(median_over_rounds_without_a_bound_has_none),
        cmocka_unit_test(median_over_rounds_leaves_its_input_alone),
        cmocka_unit_test(median_with_an_unknown_round_is_unknown),
        cmocka_unit_test(deviation_is_that_of_the_population),
        cmocka_unit_test(moments_survive_large_values_close_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
