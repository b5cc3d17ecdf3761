/* Variance inflation of runs with known order. How often the widened interval holds: stats_simulation_test.c.
 */
#include "stats/batches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT 3000

static void fewer_than_a_hundred_values_a_batch_tell_nothing(void **state) {
    (void)state;
    int64_t values[COUNT] = {0};
    double inflation = -1;
    assert_false(batches_inflation(values, COUNT - 1, 0, &inflation));
    assert_true(inflation == -1);
    assert_true(batches_inflation(values, COUNT, 0, &inflation));
}

static void equal_values_are_not_inflated(void **state) {
    (void)state;
    int64_t values[COUNT] = {0};
    double inflation;
    assert_true(batches_inflation(values, COUNT, 0, &inflation));
    assert_true(inflation == 1);
}

static void perfectly_even_values_never_narrow_an_interval(void **state) {
    (void)state;
    int64_t values[COUNT];
    double inflation;
    for (int i = 0; i < COUNT; i++)
        values[i] = i % 2;
    assert_true(batches_inflation(values, COUNT, 0, &inflation));
    assert_true(inflation == 1);
}

/* Half the batches all below and half all above: each is off by half its size, so the variance is that of
 * batches of one value, times their size. */
static void a_run_in_two_halves_is_inflated_by_the_size_of_a_batch(void **state) {
    (void)state;
    int64_t values[COUNT];
    double inflation;
    for (int i = 0; i < COUNT; i++)
        values[i] = i >= COUNT / 2;
    assert_true(batches_inflation(values, COUNT, 0, &inflation));
    assert_true(inflation > 100 && inflation < 120);
}

static void ranks_move_apart_by_the_root_of_the_factor(void **state) {
    (void)state;
    struct rank_interval ranks = {4900, 5100};
    assert_true(batches_widen(&ranks, 10000, .5, 9));
    assert_int_equal(ranks.low, 4700);
    assert_int_equal(ranks.high, 5300);
    assert_true(batches_widen(&ranks, 10000, .5, 1));
    assert_int_equal(ranks.low, 4700);
    assert_int_equal(ranks.high, 5300);
}

static void ranks_beyond_the_run_are_absent(void **state) {
    (void)state;
    struct rank_interval ranks = {9880, 9920};
    assert_false(batches_widen(&ranks, 10000, .99, 100));
    assert_int_equal(ranks.low, 9880);
    assert_int_equal(ranks.high, 9920);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fewer_than_a_hundred_values_a_batch_tell_nothing),
        cmocka_unit_test(equal_values_are_not_inflated),
        cmocka_unit_test(perfectly_even_values_never_narrow_an_interval),
        cmocka_unit_test(a_run_in_two_halves_is_inflated_by_the_size_of_a_batch),
        cmocka_unit_test(ranks_move_apart_by_the_root_of_the_factor),
        cmocka_unit_test(ranks_beyond_the_run_are_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
