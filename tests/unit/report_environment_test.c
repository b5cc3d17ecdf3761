/* The machine's description, from a tree of files made for it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "report/environment.h"

static const struct {
    const char *path, *text;
} files[] = {
    {"/proc/cpuinfo", "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nflags\t\t: a b\n"},
    {"/proc/sys/net/core/somaxconn", "4096\n"},
    {"/proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n"},
    {"/proc/sys/net/ipv4/tcp_congestion_control", "cubic\n"},
    {"/sys/fs/cgroup/cpu.max", "150000 100000\n"},
    {"/sys/fs/cgroup/memory.max", "max\n"},
    {"/.dockerenv", ""},
};
enum { FILES = sizeof files / sizeof files[0] };

static void make_folders(const char *path) {
    char part[256];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0700);
    }
}

static void make_tree(const char *root) {
    char path[256];
    for (size_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s%s", root, files[i].path);
        make_folders(path);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(files[i].text, file);
        assert_int_equal(fclose(file), 0);
    }
}

static void remove_tree(const char *root) {
    char path[256];
    for (size_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s%s", root, files[i].path);
        for (char *slash = path + strlen(path); slash && slash >= path + strlen(root);
             slash = strrchr(path, '/')) {
            *slash = '\0';
            remove(path); /* folders go with their last file */
        }
    }
}

static void what_the_kernel_says_is_read(void **state) {
    (void)state;
    char root[] = "/tmp/report_environment_XXXXXX";
    assert_non_null(mkdtemp(root));
    make_tree(root);
    struct report *r = report_open();
    environment_capture(r, root);
    const struct report_environment *e = &r->environment;
    assert_string_equal(e->cpu_model, "Some CPU @ 2 GHz");
    assert_int_equal(e->sysctls.somaxconn, 4096);
    assert_true(e->sysctls.ip_local_port_range[1] == 60999);
    assert_string_equal(e->sysctls.congestion_control, "cubic");
    assert_true(e->limits.cpu_quota == 1.5);
    assert_int_equal(e->limits.memory_bytes, -1);
    assert_string_equal(e->container, "docker");
    assert_null(e->governor);
    report_close(r);
    remove_tree(root);
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
