/* Where URLs lead, and what is none. */
#include "http/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check(const char *url, const char *scheme, const char *host, const char *port, bool literal) {
    struct target t;
    struct err err = {0};
    if (target_parse(url, &t, &err))
        fail_msg("%s", err.text);
    assert_string_equal(t.scheme, scheme);
    assert_string_equal(t.host, host);
    assert_string_equal(t.port, port);
    assert_int_equal(t.literal, literal);
}

static void check_refused(const char *url, const char *words) {
    struct target t;
    struct err err = {0};
    assert_int_equal(target_parse(url, &t, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" lacks \"%s\"", err.text, words);
}

static void the_port_is_the_one_given_or_the_scheme_s_own(void **state) {
    (void)state;
    check("http://example.org", "http", "example.org", "80", false);
    check("https://example.org/path?q", "https", "example.org", "443", false);
    check("http://example.org:8080/", "http", "example.org", "8080", false);
    check("https://example.org:80", "https", "example.org", "80", false);
}

static void the_scheme_may_be_in_capitals(void **state) {
    (void)state;
    check("HTTP://example.org/", "http", "example.org", "80", false);
}

static void addresses_need_no_resolving(void **state) {
    (void)state;
    check("http://127.0.0.1:1/", "http", "127.0.0.1", "1", true);
    check("http://127.1/", "http", "127.0.0.1", "80", true);
    check("http://[::1]:8080/", "http", "::1", "8080", true);
    check("http://localhost/", "http", "localhost", "80", false);
    check("http://1.2.3.4.example/", "http", "1.2.3.4.example", "80", false);
}

static void user_and_fragment_are_no_part_of_the_host(void **state) {
    (void)state;
    check("http://user:secret@example.org:81/#part", "http", "example.org", "81", false);
}

static void a_url_without_a_scheme_is_refused(void **state) {
    (void)state;
    check_refused("example.org", "neither http:// nor https://");
    check_refused("localhost:8080/get", "neither http:// nor https://");
    check_refused("", "neither http:// nor https://");
    check_refused("--requests", "neither http:// nor https://");
}

static void another_scheme_is_refused(void **state) {
    (void)state;
    check_refused("ftp://example.org/", "neither http:// nor https://");
    check_refused("ws://example.org/", "neither http:// nor https://");
    check_refused("file:///etc/passwd", "neither http:// nor https://");
}

static void a_url_that_is_none_is_refused(void **state) {
    (void)state;
    check_refused("http://", "no URL");
    check_refused("http://:80/", "no URL");
    check_refused("http://host:port/", "no URL");
    check_refused("http://host:99999/", "no URL");
    check_refused("http://ho st/", "no URL");
    check_refused("http://[::1/", "no URL");
}

static void a_host_that_is_too_long_is_refused(void **state) {
    (void)state;
    char url[400] = "http://";
    memset(url + 7, 'h', 300);
    check_refused(url, "no URL");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_port_is_the_one_given_or_the_scheme_s_own),
        cmocka_unit_test(the_scheme_may_be_in_capitals),
        cmocka_unit_test(addresses_need_no_resolving),
        cmocka_unit_test(user_and_fragment_are_no_part_of_the_host),
        cmocka_unit_test(a_url_without_a_scheme_is_refused),
        cmocka_unit_test(another_scheme_is_refused),
        cmocka_unit_test(a_url_that_is_none_is_refused),
        cmocka_unit_test(a_host_that_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
