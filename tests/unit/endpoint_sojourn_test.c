/* Service times, the queue and the stall, as numbers. tests/truth holds them against a second implementation.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "endpoint/sojourn.h"

#include <math.h>

#define MEAN_NS 1000000
#define DRAWS 100000

static void a_fixed_time_is_the_same_for_every_key(void **state) {
    (void)state;
    assert_int_equal(sojourn_service_ns(SOJOURN_FIXED, 200000, 1, 2), 200000);
    assert_int_equal(sojourn_service_ns(SOJOURN_FIXED, 200000, 7, 3), 200000);
}

static void a_random_time_is_a_function_of_seed_and_key(void **state) {
    (void)state;
    int64_t time_ns = sojourn_service_ns(SOJOURN_EXPONENTIAL, MEAN_NS, 1, 2);
    assert_int_equal(sojourn_service_ns(SOJOURN_EXPONENTIAL, MEAN_NS, 1, 2), time_ns);
    assert_int_not_equal(sojourn_service_ns(SOJOURN_EXPONENTIAL, MEAN_NS, 1, 3), time_ns);
    assert_int_not_equal(sojourn_service_ns(SOJOURN_EXPONENTIAL, MEAN_NS, 2, 2), time_ns);
}

/* An exponential distribution has its mean as its standard deviation, and 1/e of it lies beyond the mean. The
 * bounds are four standard deviations of what is estimated. */
static void random_times_are_exponential(void **state) {
    (void)state;
    double sum = 0, squares = 0;
    int beyond = 0;
    for (uint64_t key = 0; key < DRAWS; key++) {
        double time = (double)sojourn_service_ns(SOJOURN_EXPONENTIAL, MEAN_NS, 1, key) / MEAN_NS;
        assert_true(time >= 0);
        sum += time;
        squares += time * time;
        beyond += time > 1;
    }
    double mean = sum / DRAWS, deviation = sqrt(squares / DRAWS - mean * mean);
    assert_true(fabs(mean - 1) < 4 / sqrt(DRAWS));
    assert_true(fabs(deviation - 1) < 4 * sqrt(2. / DRAWS));
    assert_true(fabs((double)beyond / DRAWS - exp(-1)) < 4 * sqrt(exp(-1) * (1 - exp(-1)) / DRAWS));
}

static void a_queue_serves_one_after_another(void **state) {
    (void)state;
    int64_t free_ns = 0;
    assert_int_equal(sojourn_queue_ns(&free_ns, 100, 10), 110);
    assert_int_equal(sojourn_queue_ns(&free_ns, 105, 10), 120); /* waits for 5 */
    assert_int_equal(sojourn_queue_ns(&free_ns, 119, 10), 130);
    assert_int_equal(sojourn_queue_ns(&free_ns, 200, 10), 210); /* finds it free */
}

static void a_stall_holds_what_would_leave_within_it(void **state) {
    (void)state;
    struct stall s = {.first_ns = 1000, .at_ns = 100, .length_ns = 50};
    assert_int_equal(stall_release_ns(&s, 1099, 1000), 1099);
    assert_int_equal(stall_release_ns(&s, 1100, 1000), 1150);
    assert_int_equal(stall_release_ns(&s, 1149, 1000), 1150);
    assert_int_equal(stall_release_ns(&s, 1150, 1000), 1150);
    assert_int_equal(stall_release_ns(&s, 1090, 1120), 1150); /* due before, and not gone when it began */
    assert_int_equal(stall_release_ns(&s, 1090, 1160), 1090);
}

static void without_a_stall_all_leaves_when_it_is_due(void **state) {
    (void)state;
    struct stall s = {.first_ns = 1000};
    assert_int_equal(stall_release_ns(&s, 1000, 1000), 1000);
    assert_int_equal(stall_release_ns(&s, 1234, 1000), 1234);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fixed_time_is_the_same_for_every_key),
        cmocka_unit_test(a_random_time_is_a_function_of_seed_and_key),
        cmocka_unit_test(random_times_are_exponential),
        cmocka_unit_test(a_queue_serves_one_after_another),
        cmocka_unit_test(a_stall_holds_what_would_leave_within_it),
        cmocka_unit_test(without_a_stall_all_leaves_when_it_is_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
