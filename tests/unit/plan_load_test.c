/* The schedule of an open loop: moments by stages, even or at random, and counts that agree with them. */
#include "plan/load.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define S INT64_C(1000000000)

static const struct load steady = {.stages = {{2000, 2000, LOAD_NEVER_NS}}, .stage_count = 1};
static const struct load ramp = {.stages = {{0, 100, 10 * S}, {100, 100, 5 * S}}, .stage_count = 2};
static const struct load random_load = {
    .stages = {{1000, 1000, LOAD_NEVER_NS}}, .stage_count = 1, .poisson = true, .seed = 7};

static int64_t due_ns(const struct load *load, int64_t number) {
    struct load_cursor cursor = {0};
    return load_due_ns(load, &cursor, number);
}

static void a_steady_rate_is_evenly_spaced_from_the_start(void **state) {
    (void)state;
    assert_int_equal(due_ns(&steady, 0), 0);
    assert_int_equal(due_ns(&steady, 1), 500000);
    assert_int_equal(due_ns(&steady, 123456789), INT64_C(61728394500000));
    assert_int_equal(load_length_ns(&steady), LOAD_NEVER_NS);
}

static void a_ramp_makes_due_what_lies_under_its_line(void **state) {
    (void)state;
    assert_int_equal(due_ns(&ramp, 0), 0);
    assert_int_equal(due_ns(&ramp, 125), 5 * S); /* half the time, a quarter of its 500 */
    assert_int_equal(due_ns(&ramp, 500), 10 * S);
    assert_int_equal(due_ns(&ramp, 600), 11 * S);
    assert_int_equal(due_ns(&ramp, 999), 14990000000);
    assert_int_equal(due_ns(&ramp, 1000), LOAD_NEVER_NS);
    assert_int_equal(load_length_ns(&ramp), 15 * S);
}

static void counts_are_those_whose_moment_is_before(void **state) {
    (void)state;
    assert_int_equal(load_count(&steady, 6 * S, 1000000), 12000);
    assert_int_equal(load_count(&steady, 6 * S + 1, 1000000), 12001);
    assert_int_equal(load_count(&steady, 6 * S, 100), 100);
    assert_int_equal(load_count(&ramp, 20 * S, 1000000), 1000);
    int64_t count = load_count(&random_load, 10 * S, 1000000);
    assert_true(due_ns(&random_load, count - 1) < 10 * S);
    assert_true(due_ns(&random_load, count) >= 10 * S);
}

static void random_moments_do_not_depend_on_who_asks_or_in_which_order(void **state) {
    (void)state;
    struct load_cursor one = {0}, other = {0};
    for (int64_t i = 0; i < 1000; i++) {
        int64_t at_ns = load_due_ns(&random_load, &one, i);
        if (i % 3 == 0)
            assert_int_equal(load_due_ns(&random_load, &other, i), at_ns);
    }
    assert_int_equal(load_due_ns(&random_load, &one, 10), due_ns(&random_load, 10));
    struct load reseeded = random_load;
    reseeded.seed = 8;
    assert_int_not_equal(due_ns(&reseeded, 10), due_ns(&random_load, 10));
}

/* Gaps that are exponential have their mean as their deviation, and 1/e of them are above it. */
static void random_gaps_are_exponential(void **state) {
    (void)state;
    enum { COUNT = 200000 };
    struct load_cursor cursor = {0};
    double sum = 0, squares = 0, above = 0;
    int64_t before_ns = 0;
    for (int64_t i = 0; i < COUNT; i++) {
        int64_t at_ns = load_due_ns(&random_load, &cursor, i);
        double gap_s = (double)(at_ns - before_ns) / 1e9;
        sum += gap_s;
        squares += gap_s * gap_s;
        above += gap_s > .001;
        before_ns = at_ns;
    }
    double mean = sum / COUNT;
    assert_true(fabs(mean - .001) < 1e-5);
    assert_true(fabs(sqrt(squares / COUNT - mean * mean) - .001) < 2e-5);
    assert_true(fabs(above / COUNT - exp(-1)) < .005);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_steady_rate_is_evenly_spaced_from_the_start),
        cmocka_unit_test(a_ramp_makes_due_what_lies_under_its_line),
        cmocka_unit_test(counts_are_those_whose_moment_is_before),
        cmocka_unit_test(random_moments_do_not_depend_on_who_asks_or_in_which_order),
        cmocka_unit_test(random_gaps_are_exponential),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
