/* A command's words, and whether there is such a program. */
#include "program/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void check_words(const char *text, const char *const *words) {
    struct command c;
    assert_int_equal(command_split(&c, text, NULL), 0);
    size_t i = 0;
    for (; words[i]; i++) {
        assert_non_null(c.words[i]);
        assert_string_equal(c.words[i], words[i]);
    }
    assert_null(c.words[i]);
    command_fini(&c);
}
#define WORDS(text, ...) check_words(text, (const char *const[]){__VA_ARGS__, NULL})

static void blanks_part_words(void **state) {
    (void)state;
    WORDS("a", "a");
    WORDS("  a b\t\tc\nd  ", "a", "b", "c", "d");
}

static void quotation_marks_join_words_and_may_make_empty_ones(void **state) {
    (void)state;
    WORDS("'a b' \"c d\"", "a b", "c d");
    WORDS("a'b c'\"d e\"f", "ab cd ef");
    WORDS("x '' \"\"", "x", "", "");
}

static void a_backslash_takes_the_meaning_of_what_follows(void **state) {
    (void)state;
    WORDS("a\\ b \\'c \\\\", "a b", "'c", "\\");
    WORDS("'a\\b' '\\'", "a\\b", "\\");
    WORDS("\"a\\\"b\" \"\\\\\" \"\\$x\" \"\\x\"", "a\"b", "\\", "$x", "\\x");
}

static void a_backslash_before_the_end_of_a_line_joins_lines(void **state) {
    (void)state;
    WORDS("a \\\n b", "a", "b");
    WORDS("a\\\nb", "ab");
    WORDS("\"a\\\nb\" \"c\\\\\nd\" 'e\\\nf'", "ab", "c\\\nd", "e\\\nf");
}

static void nothing_is_expanded(void **state) {
    (void)state;
    WORDS("$HOME *.c ~ `id` | >x ; & #y", "$HOME", "*.c", "~", "`id`", "|", ">x", ";", "&", "#y");
}

static void check_refused(const char *text) {
    struct command c;
    struct err err = {0};
    assert_int_equal(command_split(&c, text, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    command_fini(&c);
}

static void what_does_not_end_or_names_nothing_is_refused(void **state) {
    (void)state;
    static const char *texts[] = {"'a", "a \"b", "a\\", "\"a\\\"", "", "  ", "\\\n", "''", "\"\" x"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        check_refused(texts[i]);
}

static int find(const char *text, char path[PATH_MAX]) {
    struct command c;
    assert_int_equal(command_split(&c, text, NULL), 0);
    int found = command_find(&c, NULL);
    memcpy(path, c.path, PATH_MAX);
    command_fini(&c);
    return found;
}

static void a_program_is_found_along_the_path(void **state) {
    (void)state;
    char path[PATH_MAX];
    setenv("PATH", "/nowhere::/bin", 1);
    assert_int_equal(find("sh -c x", path), 0);
    assert_string_equal(path, "/bin/sh");
    assert_int_equal(find("/bin/sh", path), 0);
    assert_string_equal(path, "/bin/sh");
    setenv("PATH", "", 1);
    assert_int_equal(find("sh", path), -1);
    unsetenv("PATH");
    assert_int_equal(find("sh", path), 0);
}

static void what_cannot_be_run_is_refused(void **state) {
    (void)state;
    char path[PATH_MAX];
    setenv("PATH", "/bin", 1);
    assert_int_equal(find("no-such-program", path), -1);
    assert_int_equal(find("/etc/passwd", path), -1);
    assert_int_equal(find("/bin/", path), -1);
    assert_int_equal(find("./nowhere", path), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks_part_words),
        cmocka_unit_test(quotation_marks_join_words_and_may_make_empty_ones),
        cmocka_unit_test(a_backslash_takes_the_meaning_of_what_follows),
        cmocka_unit_test(a_backslash_before_the_end_of_a_line_joins_lines),
        cmocka_unit_test(nothing_is_expanded),
        cmocka_unit_test(what_does_not_end_or_names_nothing_is_refused),
        cmocka_unit_test(a_program_is_found_along_the_path),
        cmocka_unit_test(what_cannot_be_run_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
