/* The bytes of requests: what stands in them, in which order, and which URLs are rewritten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "wire/request.h"

static struct target target = {.host = "example.test", .port = "80", .scheme = "http"};

/* A client as the plan's options would make it. */
struct fixture {
    struct plan *plan;
    struct urls urls;
    struct client client;
    struct requests requests;
    struct buf out;
    struct err err;
};

static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    f->plan = calloc(1, sizeof *f->plan);
    f->plan->method = "GET";
    f->plan->user_agent = "agent/1";
    f->plan->targets = &target;
    f->plan->target_count = 1;
    f->client = (struct client){.plan = f->plan, .urls = &f->urls, .host_count = 1};
    buf_init(&f->out, 1 << 20);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    requests_fini(&f->requests);
    free(f->plan->headers.items);
    buf_fini(&f->out);
    free(f->plan);
    free(f);
    return 0;
}

static void give_header(struct fixture *f, const char *text) {
    struct option_list *headers = &f->plan->headers;
    headers->items = realloc(headers->items, (headers->count + 1) * sizeof *headers->items);
    assert_non_null(headers->items);
    headers->items[headers->count++] = text;
}

static const char *written(struct fixture *f, const char *url) {
    if (!f->requests.hosts)
        assert_int_equal(requests_init(&f->requests, &f->client, &f->err), 0);
    buf_clear(&f->out);
    assert_true(requests_write(&f->requests, url, 0, &f->out));
    return buf_text(&f->out);
}

static void assert_request_line(struct fixture *f, const char *url, const char *line) {
    const char *text = written(f, url);
    size_t length = strlen(line);
    assert_memory_equal(text, line, length);
    assert_memory_equal(text + length, " HTTP/1.1\r\n", 11);
}

static void a_get_says_what_curl_would(void **state) {
    assert_string_equal(
        written(*state, "http://example.test/a?b=1"),
        "GET /a?b=1 HTTP/1.1\r\nHost: example.test\r\nUser-Agent: agent/1\r\nAccept: */*\r\n\r\n");
}

static void a_body_follows_its_length_and_type(void **state) {
    struct fixture *f = *state;
    f->plan->method = "POST";
    f->plan->data = "x=1";
    f->plan->data_bytes = 3;
    assert_string_equal(written(f, "http://example.test/"),
                        "POST / HTTP/1.1\r\nHost: example.test\r\nUser-Agent: agent/1\r\nAccept: */*\r\n"
                        "Content-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nx=1");
    assert_int_equal(f->requests.body_bytes, 0);
}

static void a_large_body_is_not_copied(void **state) {
    struct fixture *f = *state;
    static char data[REQUEST_WITH_HEAD + 1];
    f->plan->method = "PUT";
    f->plan->data = data;
    f->plan->data_bytes = sizeof data;
    assert_non_null(strstr(written(f, "http://example.test/"), "Content-Length: 16385\r\n"));
    assert_ptr_equal(f->requests.body, data);
    assert_int_equal(f->requests.body_bytes, sizeof data);
}

static void a_head_has_no_body(void **state) {
    struct fixture *f = *state;
    f->plan->method = "HEAD";
    f->plan->data = "x";
    f->plan->data_bytes = 1;
    assert_null(strstr(written(f, "http://example.test/"), "Content-"));
    assert_true(f->requests.to_head);
}

static void headers_given_replace_leave_out_and_add(void **state) {
    struct fixture *f = *state;
    give_header(f, "host: other");
    give_header(f, "Accept:");
    give_header(f, "X-Empty;");
    give_header(f, "X-New:  1");
    give_header(f, "User-Agent: mine");
    assert_string_equal(written(f, "http://example.test/"),
                        "GET / HTTP/1.1\r\nHost: other\r\nX-Empty:\r\nX-New:  1\r\nUser-Agent: mine\r\n\r\n");
}

static void credentials_of_the_plan_go_before_those_of_the_url(void **state) {
    struct fixture *f = *state;
    f->plan->user = "a:b";
    assert_non_null(strstr(written(f, "http://example.test/"), "Authorization: Basic YTpi\r\n"));
    assert_non_null(strstr(written(f, "http://c:%64@example.test/"), "Authorization: Basic YTpi\r\n"));
}

static void a_user_without_a_password_has_an_empty_one(void **state) {
    struct fixture *f = *state;
    assert_non_null(strstr(written(f, "http://c:%64@example.test/"), "Authorization: Basic Yzpk\r\n"));
    assert_non_null(strstr(written(f, "http://c@example.test/"), "Authorization: Basic Yzo=\r\n"));
    assert_non_null(strstr(written(f, "http://@example.test/"), "Authorization: Basic Og==\r\n"));
    f->plan->user = "a";
    assert_non_null(strstr(written(f, "http://example.test/"), "Authorization: Basic YTo=\r\n"));
}

static void a_port_is_said_unless_it_is_the_usual_one(void **state) {
    struct target other = {.host = "::1", .port = "8080", .scheme = "https"};
    struct fixture *f = *state;
    f->plan->targets = &other;
    assert_non_null(strstr(written(f, "https://[::1]:8080/"), "Host: [::1]:8080\r\n"));
}

static void urls_are_sent_as_libcurl_would(void **state) {
    struct fixture *f = *state;
    assert_request_line(f, "http://example.test", "GET /");
    assert_request_line(f, "http://example.test?q", "GET /?q");
    assert_request_line(f, "http://example.test/a#b", "GET /a");
    assert_request_line(f, "http://example.test/a/../b/./c", "GET /b/c");
    assert_request_line(f, "http://example.test/a b", "GET /a%20b");
    assert_request_line(f, "http://example.test/{}|\"", "GET /{}|\"");
}

static void one_text_serves_where_all_are_the_same(void **state) {
    struct fixture *f = *state;
    f->urls.constant = true;
    strcpy(f->client.first_url, "http://example.test/a");
    const char *text = written(f, "http://example.test/a");
    assert_string_equal(f->requests.constant, text);
    assert_int_equal(f->requests.constant_bytes, strlen(text));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_get_says_what_curl_would),
        CASE(a_body_follows_its_length_and_type),
        CASE(a_large_body_is_not_copied),
        CASE(a_head_has_no_body),
        CASE(headers_given_replace_leave_out_and_add),
        CASE(credentials_of_the_plan_go_before_those_of_the_url),
        CASE(a_user_without_a_password_has_an_empty_one),
        CASE(a_port_is_said_unless_it_is_the_usual_one),
        CASE(urls_are_sent_as_libcurl_would),
        CASE(one_text_serves_where_all_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
