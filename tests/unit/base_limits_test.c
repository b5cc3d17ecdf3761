/* Limits of the process. */
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

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

static void what_it_was_comes_back(void **state) {
    (void)state;
    struct rlimit before, after;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit low = {.rlim_cur = 64, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    int64_t soft = limits_raise_descriptors();
    assert_int_equal(soft, 64);
    limits_restore_descriptors(0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &after), 0);
    assert_true(after.rlim_cur == before.rlim_max);
    limits_restore_descriptors(soft);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &after), 0);
    assert_true(after.rlim_cur == 64 && after.rlim_max == before.rlim_max);
}

static long table_size(void) {
    long size = -1;
    char line[256];
    FILE *file = fopen("/proc/self/status", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) && sscanf(line, "FDSize: %ld", &size) != 1) {
    }
    fclose(file);
    return size;
}

static void room_is_made_and_nothing_opened(void **state) {
    (void)state;
    struct rlimit limit;
    limits_raise_descriptors();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    int wanted = limit.rlim_cur > 5000 ? 5000 : (int)limit.rlim_cur - 1, before = dup(0);
    close(before);
    assert_true(table_size() < wanted);
    limits_make_room(wanted);
    assert_true(table_size() >= wanted);
    limits_make_room(INT64_C(1) << 40);
    int after = dup(0);
    assert_int_equal(after, before);
    close(after);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_soft_limit_of_descriptors_rises_to_the_hard_one),
        cmocka_unit_test(room_is_made_and_nothing_opened),
        cmocka_unit_test(what_it_was_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
