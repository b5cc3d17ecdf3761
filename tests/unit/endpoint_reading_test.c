/* What requests carry, read as httpbin reads it: base64, cookies, parts of paths, URLs to go to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "endpoint/cookie_text.h"
#include "endpoint/pairs.h"
#include "endpoint/python_base64.h"
#include "endpoint/python_number.h"
#include "endpoint/python_random.h"
#include "endpoint/reply.h"
#include "endpoint/url_text.h"

#include <string.h>

static const char *decoded(struct buf *out, const char *text, bool is_urlsafe) {
    buf_clear(out);
    return python_base64_decode(out, text, strlen(text), is_urlsafe) ? "refused" : buf_text(out);
}

static void base64_passes_over_what_is_none(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    assert_string_equal(decoded(&out, "SGVsbG8=", false), "Hello");
    assert_string_equal(decoded(&out, " SG\nVs!bG8=ignored", false), "Hello");
    assert_string_equal(decoded(&out, "=SG=VsbG8=", false), "Hello");
    assert_string_equal(decoded(&out, "Pz8_", true), "???");
    assert_string_equal(decoded(&out, "Pz8_", false), "refused");
    assert_string_equal(decoded(&out, "SGVsbG8", false), "refused");
    assert_string_equal(decoded(&out, "SGVsb", false), "refused");
    assert_string_equal(decoded(&out, "", false), "");
    buf_fini(&out);
}

static void cookies_are_split_trimmed_and_unquoted(void **state) {
    (void)state;
    static const char header[] = " a = b ;c;=d;a=2; e=\"f;\\\"\\073\\x\" ; g=\"h;i\"j; k=\"\\303\\251\\";
    static const char *const expected[][2] = {
        {"a", "b"}, {"c", ""}, {"e", "f;\";x"}, {"g", "\"h"}, {"i\"j", ""}, {"k", "\"\\303\\251\\"},
    };
    struct pairs p;
    pairs_init(&p);
    cookie_text_read(&p, header, header + strlen(header));
    assert_int_equal(p.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < p.count; i++) {
        struct pair_text found = pairs_at(&p, i);
        assert_int_equal(found.name_bytes, strlen(expected[i][0]));
        assert_memory_equal(found.name, expected[i][0], found.name_bytes);
        assert_int_equal(found.value_bytes, strlen(expected[i][1]));
        assert_memory_equal(found.value, expected[i][1], found.value_bytes);
    }
    pairs_fini(&p);
}

static void a_cookie_is_quoted_when_it_must_be(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    cookie_text_append_quoted(&out, "a/=b", 4);
    buf_append_char(&out, ' ');
    cookie_text_append_quoted(&out, "a b\"\\,;\n\xC3", 9);
    assert_string_equal(buf_text(&out), "a/=b \"a b\\\"\\\\\\054\\073\\012\\303\"");
    buf_fini(&out);
}

static void a_number_in_a_path_is_digits_alone(void **state) {
    (void)state;
    int64_t n = 0;
    assert_int_equal(python_route_int(&n, "0012", 4), 0);
    assert_int_equal(n, 12);
    assert_int_equal(python_route_int(&n, "99999999999999999999", 20), 0);
    assert_true(n == INT64_MAX);
    static const char *const wrong[] = {"", "-1", "+1", "1_0", " 1", "1.0"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(python_route_int(&n, wrong[i], strlen(wrong[i])), -1);
}

static const char *uri(struct buf *out, const char *url) {
    buf_clear(out);
    url_text_to_uri(out, url, strlen(url));
    return buf_text(out);
}

static void a_url_to_go_to_is_quoted_only_where_it_is_none(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    assert_string_equal(uri(&out, "http://a/?b={\"c\"}#d"), "http://a/?b={\"c\"}#d");
    assert_string_equal(uri(&out, " /a "), "/a");
    assert_string_equal(uri(&out, "/a b{%7D"), "/a%20b%7B%7D");
    assert_string_equal(uri(&out, "/\xC3\xA9"), "/%C3%A9");
    buf_fini(&out);
}

static void a_header_holds_latin_1_and_no_control_characters(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    assert_int_equal(reply_header_text(&out, "a\t\xC3\xA9", 4), 0);
    assert_string_equal(buf_text(&out), "a\t\xE9");
    static const char *const wrong[] = {"\n", "\r", "\x01", "\x7F", "\xE4\xBD\xA0", "\xFF"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(reply_header_text(&out, wrong[i], strlen(wrong[i])), -1);
    assert_int_equal(reply_header_text(&out, "\0", 1), -1);
    buf_fini(&out);
}

static void the_unit_interval_is_drawn_as_python_draws_it(void **state) {
    (void)state;
    struct python_random r;
    assert_int_equal(python_random_seed_text(&r, "7", 1), 0);
    assert_true(python_random_unit(&r) == 0.32383276483316237);
    assert_true(python_random_unit(&r) == 0.15084917392450192);
}

static void values_of_one_name_are_joined_when_looked_up(void **state) {
    (void)state;
    struct pairs p;
    size_t length = 0;
    pairs_init(&p);
    pairs_add_header(&p, "x-b", 3, "1", 1);
    pairs_add_header(&p, "X-A", 3, "2", 1);
    pairs_add_header(&p, "X-B", 3, "3", 1);
    pairs_sort(&p);
    assert_memory_equal(pairs_joined(&p, "X-B", &length), "1,3", 3);
    assert_int_equal(length, 3);
    assert_memory_equal(pairs_joined(&p, "X-A", &length), "2", 1);
    assert_int_equal(length, 1);
    assert_null(pairs_joined(&p, "X-C", &length));
    pairs_fini(&p);
}

static void pairs_give_back_what_a_great_form_took(void **state) {
    (void)state;
    struct pairs p;
    pairs_init(&p);
    for (size_t i = 0; i < PAIRS_KEPT; i++)
        pairs_add(&p, "a", 1, "b", 1);
    pairs_clear(&p);
    assert_int_equal(p.capacity, PAIRS_KEPT);
    for (size_t i = 0; i <= PAIRS_KEPT; i++)
        pairs_add(&p, "a", 1, "b", 1);
    pairs_clear(&p);
    assert_int_equal(p.capacity, 0);
    assert_null(p.text.text);
    pairs_add(&p, "c", 1, "d", 1);
    assert_memory_equal(pairs_at(&p, 0).value, "d", 1);
    pairs_fini(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_passes_over_what_is_none),
        cmocka_unit_test(cookies_are_split_trimmed_and_unquoted),
        cmocka_unit_test(a_cookie_is_quoted_when_it_must_be),
        cmocka_unit_test(a_number_in_a_path_is_digits_alone),
        cmocka_unit_test(a_url_to_go_to_is_quoted_only_where_it_is_none),
        cmocka_unit_test(a_header_holds_latin_1_and_no_control_characters),
        cmocka_unit_test(the_unit_interval_is_drawn_as_python_draws_it),
        cmocka_unit_test(values_of_one_name_are_joined_when_looked_up),
        cmocka_unit_test(pairs_give_back_what_a_great_form_took),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
