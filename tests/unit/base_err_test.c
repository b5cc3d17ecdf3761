/* The sentence about what failed, and that it can never overflow. */
#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void a_failure_is_minus_one_with_its_sentence(void **state) {
    (void)state;
    struct err e = {0};
    assert_int_equal(err_set(&e, ERR_USAGE, "no such mode '%s'", "asink"), -1);
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(e.text, "no such mode 'asink'");
}

static void what_errno_says_comes_last(void **state) {
    (void)state;
    struct err e = {0};
    errno = ENOENT;
    assert_int_equal(err_set_errno(&e, "cannot read %s", "key.pem"), -1);
    assert_int_equal(e.kind, ERR_INTERNAL);
    assert_string_equal(e.text, "cannot read key.pem: No such file or directory");
}

static void context_goes_in_front_and_the_kind_stays(void **state) {
    (void)state;
    struct err e = {0};
    err_set(&e, ERR_OUTPUT, "disk full");
    assert_int_equal(err_prefix(&e, "report %d", 3), -1);
    assert_int_equal(e.kind, ERR_OUTPUT);
    assert_string_equal(e.text, "report 3: disk full");
}

static void nobody_need_listen(void **state) {
    (void)state;
    assert_int_equal(err_set(NULL, ERR_USAGE, "x"), -1);
    assert_int_equal(err_set_errno(NULL, "x"), -1);
    assert_int_equal(err_prefix(NULL, "x"), -1);
}

static void a_long_sentence_is_cut(void **state) {
    (void)state;
    char text[2000];
    struct err e = {0};
    memset(text, 'y', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    err_set(&e, ERR_USAGE, "%s", text);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    errno = EACCES;
    err_set_errno(&e, "%s", text);
    assert_true(strlen(e.text) < sizeof e.text);
    assert_non_null(strstr(e.text, ": Permission denied"));
    err_prefix(&e, "%s", text);
    assert_true(strlen(e.text) < sizeof e.text);
    assert_non_null(strstr(e.text, "y: yyy"));
}

static void a_sentence_may_quote_itself(void **state) {
    (void)state;
    struct err e = {0};
    err_set(&e, ERR_USAGE, "first");
    err_set(&e, ERR_USAGE, "%s and second", e.text);
    assert_string_equal(e.text, "first and second");
    err_prefix(&e, "again %s", e.text);
    assert_string_equal(e.text, "again first and second: first and second");
}

static void a_full_sentence_survives_short_context(void **state) {
    (void)state;
    struct err e = {0};
    char text[400];
    memset(text, 'z', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    err_set(&e, ERR_USAGE, "%s", text);
    err_prefix(&e, "async");
    assert_int_equal(strlen(e.text), strlen("async: ") + strlen(text));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_is_minus_one_with_its_sentence),
        cmocka_unit_test(what_errno_says_comes_last),
        cmocka_unit_test(context_goes_in_front_and_the_kind_stays),
        cmocka_unit_test(nobody_need_listen),
        cmocka_unit_test(a_long_sentence_is_cut),
        cmocka_unit_test(a_sentence_may_quote_itself),
        cmocka_unit_test(a_full_sentence_survives_short_context),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
