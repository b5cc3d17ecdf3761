/* What is taken for JSON, and how deep. */
#include "http/json.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_BYTES ((size_t)512 << 10)
#else
#define STACK_BYTES ((size_t)64 << 10) /* a coroutine's */
#endif

static const char *wrong_with(const char *text, size_t length) {
    static char why[80];
    why[0] = '\0';
    cJSON *document = json_parse(text, length, why, sizeof why);
    cJSON_Delete(document);
    return document ? NULL : why;
}

static void documents_of_every_kind_are_taken(void **state) {
    (void)state;
    static const char *const texts[] = {"{}",   "[]",     " [1, 2] \n",          "\"[[[\\\"\"",
                                        "null", "-1.5e3", "{\"a\":{\"b\":[{}]}}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (wrong_with(texts[i], strlen(texts[i])))
            fail_msg("%s: %s", texts[i], wrong_with(texts[i], strlen(texts[i])));
}

static void what_is_no_json_is_told_with_its_place(void **state) {
    (void)state;
    assert_string_equal(wrong_with("", 0), "no JSON: the body is empty");
    assert_string_equal(wrong_with("[1, x]", 6), "no JSON, at byte 4 of 6");
    assert_non_null(wrong_with("[1", 2));
    assert_non_null(wrong_with("\"open", 5));
    assert_non_null(wrong_with("\"open\\", 6));
    assert_non_null(wrong_with("<html>", 6));
    assert_non_null(wrong_with("{} {}", 5));
    assert_non_null(wrong_with("{}\0{}", 5));
    assert_string_equal(wrong_with("{}\0 ", 4), "no JSON, at byte 2 of 4");
}

/* "[[[...]]]", to be ended. */
static void nest(struct buf *out, size_t depth, const char *open, const char *end) {
    buf_init(out, (size_t)1 << 24);
    for (size_t i = 0; i < depth; i++)
        buf_append_text(out, open);
    for (size_t i = 0; i < depth; i++)
        buf_append_text(out, end);
}

static void deeper_than_the_limit_is_refused(void **state) {
    (void)state;
    static const size_t depths[] = {JSON_DEPTH + 1, 1000000};
    for (size_t i = 0; i < 2; i++) {
        struct buf text;
        nest(&text, depths[i], "[", "]");
        assert_string_equal(wrong_with(buf_text(&text), text.length), "JSON nested more than 256 deep");
        buf_fini(&text);
    }
}

static void brackets_in_strings_are_not_counted(void **state) {
    (void)state;
    char text[2 * JSON_DEPTH], brackets[JSON_DEPTH + 10];
    memset(brackets, '[', sizeof brackets);
    int length = snprintf(text, sizeof text, "[\"\\\"%.*s\"]", (int)sizeof brackets, brackets);
    assert_null(wrong_with(text, (size_t)length));
}

static void *parse_deep(void *text) {
    return (void *)(uintptr_t)(wrong_with(text, strlen(text)) != NULL);
}

static void the_deepest_that_is_taken_fits_a_coroutines_stack(void **state) {
    (void)state;
    static const char *const forms[][2] = {{"[", "]"}, {"{\"a\":[", "]}"}};
    for (size_t i = 0; i < 2; i++) {
        struct buf text;
        pthread_attr_t attributes;
        pthread_t thread;
        void *failed = NULL;
        nest(&text, i ? JSON_DEPTH / 2 : JSON_DEPTH, forms[i][0], forms[i][1]);
        assert_int_equal(pthread_attr_init(&attributes), 0);
        assert_int_equal(pthread_attr_setstacksize(&attributes, STACK_BYTES), 0);
        assert_int_equal(pthread_create(&thread, &attributes, parse_deep, text.text), 0);
        assert_int_equal(pthread_join(thread, &failed), 0);
        assert_null(failed);
        pthread_attr_destroy(&attributes);
        buf_fini(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_of_every_kind_are_taken),
        cmocka_unit_test(what_is_no_json_is_told_with_its_place),
        cmocka_unit_test(deeper_than_the_limit_is_refused),
        cmocka_unit_test(brackets_in_strings_are_not_counted),
        cmocka_unit_test(the_deepest_that_is_taken_fits_a_coroutines_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
