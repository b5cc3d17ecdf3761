/* Whose addresses a connection needs, and which of the options' words are refused. */
#include "http/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static const struct target usual = {.scheme = "http", .host = "host.example", .port = "8080"};

/* A plan with those words for --resolve or --connect-to, which end with NULL. */
static struct option_list words(const char **items) {
    size_t count = 0;
    while (items[count])
        count++;
    return (struct option_list){items, count};
}
#define WORDS(...) words((const char *[]){__VA_ARGS__, NULL})

static void check_place(const struct target *place, const char *host, const char *port, bool literal) {
    assert_string_equal(place->host, host);
    assert_string_equal(place->port, port);
    assert_int_equal(place->literal, literal);
}

static void check_only_place(const struct plan *plan, const char *host, const char *port, bool literal) {
    struct route route;
    struct err err = {0};
    if (route_check(plan, &err))
        fail_msg("%s", err.text);
    route_find(plan, &usual, &route);
    assert_int_equal(route.count, 1);
    check_place(&route.places[0], host, port, literal);
}

static void check_refused(const struct plan *plan, const char *option) {
    struct err err = {0};
    assert_int_equal(route_check(plan, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    if (!strstr(err.text, option))
        fail_msg("\"%s\" does not name %s", err.text, option);
}

static void without_options_the_url_s_own_host_is_needed(void **state) {
    (void)state;
    struct plan plan = {0};
    check_only_place(&plan, "host.example", "8080", false);
}

static void connect_to_leads_to_the_second_host(void **state) {
    (void)state;
    struct plan plan = {.connect_to = WORDS("host.example:8080:other:81")};
    check_only_place(&plan, "other", "81", false);
    plan.connect_to = WORDS("HOST.Example:8080:[::1]:82");
    check_only_place(&plan, "::1", "82", true);
}

static void empty_parts_of_connect_to_match_all_and_change_nothing(void **state) {
    (void)state;
    struct plan plan = {.connect_to = WORDS("::other:81")};
    check_only_place(&plan, "other", "81", false);
    plan.connect_to = WORDS(":8080:other:");
    check_only_place(&plan, "other", "8080", false);
    plan.connect_to = WORDS("host.example:::81");
    check_only_place(&plan, "host.example", "81", false);
}

static void the_first_connect_to_that_applies_decides(void **state) {
    (void)state;
    struct plan plan = {.connect_to = WORDS("elsewhere:8080:a:1", ":80:b:2", "host.example::c:3", "::d:4")};
    check_only_place(&plan, "c", "3", false);
}

static void a_connect_to_that_says_nothing_leaves_it_to_the_next(void **state) {
    (void)state;
    struct plan plan = {.connect_to = WORDS(":::", "host.example:8080::", "::other:81", "::d:4")};
    check_only_place(&plan, "other", "81", false);
}

static void connect_to_takes_a_port_with_zeros_in_front(void **state) {
    (void)state;
    struct plan plan = {.connect_to = WORDS("::other:0000000081")};
    check_only_place(&plan, "other", "81", false);
}

static void connect_to_must_have_four_parts(void **state) {
    (void)state;
    static const char *bad[] = {"",        "host",        "a:1",         "a:1:b",
                                "a:x:b:2", "a:1:b:99999", "[::1:80:b:2", "a:1:b:2:3"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct plan plan = {.connect_to = WORDS(bad[i])};
        check_refused(&plan, "--connect-to");
    }
}

static void a_proxy_is_needed_instead_of_the_target(void **state) {
    (void)state;
    struct plan plan = {.proxy = "http://user:pass@proxy.example:3128"};
    check_only_place(&plan, "proxy.example", "3128", false);
    plan.proxy = "proxy.example";
    check_only_place(&plan, "proxy.example", "1080", false);
    plan.proxy = "https://[::1]";
    check_only_place(&plan, "::1", "443", true);
    plan.proxy = "socks5h://127.0.0.1:9050";
    check_only_place(&plan, "127.0.0.1", "9050", true);
}

static void a_socks_proxy_that_wants_an_address_needs_both(void **state) {
    (void)state;
    struct plan plan = {.proxy = "socks5://proxy.example"};
    struct route route;
    route_find(&plan, &usual, &route);
    assert_int_equal(route.count, 2);
    check_place(&route.places[0], "proxy.example", "1080", false);
    check_place(&route.places[1], "host.example", "8080", false);
}

static void a_proxy_that_is_none_is_refused(void **state) {
    (void)state;
    static const char *bad[] = {"ftp://proxy", "http://", "gopher7://x", "http://proxy:port", "ht tp://x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct plan plan = {.proxy = bad[i]};
        check_refused(&plan, "--proxy");
    }
}

static void the_proxy_s_password_is_in_no_message(void **state) {
    (void)state;
    struct plan plan = {.proxy = "ftp://user:sesame@proxy"};
    struct err err = {0};
    assert_int_equal(route_check(&plan, &err), -1);
    assert_null(strstr(err.text, "sesame"));
}

static void resolve_gives_addresses_by_host_and_port(void **state) {
    (void)state;
    struct plan plan = {.resolve = WORDS("host.example:81:1.1.1.1", "HOST.example:8080:2.2.2.2,[::1]")};
    assert_int_equal(route_check(&plan, NULL), 0);
    assert_string_equal(route_given(&plan, &usual), "2.2.2.2,[::1]");
    struct target other = {.host = "host.example", .port = "80"};
    assert_null(route_given(&plan, &other));
}

static void a_star_resolves_every_host_that_has_no_line_of_its_own(void **state) {
    (void)state;
    struct plan plan = {.resolve = WORDS("*:8080:3.3.3.3")};
    assert_int_equal(route_check(&plan, NULL), 0);
    assert_string_equal(route_given(&plan, &usual), "3.3.3.3");
    plan.resolve = WORDS("host.example:8080:4.4.4.4", "*:8080:3.3.3.3");
    assert_string_equal(route_given(&plan, &usual), "4.4.4.4");
}

static void the_last_resolve_counts_and_a_minus_takes_back(void **state) {
    (void)state;
    struct plan plan = {.resolve = WORDS("host.example:8080:1.1.1.1", "+host.example:8080:2.2.2.2")};
    assert_int_equal(route_check(&plan, NULL), 0);
    assert_string_equal(route_given(&plan, &usual), "2.2.2.2");
    plan.resolve = WORDS("host.example:8080:1.1.1.1", "-host.example:8080");
    assert_int_equal(route_check(&plan, NULL), 0);
    assert_null(route_given(&plan, &usual));
}

static void resolve_must_be_well_formed(void **state) {
    (void)state;
    static const char *bad[] = {"",
                                "host",
                                "host:80",
                                "host:80:",
                                "host:80:name",
                                "h:x:1.1.1.1",
                                ":80:1.1.1.1",
                                "h:80:1.1.1.1,",
                                "h:0:1.1.1.1",
                                "-host:80:1.1.1.1",
                                "h:80:1.1.1",
                                "h:80:[::1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct plan plan = {.resolve = WORDS(bad[i])};
        check_refused(&plan, "--resolve");
    }
}

static void a_unix_socket_needs_no_address(void **state) {
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/tmp/route-test-%d.sock", (int)getpid());
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    struct plan plan = {.unix_socket = address.sun_path};
    struct route route;
    assert_int_equal(route_check(&plan, NULL), 0);
    route_find(&plan, &usual, &route);
    assert_int_equal(route.count, 0);
    plan.proxy = "http://proxy";
    check_refused(&plan, "--proxy");
    close(fd);
    unlink(address.sun_path);
}

static void a_unix_socket_must_be_there_and_be_one(void **state) {
    (void)state;
    char path[200];
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    struct plan plan = {.unix_socket = "/no/such/socket"};
    check_refused(&plan, "--unix-socket");
    plan.unix_socket = "/dev/null";
    check_refused(&plan, "is no socket");
    plan.unix_socket = path;
    check_refused(&plan, "--unix-socket");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_the_url_s_own_host_is_needed),
        cmocka_unit_test(connect_to_leads_to_the_second_host),
        cmocka_unit_test(empty_parts_of_connect_to_match_all_and_change_nothing),
        cmocka_unit_test(the_first_connect_to_that_applies_decides),
        cmocka_unit_test(a_connect_to_that_says_nothing_leaves_it_to_the_next),
        cmocka_unit_test(connect_to_takes_a_port_with_zeros_in_front),
        cmocka_unit_test(connect_to_must_have_four_parts),
        cmocka_unit_test(a_proxy_is_needed_instead_of_the_target),
        cmocka_unit_test(a_socks_proxy_that_wants_an_address_needs_both),
        cmocka_unit_test(a_proxy_that_is_none_is_refused),
        cmocka_unit_test(the_proxy_s_password_is_in_no_message),
        cmocka_unit_test(resolve_gives_addresses_by_host_and_port),
        cmocka_unit_test(a_star_resolves_every_host_that_has_no_line_of_its_own),
        cmocka_unit_test(the_last_resolve_counts_and_a_minus_takes_back),
        cmocka_unit_test(resolve_must_be_well_formed),
        cmocka_unit_test(a_unix_socket_needs_no_address),
        cmocka_unit_test(a_unix_socket_must_be_there_and_be_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
