/* The machine's description, from a tree of files made for it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "report/environment.h"
#include "tree.h"

static const struct file files[] = {
    {"/proc/cpuinfo", "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nflags\t\t: a b\n"},
    {"/proc/sys/net/core/somaxconn", "4096\n"},
    {"/proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n"},
    {"/proc/sys/net/ipv4/tcp_congestion_control", "cubic\n"},
    {"/sys/fs/cgroup/memory.max", "1000\n"},
    {"/proc/self/cgroup", "0::/\n"},
    {"/.dockerenv", ""},
    {NULL, NULL},
};

static void what_the_kernel_says_is_read(void **state) {
    (void)state;
    char root[] = "/tmp/report_environment_XXXXXX";
    assert_non_null(mkdtemp(root));
    tree_make(root, files);
    struct report *r = report_open();
    environment_capture(r, root);
    const struct report_environment *e = &r->environment;
    assert_string_equal(e->cpu_model, "Some CPU @ 2 GHz");
    assert_int_equal(e->sysctls.somaxconn, 4096);
    assert_true(e->sysctls.ip_local_port_range[1] == 60999);
    assert_string_equal(e->sysctls.congestion_control, "cubic");
    assert_string_equal(e->container, "docker");
    assert_int_equal(e->limits.memory_bytes, 1000);
    assert_null(e->governor);
    report_close(r);
    tree_remove(root, files);
}

static void what_cannot_be_read_is_unknown(void **state) {
    (void)state;
    struct report *r = report_open();
    environment_capture(r, "/nonexistent");
    const struct report_environment *e = &r->environment;
    assert_null(e->cpu_model);
    assert_null(e->container);
    assert_null(e->clocksource);
    assert_int_equal(e->sysctls.somaxconn, -1);
    assert_true(isnan(e->sysctls.ip_local_port_range[0]));
    assert_true(isnan(e->limits.cpu_quota));
    assert_non_null(e->kernel);
    assert_true(e->cpus_allowed > 0);
    report_close(r);
}

static void loopback_is_our_own_and_documentation_addresses_are_not(void **state) {
    (void)state;
    assert_true(environment_is_own_address("127.0.0.1"));
    assert_true(environment_is_own_address("127.9.9.9"));
    assert_true(environment_is_own_address("::1"));
    assert_true(environment_is_own_address("::ffff:127.0.0.1"));
    assert_false(environment_is_own_address("192.0.2.7"));
    assert_false(environment_is_own_address("2001:db8::7"));
    assert_false(environment_is_own_address("localhost"));
    assert_false(environment_is_own_address(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_kernel_says_is_read),
        cmocka_unit_test(what_cannot_be_read_is_unknown),
        cmocka_unit_test(loopback_is_our_own_and_documentation_addresses_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
