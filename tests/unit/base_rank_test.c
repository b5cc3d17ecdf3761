/* Nearest rank, and above all that decimals mean what they say. */
#include "base/rank.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void rank_among_none_is_none(void **state) {
    (void)state;
    assert_int_equal(rank_nearest(0.5, 0), 0);
}

static void extremes_are_the_first_and_the_last(void **state) {
    (void)state;
    assert_int_equal(rank_nearest(0, 10), 1);
    assert_int_equal(rank_nearest(-3, 10), 1);
    assert_int_equal(rank_nearest(NAN, 10), 1);
    assert_int_equal(rank_nearest(1, 10), 10);
    assert_int_equal(rank_nearest(7, 10), 10);
    assert_int_equal(rank_nearest(1e-300, 10), 1);
    assert_int_equal(rank_nearest(nextafter(1, 0), 10), 10);
}

/* ceil(0.07 * 100) would be 8. */
static void every_decimal_share_of_a_power_of_ten_is_whole(void **state) {
    (void)state;
    for (uint64_t n = 10; n <= 1000000; n *= 10)
        for (uint64_t r = 1; r <= n; r += 1 + n / 5000) {
            assert_int_equal(rank_nearest((double)r / (double)n, n), r);
            assert_int_equal(rank_nearest(100.0 * (double)r / (double)n / 100, n), r);
        }
}

static void a_share_beyond_a_rank_takes_the_next(void **state) {
    (void)state;
    assert_int_equal(rank_nearest(0.5000001, 10), 6);
    assert_int_equal(rank_nearest(0.99, 101), 100);
    assert_int_equal(rank_nearest(0.5, 1000000001), 500000001);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rank_among_none_is_none),
        cmocka_unit_test(extremes_are_the_first_and_the_last),
        cmocka_unit_test(every_decimal_share_of_a_power_of_ten_is_whole),
        cmocka_unit_test(a_share_beyond_a_rank_takes_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
