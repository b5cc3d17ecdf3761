/* Which answers echo what was sent. */
#include "http/echo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define U "http://host/get"

static const char *wrong_with(const char *url, const char *body) {
    static char why[200];
    why[0] = '\0';
    return echo_check(url, body, strlen(body), why, sizeof why) ? NULL : why;
}

static void an_echo_of_the_arguments_is_right(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {U, "{\"args\":{}}"},
        {U "?", "{\"args\":{},\"url\":\"x\"}"},
        {U "?key=5", "{\"args\":{\"key\":\"5\"}}"},
        {U "?b=2&a=1", "{\"args\":{\"a\":\"1\",\"b\":\"2\"}}"},
        {U "?a=1&b=2&a=3", "{\"args\":{\"a\":[\"1\",\"3\"],\"b\":\"2\"}}"},
        {U "?a&b=", "{\"args\":{\"a\":\"\",\"b\":\"\"}}"},
        {U "?n=%C3%A9+x%26", "{\"args\":{\"n\":\"\\u00e9 x&\"}}"},
        {U "?n=%ff", "{\"args\":{\"n\":\"\\ufffd\"}}"},
        {U "?a=1#b=2", "{\"args\":{\"a\":\"1\"}}"},
        {U "?a=x?y=z", "{\"args\":{\"a\":\"x?y=z\"}}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (wrong_with(rows[i][0], rows[i][1]))
            fail_msg("%s and %s: %s", rows[i][0], rows[i][1], wrong_with(rows[i][0], rows[i][1]));
}

static void a_wrong_echo_is_told_with_what_was_expected_and_what_came(void **state) {
    (void)state;
    static const char *const rows[][3] = {
        {U "?key=5", "{\"args\":{\"key\":\"4\"}}", "key=5 was sent, and \"args\" has 4 for it"},
        {U "?key=5", "{\"args\":{}}", "key=5 was sent, and \"args\" has nothing for it"},
        {U "?key=5", "{\"args\":{\"key\":5}}", "key=5 was sent, and \"args\" has no text for it"},
        {U "?a=1&a=2", "{\"args\":{\"a\":\"1\"}}", "a=2 was sent, and \"args\" has nothing for it"},
        {U "?a=1&a=2", "{\"args\":{\"a\":[\"2\",\"1\"]}}", "a=1 was sent, and \"args\" has 2 for it"},
        {U "?a=1", "{\"args\":{\"a\":[\"1\",\"1\"]}}", "\"args\" has a, which was not sent so often"},
        {U, "{\"args\":{\"extra\":\"1\"}}", "\"args\" has extra, which was not sent"},
        {U, "{\"args\":[]}", "an echo of the arguments was expected, and the JSON has no object \"args\""},
        {U, "[]", "an echo of the arguments was expected, and the JSON has no object \"args\""},
        {U, "<html>", "an echo of the arguments was expected, and what came is no JSON, at byte 0 of 6"},
        {U, "", "an echo of the arguments was expected, and what came is no JSON: the body is empty"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(wrong_with(rows[i][0], rows[i][1]), rows[i][2]);
}

static void long_arguments_are_cut_in_what_is_told(void **state) {
    (void)state;
    char url[5000] = U "?";
    memset(url + strlen(url), 'k', 4000);
    const char *why = wrong_with(url, "{\"args\":{}}");
    assert_non_null(strstr(why, "nothing for it"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_echo_of_the_arguments_is_right),
        cmocka_unit_test(a_wrong_echo_is_told_with_what_was_expected_and_what_came),
        cmocka_unit_test(long_arguments_are_cut_in_what_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
