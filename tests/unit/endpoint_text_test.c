/* The endpoint's texts: JSON, URLs, names and values, seeded bytes, addresses, and the queue of
 * delays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "endpoint/delays.h"
#include "endpoint/endpoint.h"
#include "endpoint/json_text.h"
#include "endpoint/listen.h"
#include "endpoint/pairs.h"
#include "endpoint/python_random.h"
#include "endpoint/url_text.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void json_is_escaped_as_python_does(void **state) {
    (void)state;
    struct buf out;
    struct json_text j;
    buf_init(&out, 1000);
    json_text_init(&j, &out, false);
    static const char text[] = "a\"\\/\n\r\t\f\b\0\x1F\x7F\xC3\xA9\xF0\x9F\x98\x80\xFFz";
    json_text_string(&j, text, sizeof text - 1);
    assert_string_equal(buf_text(&out),
                        "\"a\\\"\\\\/\\n\\r\\t\\f\\b\\u0000\\u001f\\u007f\\u00e9\\ud83d\\ude00\\ufffdz\"");
    buf_fini(&out);
}

static void write_sample(struct buf *out, bool pretty) {
    struct json_text j;
    json_text_init(&j, out, pretty);
    json_text_open(&j, '{');
    json_text_key(&j, "a", 1);
    json_text_open(&j, '[');
    json_text_item(&j);
    json_text_string(&j, "x", 1);
    json_text_item(&j);
    json_text_string(&j, "y", 1);
    json_text_close(&j, ']');
    json_text_key(&j, "b", 1);
    json_text_open(&j, '{');
    json_text_close(&j, '}');
    json_text_close(&j, '}');
}

static void json_is_compact_or_indented_by_two(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 1000);
    write_sample(&out, false);
    assert_string_equal(buf_text(&out), "{\"a\":[\"x\",\"y\"],\"b\":{}}");
    buf_clear(&out);
    write_sample(&out, true);
    assert_string_equal(buf_text(&out), "{\n  \"a\": [\n    \"x\",\n    \"y\"\n  ],\n  \"b\": {}\n}");
    buf_fini(&out);
}

static void a_percent_that_quotes_nothing_stays(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    static const char text[] = "%41%zz%4%%e4+\xE9%";
    url_text_decode_path(&out, text, strlen(text));
    assert_string_equal(buf_text(&out), "A%zz%4%\xE4+\xC3\xA9%");
    buf_fini(&out);
}

static void a_shown_query_keeps_what_is_reserved_quoted(void **state) {
    (void)state;
    struct buf out, scratch;
    buf_init(&out, 200);
    buf_init(&scratch, 200);
    static const char text[] = "a=%41&b=%26%5c&c=/<\xE4\xBD\xA0%e4%bd%a0%ff%e4";
    url_text_show_query(&out, &scratch, text, strlen(text));
    assert_string_equal(buf_text(&out), "a=A&b=%26%5c&c=%2F%3C\xE4\xBD\xA0\xE4\xBD\xA0%FF%E4");
    buf_fini(&out);
    buf_fini(&scratch);
}

static void written(struct pairs *p, struct buf *out, bool joined) {
    struct json_text j;
    buf_clear(out);
    json_text_init(&j, out, false);
    pairs_sort(p);
    if (joined)
        pairs_write_joined(p, &j, NULL);
    else
        pairs_write_lists(p, &j);
}

static void a_repeated_key_is_an_array_in_the_order_given(void **state) {
    (void)state;
    struct pairs p;
    struct buf out;
    pairs_init(&p);
    buf_init(&out, 1000);
    static const char query[] = "&b=2&a=3&&b=1&c&=d&%62=0&a%20b=+%2B";
    pairs_add_encoded(&p, query, strlen(query));
    written(&p, &out, false);
    assert_string_equal(buf_text(&out),
                        "{\"\":\"d\",\"a\":\"3\",\"a b\":\" +\",\"b\":[\"2\",\"1\",\"0\"],\"c\":\"\"}");
    pairs_clear(&p);
    written(&p, &out, false);
    assert_string_equal(buf_text(&out), "{}");
    pairs_fini(&p);
    buf_fini(&out);
}

static void headers_of_one_name_are_joined(void **state) {
    (void)state;
    struct pairs p;
    struct buf out;
    pairs_init(&p);
    buf_init(&out, 1000);
    pairs_add_header(&p, "x_a-3dB", 7, " \t1", 3);
    pairs_add_header(&p, "Accept", 6, "\xE9", 1);
    pairs_add_header(&p, "X-A-3DB", 7, "2", 1);
    written(&p, &out, true);
    assert_string_equal(buf_text(&out), "{\"Accept\":\"\\u00e9\",\"X-A-3Db\":\"1,2\"}");
    pairs_fini(&p);
    buf_fini(&out);
}

static void seeds_give_the_numbers_of_python(void **state) {
    (void)state;
    struct python_random r;
    assert_int_equal(python_random_seed_text(&r, "3", 1), 0);
    assert_int_equal(python_random_word(&r), UINT32_C(1022050301));
    assert_int_equal(python_random_seed_text(&r, " -1_000_000_000_000_000_000_000 ", 32), 0);
    assert_int_equal(python_random_word(&r), UINT32_C(3030495864));
    for (int i = 0; i < 999; i++)
        (void)python_random_word(&r);
    assert_int_equal(python_random_word(&r), UINT32_C(171666121));
    static const char *const wrong[] = {"", " ", "-", "x", "1__0", "_1", "1_", "1.5", "1 2", "+-1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(python_random_seed_text(&r, wrong[i], strlen(wrong[i])), -1);
}

static void delays_are_taken_in_the_order_they_are_due(void **state) {
    (void)state;
    struct delays d;
    int64_t due[1000];
    assert_int_equal(delays_init(&d, NULL), 0);
    srand(1);
    for (int i = 0; i < 1000; i++) {
        due[i] = 1 + rand() % 500;
        assert_int_equal(delays_add(&d, due[i], &due[i]), 0);
    }
    int64_t before = 0;
    for (int64_t *item = delays_take(&d, 250); item; item = delays_take(&d, 250)) {
        assert_true(*item >= before && *item <= 250);
        before = *item;
    }
    assert_true(d.count > 0 && d.heap[0].due_ns > 250);
    int left = 0;
    while (delays_take(&d, INT64_MAX))
        left++;
    assert_true(left > 0 && d.count == 0);
    delays_fini(&d);
}

static void the_timer_is_readable_only_when_something_is_due(void **state) {
    (void)state;
    struct delays d;
    int item = 0;
    assert_int_equal(delays_init(&d, NULL), 0);
    struct pollfd watched = {.fd = d.timer_fd, .events = POLLIN};
    assert_int_equal(poll(&watched, 1, 0), 0);
    assert_int_equal(delays_add(&d, 1, &item), 0);
    assert_int_equal(poll(&watched, 1, 1000), 1);
    assert_ptr_equal(delays_take(&d, INT64_MAX), &item);
    delays_arm(&d);
    assert_int_equal(poll(&watched, 1, 0), 0);
    delays_fini(&d);
}

static void an_address_that_is_none_is_refused_in_a_sentence(void **state) {
    (void)state;
    static const char *const wrong[] = {"",
                                        "8080",
                                        "127.0.0.1",
                                        "127.0.0.1:",
                                        "127.0.0.1:x",
                                        "::1:80",
                                        "127.0.0.1:123456",
                                        "[::1]",
                                        "no.such.name.invalid:80",
                                        "127.0.0.1:65536"};
    char address[LISTEN_ADDRESS];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err err = {0};
        assert_int_equal(listen_open(wrong[i], true, address, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.text, wrong[i]));
    }
}

static void beyond_loopback_it_listens_only_when_told(void **state) {
    (void)state;
    static const char *const beyond[] = {"0.0.0.0:0", "[::]:0"};
    char address[LISTEN_ADDRESS];
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        struct err err = {0};
        assert_int_equal(listen_open(beyond[i], false, address, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.text, "--public"));
    }
    struct err err = {0};
    int fd = listen_open("0.0.0.0:0", true, address, &err);
    assert_true(fd >= 0);
    close(fd);
    fd = listen_open(":0", false, address, &err);
    assert_true(fd >= 0);
    assert_memory_equal(address, "127.0.0.1:", 10);
    close(fd);
}

static void a_port_in_use_is_named(void **state) {
    (void)state;
    struct endpoint *first = NULL, *second = NULL;
    struct endpoint_options options = {.listen = "127.0.0.1:0"};
    struct err err = {0};
    char address[64];
    assert_int_equal(endpoint_open(&first, &options, &err), 0);
    endpoint_address(first, address);
    options.listen = address;
    assert_int_equal(endpoint_open(&second, &options, &err), -1);
    assert_non_null(strstr(err.text, address));
    assert_non_null(strstr(err.text, "another program"));
    endpoint_close(first);
}

static void every_path_is_described(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 10000);
    endpoint_describe(&out);
    assert_non_null(strstr(buf_text(&out), "/get\t"));
    assert_non_null(strstr(buf_text(&out), "/delay/{seconds}\t"));
    buf_fini(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_escaped_as_python_does),
        cmocka_unit_test(json_is_compact_or_indented_by_two),
        cmocka_unit_test(a_percent_that_quotes_nothing_stays),
        cmocka_unit_test(a_shown_query_keeps_what_is_reserved_quoted),
        cmocka_unit_test(a_repeated_key_is_an_array_in_the_order_given),
        cmocka_unit_test(headers_of_one_name_are_joined),
        cmocka_unit_test(seeds_give_the_numbers_of_python),
        cmocka_unit_test(delays_are_taken_in_the_order_they_are_due),
        cmocka_unit_test(the_timer_is_readable_only_when_something_is_due),
        cmocka_unit_test(an_address_that_is_none_is_refused_in_a_sentence),
        cmocka_unit_test(beyond_loopback_it_listens_only_when_told),
        cmocka_unit_test(a_port_in_use_is_named),
        cmocka_unit_test(every_path_is_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
