/* Columns, lines and figures. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "render/page.h"

static void nothing_in_a_text_can_move_the_cursor(void **state) {
    (void)state;
    struct arena a = {0};
    assert_string_equal(page_clean(&a, "a\x1b[2Jb\r\n\tc\x7f", true), "a?[2Jb???c?");
    assert_string_equal(page_clean(&a,
                                   "\xC2\x9B"
                                   "31m",
                                   true),
                        "?31m"); /* the one-character escape */
    assert_string_equal(page_clean(&a,
                                   "\xE2\x80\xAE"
                                   "abc",
                                   true),
                        "?abc"); /* right-to-left override */
    assert_string_equal(page_clean(&a, "\xC3\xBC\xFF", true), "\xC3\xBC?");
    assert_string_equal(page_clean(&a, "\xC3\xBC", false), "?");
    assert_string_equal(page_clean(&a, NULL, true), "");
    arena_fini(&a);
}

static void a_long_text_keeps_both_its_ends(void **state) {
    (void)state;
    struct arena a = {0};
    assert_string_equal(page_shorten(&a, "abcdefghij", 10, true), "abcdefghij");
    assert_string_equal(page_shorten(&a, "abcdefghij", 7, true), "abc\xE2\x80\xA6hij");
    assert_string_equal(page_shorten(&a, "abcdefghij", 6, false), "ab..ij");
    assert_string_equal(page_shorten(&a, "abcdefghij", 4, false), "a..j");
    for (size_t columns = 4; columns < 12; columns++)
        assert_true(
            page_columns(page_shorten(&a, "\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2",
                                      columns, true)) <= columns);
    arena_fini(&a);
}

static void wide_and_combining_characters_take_two_columns_and_none(void **state) {
    (void)state;
    assert_int_equal(page_columns("abc"), 3);
    assert_int_equal(page_columns("\xE6\xBC\xA2"), 2);
    assert_int_equal(page_columns("e\xCC\x81"), 1);
}

static void a_paragraph_is_wrapped_between_words_and_within_those_too_long(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 1000);
    page_paragraph(&out, "one two three four", 9, 2);
    assert_string_equal(buf_text(&out), "one two\n  three\n  four\n");
    buf_clear(&out);
    page_paragraph(&out, "abcdefghijkl", 5, 2);
    assert_string_equal(buf_text(&out), "abcde\n  fgh\n  ijk\n  l\n");
    buf_clear(&out);
    page_paragraph(&out, "", 5, 2);
    assert_string_equal(buf_text(&out), "");
    buf_fini(&out);
}

static void figures_of_any_size_take_at_most_six_columns(void **state) {
    (void)state;
    char out[PAGE_FIGURE];
    static const double values[] = {0,      1e-300, 1e-12,   1e-9,     9.9949e-6, 9.995e-3, .9995, 1,
                                    9.995,  59.9,   99.95,   99.949,   119.9,     999.4,    999.5, 5999.4,
                                    5999.6, 1e4,    99999.4, 99999.6,  999499,    999500,   1e9,   1e12,
                                    1e15,   1e18,   1e300,   INFINITY, -1,        NAN};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_true(strlen(page_duration(out, values[i])) <= 7);
        assert_true(strlen(page_number(out, values[i])) <= 6);
        assert_true(strlen(page_count(out, values[i])) <= 6);
        assert_true(strlen(page_factor(out, values[i])) <= 6);
    }
    assert_string_equal(page_duration(out, NAN), "-");
    assert_string_equal(page_duration(out, 7200), "2.0h");
    assert_string_equal(page_number(out, 1234), "1.23k");
    assert_string_equal(page_count(out, 10000), "10000");
    assert_string_equal(page_factor(out, 1), "1.00x");
    assert_string_equal(page_factor(out, 0.001), "<0.01x");
    assert_string_equal(page_grouped(out, 1234567), "1,234,567");
    assert_string_equal(page_grouped(out, 999), "999");
    assert_string_equal(page_grouped(out, INT64_MAX), "9,223,372,036,854,775,807");
    assert_string_equal(page_grouped(out, -1), "?");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_in_a_text_can_move_the_cursor),
        cmocka_unit_test(a_long_text_keeps_both_its_ends),
        cmocka_unit_test(wide_and_combining_characters_take_two_columns_and_none),
        cmocka_unit_test(a_paragraph_is_wrapped_between_words_and_within_those_too_long),
        cmocka_unit_test(figures_of_any_size_take_at_most_six_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
