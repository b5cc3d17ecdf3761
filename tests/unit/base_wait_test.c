/* Waiting is never too short, and a descriptor ends it. */
#include "base/wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

#define HOUR_NS (3600 * CLOCK_NS_PER_S)

static void a_wait_ends_at_its_moment_or_after(void **state) {
    (void)state;
    for (int64_t ns = 1; ns < 10000000; ns *= 10) {
        int64_t moment_ns = clock_now_ns() + ns;
        assert_true(wait_until(-1, moment_ns));
        assert_true(clock_now_ns() >= moment_ns);
        moment_ns = clock_now_ns() + ns;
        assert_true(wait_asleep_until(-1, moment_ns));
        assert_true(clock_now_ns() >= moment_ns);
    }
}

static void a_moment_that_has_passed_is_not_waited_for_even_beside_a_stop(void **state) {
    (void)state;
    int fd = eventfd(1, 0);
    assert_true(wait_until(fd, 0));
    assert_true(wait_asleep_until(fd, clock_now_ns()));
    close(fd);
}

/* If it were not heeded, the test would take an hour. */
static void a_readable_descriptor_ends_it(void **state) {
    (void)state;
    int fd = eventfd(1, 0);
    assert_false(wait_until(fd, clock_now_ns() + HOUR_NS));
    assert_false(wait_asleep_until(fd, clock_now_ns() + HOUR_NS));
    close(fd);
}

static void a_sleeper_is_woken_late_but_not_before(void **state) {
    (void)state;
    assert_true(wait_lateness_ns() >= 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wait_ends_at_its_moment_or_after),
        cmocka_unit_test(a_moment_that_has_passed_is_not_waited_for_even_beside_a_stop),
        cmocka_unit_test(a_readable_descriptor_ends_it),
        cmocka_unit_test(a_sleeper_is_woken_late_but_not_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
