/* The markup of help texts, and its lay-out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/prose.h"

static void check(const char *text, int indent, const char *wanted) {
    struct buf out;
    buf_init(&out, 10000);
    prose_write(&out, text, indent);
    assert_string_equal(buf_text(&out), wanted);
    buf_fini(&out);
}

static void a_line_is_an_example_a_term_or_a_paragraph(void **state) {
    (void)state;
    const char *at = "\none two\n\n  an example\nterm\twhat it is\n";
    struct prose_line line;
    assert_true(prose_next(&at, &line));
    assert_int_equal(line.kind, PROSE_PARAGRAPH);
    assert_memory_equal(line.text, "one two", line.length);
    assert_true(prose_next(&at, &line));
    assert_int_equal(line.kind, PROSE_EXAMPLE);
    assert_memory_equal(line.text, "  an example", line.length);
    assert_true(prose_next(&at, &line));
    assert_int_equal(line.kind, PROSE_TERM);
    assert_int_equal(line.term_length, 4);
    assert_memory_equal(line.text, "what it is", line.length);
    assert_false(prose_next(&at, &line));
}

static void paragraphs_are_parted_and_examples_are_not(void **state) {
    (void)state;
    check("", 2, "");
    check("one\ntwo\n  three\n  four\nfive", 1, " one\n\n two\n\n   three\n   four\n\n five\n");
}

static void terms_share_a_column_and_a_long_one_has_its_own_line(void **state) {
    (void)state;
    check("a\tfirst\nlonger\tsecond", 2, "  a       first\n  longer  second\n");
    check("a\tfirst\nlonger-than-any-column-may-be\tsecond", 0,
          "a  first\nlonger-than-any-column-may-be\n   second\n");
}

static void no_line_is_as_wide_as_the_screen(void **state) {
    (void)state;
    char text[1000] = "term\t";
    for (int i = 0; i < 90; i++)
        strcat(text, i % 7 ? "word " : "a-longer-one ");
    struct buf out;
    buf_init(&out, 10000);
    prose_write(&out, text, 4);
    prose_write(&out, text + 5, 4);
    for (const char *line = buf_text(&out); *line; line += strcspn(line, "\n") + 1) {
        assert_true(strcspn(line, "\n") < PROSE_WIDTH);
        assert_true(strspn(line, " ") == 4 || strspn(line, " ") == 10);
        assert_true(line[strcspn(line, "\n") - 1] != ' ');
    }
    buf_fini(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_an_example_a_term_or_a_paragraph),
        cmocka_unit_test(paragraphs_are_parted_and_examples_are_not),
        cmocka_unit_test(terms_share_a_column_and_a_long_one_has_its_own_line),
        cmocka_unit_test(no_line_is_as_wide_as_the_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
