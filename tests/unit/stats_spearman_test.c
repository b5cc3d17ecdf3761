/* Rank correlation at its ends; tests/integration/test_statistics.py compares the rest with SciPy's. */
#include "stats/spearman.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_rising_series_correlates_wholly(void **state) {
    (void)state;
    const double time[] = {1, 2, 3, 4, 5}, rising[] = {1, 10, 11, 50, 900}, falling[] = {9, 8, 7, 6, -5};
    struct rank_correlation got;
    assert_true(spearman_correlate(time, rising, 5, &got));
    assert_true(got.rho == 1 && got.p_value == 0);
    assert_true(spearman_correlate(time, falling, 5, &got));
    assert_true(got.rho == -1 && got.p_value == 0);
}

static void a_published_example_agrees(void **state) {
    (void)state;
    const double x[] = {1, 2, 3, 4, 5}, y[] = {5, 6, 7, 8, 7};
    struct rank_correlation got;
    assert_true(spearman_correlate(x, y, 5, &got));
    assert_true(fabs(got.rho - 0.8207826816681233) < 1e-12); /* as SciPy's manual has it */
    assert_true(fabs(got.p_value - 0.08858700531354381) < 1e-12);
}

static void what_has_no_ranks_has_no_correlation(void **state) {
    (void)state;
    const double x[] = {1, 2, 3}, same[] = {4, 4, 4}, unknown[] = {1, NAN, 2};
    struct rank_correlation got = {7, 7};
    assert_false(spearman_correlate(x, same, 3, &got));
    assert_false(spearman_correlate(unknown, x, 3, &got));
    assert_false(spearman_correlate(x, x, 2, &got));
    assert_true(got.rho == 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rising_series_correlates_wholly),
        cmocka_unit_test(a_published_example_agrees),
        cmocka_unit_test(what_has_no_ranks_has_no_correlation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
