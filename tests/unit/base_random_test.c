/* Random numbers by place. Uniformity is held by plan_template_test, where they are put to use. */
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void bits_are_a_function_of_all_three_numbers(void **state) {
    (void)state;
    uint64_t bits = random_bits(1, 2, 3);
    assert_true(bits == random_bits(1, 2, 3));
    assert_true(bits != random_bits(2, 2, 3));
    assert_true(bits != random_bits(1, 3, 3));
    assert_true(bits != random_bits(1, 2, 4));
    assert_true(random_bits(0, 0, 0) != random_bits(UINT64_MAX, UINT64_MAX, UINT64_MAX));
}

/* Reports name a seed so that others can send the same requests: what it gives must not change. */
static void values_stay_what_they_are(void **state) {
    (void)state;
    assert_true(random_bits(1, 0, 0) == UINT64_C(0xB18A02F46D8D86C3));
    assert_true(random_bits(1, 1, 0) == UINT64_C(0x9EDBE9BD18AD781D));
    assert_int_equal(random_between(1, 0, 0, 1, 1000), 694);
}

static void every_bit_is_set_about_half_the_time(void **state) {
    (void)state;
    for (int bit = 0; bit < 64; bit++) {
        int set = 0;
        for (uint64_t i = 0; i < 10000; i++)
            set += (int)(random_bits(1, i, 0) >> bit & 1);
        assert_in_range(set, 4800, 5200); /* four standard deviations */
    }
}

static void a_range_may_be_one_value_or_all_there_are(void **state) {
    (void)state;
    assert_int_equal(random_between(1, 2, 3, 7, 7), 7);
    assert_true(random_between(1, 2, 3, INT64_MAX, INT64_MAX) == INT64_MAX);
    assert_true(random_between(1, 2, 3, INT64_MIN, INT64_MAX) == (int64_t)random_bits(1, 2, 6));
    for (uint64_t i = 0; i < 1000; i++) {
        int64_t value = random_between(1, i, 0, INT64_MIN, INT64_MIN + 1);
        assert_true(value == INT64_MIN || value == INT64_MIN + 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_are_a_function_of_all_three_numbers),
        cmocka_unit_test(values_stay_what_they_are),
        cmocka_unit_test(every_bit_is_set_about_half_the_time),
        cmocka_unit_test(a_range_may_be_one_value_or_all_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
