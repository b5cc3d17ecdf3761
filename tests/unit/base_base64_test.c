/* Base64. */
#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(const void *data, size_t length, const char *text) {
    struct buf out;
    buf_init(&out, 100);
    base64_append(&out, data, length);
    assert_string_equal(buf_text(&out), text);
    assert_int_equal(out.length, strlen(text));
    buf_fini(&out);
}

static void the_vectors_of_rfc_4648_come_out(void **state) {
    (void)state;
    static const char *const encoded[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (size_t length = 0; length < sizeof encoded / sizeof encoded[0]; length++)
        expect("foobar", length, encoded[length]);
}

static void bytes_of_any_value_are_encoded(void **state) {
    (void)state;
    expect("\0\xFF\xFE\xFB\xEF\xBF", 6, "AP/++++/");
    expect(NULL, 0, "");
}

static void what_was_there_stays_and_the_limit_holds(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 9);
    buf_append_text(&out, "x:");
    base64_append(&out, "foo", 3);
    assert_string_equal(buf_text(&out), "x:Zm9v");
    base64_append(&out, "foo", 3);
    assert_true(out.failed);
    buf_fini(&out);
}

static void expect_decoded(const char *text, int failed, const char *data, size_t length) {
    struct buf out;
    buf_init(&out, 100);
    assert_int_equal(base64_append_decoded(&out, text, strlen(text)), failed);
    if (!failed) {
        assert_int_equal(out.length, length);
        assert_memory_equal(buf_text(&out), data, length);
    }
    buf_fini(&out);
}

static void what_was_encoded_comes_back(void **state) {
    (void)state;
    static const char *const encoded[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (size_t length = 0; length < sizeof encoded / sizeof encoded[0]; length++)
        expect_decoded(encoded[length], 0, "foobar", length);
    expect_decoded("AP/++++/", 0, "\0\xFF\xFE\xFB\xEF\xBF", 6);
}

static void what_is_no_base64_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"Z",    "Zg",   "Zg=",  "Zg==Zg==", "Z===", "====", "Zm9v\n",
                                      "Zm-v", "Zm_v", "Zm 9", "Zh==",     "Zm9=", "=m9v", "Z=9v"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_decoded(bad[i], -1, "", 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_rfc_4648_come_out),
        cmocka_unit_test(bytes_of_any_value_are_encoded),
        cmocka_unit_test(what_was_there_stays_and_the_limit_holds),
        cmocka_unit_test(what_was_encoded_comes_back),
        cmocka_unit_test(what_is_no_base64_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
