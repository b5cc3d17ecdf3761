/* What plan_finish resolves from several options together. */
#include "plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct plan finished(int64_t requests, int64_t concurrency, const char *data) {
    struct plan plan = {
        .url = "http://host/{i}", .requests = requests, .concurrency = concurrency, .data = data};
    assert_int_equal(plan_finish(&plan, NULL), 0);
    return plan;
}

static void check_refused(struct plan plan, const char *words) {
    struct err err = {0};
    assert_int_equal(plan_finish(&plan, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.text, words));
    plan_fini(&plan);
}

static void concurrency_defaults_to_the_lesser_of_requests_and_a_hundred(void **state) {
    (void)state;
    static const int64_t rows[][3] = {{1, 0, 1}, {99, 0, 99}, {100, 0, 100}, {1000, 0, 100}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plan plan = finished(rows[i][0], rows[i][1], NULL);
        assert_int_equal(plan.concurrency, rows[i][2]);
        plan_fini(&plan);
    }
}

static void concurrency_is_never_above_the_number_of_requests(void **state) {
    (void)state;
    struct plan plan = finished(5, 40, NULL);
    assert_int_equal(plan.concurrency, 5);
    plan_fini(&plan);
    plan = finished(50, 40, NULL);
    assert_int_equal(plan.concurrency, 40);
    plan_fini(&plan);
}

static void a_body_makes_it_a_post_unless_a_method_was_given(void **state) {
    (void)state;
    struct plan plan = finished(1, 1, NULL);
    assert_string_equal(plan.method, "GET");
    plan_fini(&plan);
    plan = finished(1, 1, "");
    assert_string_equal(plan.method, "POST");
    plan_fini(&plan);
    plan = (struct plan){.url = "http://host/", .requests = 1, .data = "x", .method = "PUT"};
    assert_int_equal(plan_finish(&plan, NULL), 0);
    assert_string_equal(plan.method, "PUT");
    plan_fini(&plan);
}

static void a_body_is_refused_where_none_would_be_sent(void **state) {
    (void)state;
    check_refused((struct plan){.url = "http://host/", .requests = 1, .data = "x", .method = "HEAD"},
                  "-X HEAD");
}

static void two_address_families_exclude_each_other(void **state) {
    (void)state;
    check_refused((struct plan){.url = "http://host/", .requests = 1, .ipv4_only = true, .ipv6_only = true},
                  "-4 and -6");
}

static void two_http_versions_exclude_each_other(void **state) {
    (void)state;
    check_refused((struct plan){.url = "http://host/", .requests = 1, .http1_1 = true, .http2 = true},
                  "--http1.1 and --http2");
}

static void a_key_without_a_certificate_is_refused(void **state) {
    (void)state;
    check_refused((struct plan){.url = "http://host/", .requests = 1, .key = "key.pem"}, "--cert");
}

static void check_certificate(const char *typed, const char *file, const char *password) {
    struct plan plan = {.url = "http://host/", .requests = 1, .cert = typed};
    assert_int_equal(plan_finish(&plan, NULL), 0);
    assert_string_equal(plan.cert, file);
    if (password)
        assert_string_equal(plan.cert_password, password);
    else
        assert_null(plan.cert_password);
    plan_fini(&plan);
}

static void a_certificate_s_password_comes_after_the_first_bare_colon(void **state) {
    (void)state;
    check_certificate("me.pem", "me.pem", NULL);
    check_certificate("me.pem:open:sesame", "me.pem", "open:sesame");
    check_certificate("me\\:you.pem:pass", "me:you.pem", "pass");
    check_certificate("a\\\\b\\c.pem", "a\\b\\c.pem", NULL);
    check_certificate("me.pem:", "me.pem", "");
}

static void the_bytes_of_a_text_are_counted_and_those_of_a_file_kept(void **state) {
    (void)state;
    struct plan plan = finished(1, 1, "12345");
    assert_int_equal(plan.data_bytes, 5);
    plan_fini(&plan);
    plan = (struct plan){.url = "http://host/", .requests = 1, .data = "a\0b", .data_bytes = 3};
    assert_int_equal(plan_finish(&plan, NULL), 0);
    assert_int_equal(plan.data_bytes, 3);
    plan_fini(&plan);
}

static void a_header_without_a_colon_is_refused(void **state) {
    (void)state;
    const char **items = malloc(sizeof *items);
    assert_non_null(items);
    items[0] = "Accept text/html";
    check_refused((struct plan){.url = "http://host/", .requests = 1, .headers = {items, 1}},
                  "no colon in header 1");
}

static void a_header_that_curl_would_send_empty_is_taken(void **state) {
    (void)state;
    const char **items = malloc(2 * sizeof *items);
    assert_non_null(items);
    items[0] = "Accept:";
    items[1] = "X-Empty;";
    struct plan plan = {.url = "http://host/", .requests = 1, .headers = {items, 2}};
    assert_int_equal(plan_finish(&plan, NULL), 0);
    plan_fini(&plan);
}

static void headers_are_found_by_their_whole_name_and_given_with_a_value(void **state) {
    (void)state;
    const char *items[] = {"accept:", "Expect;", "X-New: 1", "Hosts: a"};
    struct plan plan = {.headers = {items, 4}};
    assert_true(plan_has_header(&plan, "Accept") && !plan_gives_header(&plan, "Accept"));
    assert_true(plan_has_header(&plan, "Expect") && !plan_gives_header(&plan, "Expect"));
    assert_true(plan_has_header(&plan, "x-new") && plan_gives_header(&plan, "x-new"));
    assert_false(plan_has_header(&plan, "Host") || plan_gives_header(&plan, "Host"));
}

static void a_bad_template_is_refused(void **state) {
    (void)state;
    check_refused((struct plan){.url = "http://host/{x}", .requests = 1}, "{x}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(concurrency_defaults_to_the_lesser_of_requests_and_a_hundred),
        cmocka_unit_test(concurrency_is_never_above_the_number_of_requests),
        cmocka_unit_test(a_body_makes_it_a_post_unless_a_method_was_given),
        cmocka_unit_test(a_body_is_refused_where_none_would_be_sent),
        cmocka_unit_test(two_address_families_exclude_each_other),
        cmocka_unit_test(two_http_versions_exclude_each_other),
        cmocka_unit_test(a_key_without_a_certificate_is_refused),
        cmocka_unit_test(a_certificate_s_password_comes_after_the_first_bare_colon),
        cmocka_unit_test(the_bytes_of_a_text_are_counted_and_those_of_a_file_kept),
        cmocka_unit_test(a_header_without_a_colon_is_refused),
        cmocka_unit_test(a_header_that_curl_would_send_empty_is_taken),
        cmocka_unit_test(headers_are_found_by_their_whole_name_and_given_with_a_value),
        cmocka_unit_test(a_bad_template_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
