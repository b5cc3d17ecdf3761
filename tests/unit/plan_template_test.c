/* URL templates: what they become, and what is refused. */
#include "plan/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define PLACES_MOST 63

static void check_expands(const char *text, int64_t number, const char *expected) {
    struct template *t = NULL;
    struct err err = {0};
    char out[TEMPLATE_URL_BYTES];
    assert_int_equal(template_open(&t, text, &err), 0);
    size_t length = template_expand(t, number, out);
    template_close(t);
    assert_string_equal(out, expected);
    assert_int_equal(length, strlen(expected));
}

static void check_refused(const char *text, const char *words) {
    struct template *t = NULL;
    struct err err = {0};
    assert_int_equal(template_open(&t, text, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.text, words));
}

static void a_url_without_places_stays_as_it_is(void **state) {
    (void)state;
    check_expands("http://host/path?a=b", 7, "http://host/path?a=b");
    check_expands("", 7, "");
}

static void a_place_becomes_the_request_number(void **state) {
    (void)state;
    check_expands("http://host/?key={i}", 0, "http://host/?key=0");
    check_expands("http://host/?key={i}", 12345, "http://host/?key=12345");
    check_expands("{i}", INT64_MAX, "9223372036854775807");
}

static void places_may_stand_anywhere_and_repeat(void **state) {
    (void)state;
    check_expands("{i}{i}/{i}", 10, "1010/10");
    check_expands("http://{i}.host/{i}x", 2, "http://2.host/2x");
}

static void a_lone_closing_brace_is_a_character(void **state) {
    (void)state;
    check_expands("http://host/}{i}}", 3, "http://host/}3}");
}

static void only_a_url_without_places_is_constant(void **state) {
    (void)state;
    struct template *t = NULL;
    assert_int_equal(template_open(&t, "http://host/", NULL), 0);
    assert_true(template_is_constant(t));
    template_close(t);
    assert_int_equal(template_open(&t, "http://host/{i}", NULL), 0);
    assert_false(template_is_constant(t));
    template_close(t);
}

static void a_brace_that_is_never_closed_is_refused(void **state) {
    (void)state;
    check_refused("http://host/{i", "never closed");
    check_refused("http://host/{", "never closed");
}

static void an_unknown_place_is_named(void **state) {
    (void)state;
    check_refused("http://host/{j}", "{j}");
    check_refused("http://host/{}", "{}");
    check_refused("http://host/{i }", "{i }");
    check_refused("http://host/{ii}", "{ii}");
}

static void fill_places(char *text, int count) {
    text[0] = '\0';
    for (int i = 0; i < count; i++)
        strcat(text, "{i}");
}

static void as_many_places_as_fit_are_taken_and_no_more(void **state) {
    (void)state;
    struct template *t = NULL;
    char text[(PLACES_MOST + 1) * 3 + 1], out[TEMPLATE_URL_BYTES];
    fill_places(text, PLACES_MOST);
    assert_int_equal(template_open(&t, text, NULL), 0);
    assert_int_equal(template_expand(t, INT64_MAX, out), PLACES_MOST * 19);
    template_close(t);
    fill_places(text, PLACES_MOST + 1);
    check_refused(text, "more than 63 places");
}

static void a_url_that_could_outgrow_its_room_is_refused(void **state) {
    (void)state;
    char text[TEMPLATE_URL_BYTES + 1];
    memset(text, 'u', sizeof text);
    text[TEMPLATE_URL_BYTES] = '\0';
    check_refused(text, "longer than");
    text[TEMPLATE_URL_BYTES - 1] = '\0';
    memcpy(text, "{i}", 3);
    check_refused(text, "longer than");
}

static void closing_nothing_is_harmless(void **state) {
    (void)state;
    template_close(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_url_without_places_stays_as_it_is),
        cmocka_unit_test(a_place_becomes_the_request_number),
        cmocka_unit_test(places_may_stand_anywhere_and_repeat),
        cmocka_unit_test(a_lone_closing_brace_is_a_character),
        cmocka_unit_test(only_a_url_without_places_is_constant),
        cmocka_unit_test(a_brace_that_is_never_closed_is_refused),
        cmocka_unit_test(an_unknown_place_is_named),
        cmocka_unit_test(as_many_places_as_fit_are_taken_and_no_more),
        cmocka_unit_test(a_url_that_could_outgrow_its_room_is_refused),
        cmocka_unit_test(closing_nothing_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
