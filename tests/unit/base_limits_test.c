/* Limits of the process. */
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

static void the_soft_limit_of_descriptors_rises_to_the_hard_one(void **state) {
    (void)state;
    struct rlimit before, after;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit low = {.rlim_cur = before.rlim_max < 64 ? before.rlim_max : 64,
                         .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    for (int time = 0; time < 2; time++) {
        limits_raise_descriptors();
        assert_int_equal(getrlimit(RLIMIT_NOFILE, &after), 0);
        assert_true(after.rlim_cur == before.rlim_max && after.rlim_max == before.rlim_max);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_soft_limit_of_descriptors_rises_to_the_hard_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
