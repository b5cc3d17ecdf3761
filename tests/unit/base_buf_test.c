/* Growing text and its cap. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void an_untouched_buffer_reads_as_empty_text(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    assert_string_equal(buf_text(&b), "");
    assert_null(buf_take(&b));
    buf_fini(&b);
}

static void appends_add_up(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 1000);
    buf_append_text(&b, "GET ");
    buf_append(&b, "/path?", 5);
    buf_append_char(&b, ' ');
    buf_append_repeat(&b, '-', 3);
    buf_printf(&b, " %d%%", 42);
    assert_string_equal(buf_text(&b), "GET /path --- 42%");
    assert_int_equal(b.length, 17);
    assert_false(b.failed);
    buf_fini(&b);
}

static void bytes_of_any_value_are_kept(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    buf_append(&b, "a\0b", 3);
    buf_append(&b, NULL, 0);
    assert_int_equal(b.length, 3);
    assert_memory_equal(b.text, "a\0b", 4);
    buf_fini(&b);
}

static void what_fits_exactly_is_taken_and_one_more_byte_is_not(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 5);
    buf_append_text(&b, "12345");
    assert_false(b.failed);
    buf_append_char(&b, '6');
    assert_true(b.failed);
    assert_string_equal(buf_text(&b), "12345");
    buf_fini(&b);
}

static void after_a_failure_nothing_is_appended(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 5);
    buf_append_text(&b, "too long for it");
    buf_append_text(&b, "x");
    buf_printf(&b, "%d", 1);
    assert_string_equal(buf_text(&b), "");
    assert_null(buf_take(&b));
    assert_false(b.failed);
    buf_fini(&b);
}

static void clearing_empties_it_and_forgives(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 3);
    buf_append_text(&b, "abc");
    buf_append_text(&b, "d");
    buf_clear(&b);
    assert_string_equal(buf_text(&b), "");
    buf_append_text(&b, "xyz");
    assert_string_equal(buf_text(&b), "xyz");
    assert_false(b.failed);
    buf_fini(&b);
}

static void cutting_back_leaves_what_stood_before(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 6);
    buf_truncate(&b, 0);
    assert_string_equal(buf_text(&b), "");
    buf_append_text(&b, "abcdef");
    buf_truncate(&b, 3);
    assert_string_equal(buf_text(&b), "abc");
    buf_truncate(&b, 5);
    assert_int_equal(b.length, 3);
    buf_append_text(&b, "too long");
    buf_truncate(&b, 3);
    assert_false(b.failed);
    buf_append_text(&b, "xyz");
    assert_string_equal(buf_text(&b), "abcxyz");
    buf_fini(&b);
}

static void taken_text_belongs_to_the_taker(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    buf_append_text(&b, "mine");
    char *text = buf_take(&b);
    buf_append_text(&b, "other");
    assert_string_equal(text, "mine");
    assert_string_equal(buf_text(&b), "other");
    free(text);
    buf_fini(&b);
}

static void many_small_appends_make_one_long_text(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 50000; i++)
        buf_printf(&b, "%06d", i);
    assert_int_equal(b.length, 300000);
    assert_int_equal(strlen(buf_text(&b)), 300000);
    assert_memory_equal(buf_text(&b) + 6 * 12345, "012345", 6);
    buf_fini(&b);
}

static void no_limit_at_all_is_allowed(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, SIZE_MAX);
    buf_append_text(&b, "fine");
    assert_string_equal(buf_text(&b), "fine");
    buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_untouched_buffer_reads_as_empty_text),
        cmocka_unit_test(appends_add_up),
        cmocka_unit_test(bytes_of_any_value_are_kept),
        cmocka_unit_test(what_fits_exactly_is_taken_and_one_more_byte_is_not),
        cmocka_unit_test(after_a_failure_nothing_is_appended),
        cmocka_unit_test(clearing_empties_it_and_forgives),
        cmocka_unit_test(cutting_back_leaves_what_stood_before),
        cmocka_unit_test(taken_text_belongs_to_the_taker),
        cmocka_unit_test(many_small_appends_make_one_long_text),
        cmocka_unit_test(no_limit_at_all_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
