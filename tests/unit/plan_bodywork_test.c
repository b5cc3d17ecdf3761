/* The words of --work. */
#include "plan/bodywork.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void words_are_read_and_written(void **state) {
    (void)state;
    static const struct {
        const char *text;
        struct bodywork expected;
        const char *written;
    } rows[] = {
        {"none", {BODYWORK_NONE, 1}, "none"},
        {"json", {BODYWORK_JSON, 1}, "json"},
        {"sha256", {BODYWORK_SHA256, 1}, "sha256/1"},
        {"sha256/2k", {BODYWORK_SHA256, 2000}, "sha256/2000"},
        {"sha256/1G", {BODYWORK_SHA256, 1000000000}, "sha256/1000000000"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bodywork work;
        struct err err = {0};
        assert_int_equal(bodywork_read(rows[i].text, "--work", &work, &err), 0);
        assert_int_equal(work.kind, rows[i].expected.kind);
        assert_int_equal(work.times, rows[i].expected.times);
        char text[BODYWORK_TEXT];
        assert_string_equal(bodywork_write(&work, text), rows[i].written);
    }
}

static void what_is_no_work_is_refused_by_the_options_name(void **state) {
    (void)state;
    static const char *const texts[] = {"",         "sha",       "sha512",   "sha2560",           "sha256/",
                                        "sha256/0", "sha256/-1", "sha256/x", "sha256/2000000000", "json/2",
                                        "JSON"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct bodywork work;
        struct err err = {0};
        assert_int_equal(bodywork_read(texts[i], "async:work", &work, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.text, "async:work"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_read_and_written),
        cmocka_unit_test(what_is_no_work_is_refused_by_the_options_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
