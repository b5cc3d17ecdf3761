/* Processor lists as taskset writes them. */
#include "base/processors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int first_allowed(void) {
    cpu_set_t allowed;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &allowed))
            return cpu;
    return -1;
}

static int first_refused(void) {
    cpu_set_t allowed;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (!CPU_ISSET(cpu, &allowed))
            return cpu;
    return -1;
}

static void check_one(const char *format) {
    int cpu = first_allowed();
    char text[64];
    cpu_set_t set;
    struct err err = {0};
    snprintf(text, sizeof text, "%d", cpu);
    if (strcmp(format, "range") == 0)
        snprintf(text, sizeof text, "%d-%d", cpu, cpu);
    if (strcmp(format, "twice") == 0)
        snprintf(text, sizeof text, "%d,%d-%d", cpu, cpu, cpu);
    if (processors_parse(text, &set, &err))
        fail_msg("%s", err.text);
    assert_int_equal(CPU_COUNT(&set), 1);
    assert_true(CPU_ISSET(cpu, &set));
}

static void check_refused(const char *text) {
    cpu_set_t set;
    struct err err = {0};
    assert_int_equal(processors_parse(text, &set, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.text, "--pin"));
}

static void numbers_ranges_and_lists_are_read(void **state) {
    (void)state;
    check_one("number");
    check_one("range");
    check_one("twice");
}

static void what_is_no_list_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        ",",
                                        "0,",
                                        ",0",
                                        "a",
                                        "0-",
                                        "-0",
                                        "-",
                                        "0x",
                                        "0 1",
                                        "0-1-2",
                                        "0,,0",
                                        "1-0",
                                        " 0",
                                        "+0",
                                        "0-1023-",
                                        "9999999999999999999999",
                                        "1024"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        check_refused(texts[i]);
}

static void a_processor_that_may_not_be_used_is_named(void **state) {
    (void)state;
    int cpu = first_refused();
    if (cpu < 0)
        skip();
    char text[16], number[32];
    cpu_set_t set;
    struct err err = {0};
    snprintf(text, sizeof text, "%d", cpu);
    snprintf(number, sizeof number, "processor %d,", cpu);
    assert_int_equal(processors_parse(text, &set, &err), -1);
    assert_non_null(strstr(err.text, number));
}

static void at_least_one_processor_is_allowed(void **state) {
    (void)state;
    cpu_set_t allowed;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    assert_true(processors_allowed() >= 1);
    assert_int_equal(processors_allowed(), CPU_COUNT(&allowed));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_ranges_and_lists_are_read),
        cmocka_unit_test(what_is_no_list_is_refused),
        cmocka_unit_test(a_processor_that_may_not_be_used_is_named),
        cmocka_unit_test(at_least_one_processor_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
