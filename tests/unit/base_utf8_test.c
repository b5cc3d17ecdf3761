/* UTF-8: what is, what is not, and what stands for it. */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void utf8_takes_what_is_well_formed_and_nothing_else(void **state) {
    (void)state;
    assert_true(utf8_is_valid("a\xC3\xA9\xE4\xBD\xA0\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF", 14));
    static const char *const wrong[] = {
        "\x80",         "\xC0\x80", "\xC3",         "\xE0\x80\x80",     "\xED\xA0\x80",
        "\xF0\x9F\x98", "\xFF",     "\xE4\xBD\x28", "\xF4\x90\x80\x80", "\xF0\x80\x80\x80"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(utf8_is_valid(wrong[i], strlen(wrong[i])));
}

static void every_character_survives_writing_and_reading(void **state) {
    (void)state;
    char text[4];
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        unsigned bytes = utf8_write(text, code);
        struct utf8_step step = utf8_read(text, bytes);
        if (!step.valid || step.code != code || step.bytes != bytes)
            fail_msg("U+%04X", code);
    }
}

static void a_broken_character_is_taken_up_to_where_it_breaks(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned bytes;
    } broken[] = {{"\xFF\x80", 1},     {"\xE4\xBD(", 2},    {"\xE4\xBD", 2},
                  {"\xED\xA0\x80", 1}, {"\xF0\x9F\x98", 3}, {"\xC0\x80", 1}};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct utf8_step bounded = utf8_read(broken[i].text, strlen(broken[i].text));
        struct utf8_step ended = utf8_read(broken[i].text, UTF8_TO_NUL);
        assert_false(bounded.valid || ended.valid);
        assert_int_equal(bounded.code, UTF8_REPLACEMENT);
        assert_int_equal(bounded.bytes, broken[i].bytes);
        assert_int_equal(ended.bytes, broken[i].bytes);
    }
}

static void a_replacement_character_that_was_sent_is_valid(void **state) {
    (void)state;
    struct utf8_step step = utf8_read(UTF8_REPLACEMENT_TEXT, 3);
    assert_true(step.valid);
    assert_int_equal(step.code, UTF8_REPLACEMENT);
}

static void repaired_text_is_utf8_whatever_it_was(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    utf8_append_repaired(&out, "", 0);
    utf8_append_repaired(&out, "\xFF\0x\xC3\xA9\xE4\xBD", 7);
    assert_int_equal(out.length, 10);
    assert_memory_equal(buf_text(&out), "\xEF\xBF\xBD\0x\xC3\xA9\xEF\xBF\xBD", 11);
    buf_fini(&out);
}

static void latin1_becomes_utf8(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    utf8_append_latin1(&out, "caf\xE9 \x80", 6);
    assert_string_equal(buf_text(&out), "caf\xC3\xA9 \xC2\x80");
    buf_fini(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_takes_what_is_well_formed_and_nothing_else),
        cmocka_unit_test(every_character_survives_writing_and_reading),
        cmocka_unit_test(a_broken_character_is_taken_up_to_where_it_breaks),
        cmocka_unit_test(a_replacement_character_that_was_sent_is_valid),
        cmocka_unit_test(repaired_text_is_utf8_whatever_it_was),
        cmocka_unit_test(latin1_becomes_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
