/* Lines of a file: what is taken off, what is left out, what is refused. */
#include "plan/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/fetchbench-lines-XXXXXX";

static int make_file(void **state) {
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

static void write_file(const char *text, size_t length) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* `expected` holds the lines with their numbers: "1:a 3:b". */
static void check(const char *text, const char *expected) {
    struct lines lines;
    struct err err = {0};
    char got[256] = "";
    write_file(text, strlen(text));
    if (lines_open(&lines, path, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < lines.count; i++) {
        const struct lines_item *item = &lines.items[i];
        assert_int_equal(strlen(lines.text + item->start), item->bytes);
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%u:%s", i ? " " : "", item->number,
                 lines.text + item->start);
    }
    assert_string_equal(got, expected);
    lines_close(&lines);
}

static void check_refused(const char *text, size_t length, const char *words) {
    struct lines lines;
    struct err err = {0};
    write_file(text, length);
    assert_int_equal(lines_open(&lines, path, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.text, path));
    if (!strstr(err.text, words))
        fail_msg("\"%s\" lacks \"%s\"", err.text, words);
    lines_close(&lines);
}

static void each_line_is_kept_with_its_number(void **state) {
    (void)state;
    check("a\nb c\n{i}\n", "1:a 2:b c 3:{i}");
}

static void the_last_line_needs_no_line_feed(void **state) {
    (void)state;
    check("a\nb", "1:a 2:b");
    check("a", "1:a");
    check("a\r", "1:a");
}

static void empty_lines_and_comments_are_left_out_but_numbered(void **state) {
    (void)state;
    check("\n# one\na\n\n\n#\nb#c\n\n", "3:a 7:b#c");
    check(" # no comment\n", "1: # no comment");
}

static void carriage_returns_and_a_byte_order_mark_are_taken_off(void **state) {
    (void)state;
    check("\xEF\xBB\xBF"
          "a\r\n\r\nb\r\n",
          "1:a 3:b");
    check("\xEF\xBB\xBF#c\nx\xEF\xBB\xBF\n", "2:x\xEF\xBB\xBF");
    check("a\rb\n", "1:a\rb");
}

static void a_file_without_a_line_is_refused(void **state) {
    (void)state;
    check_refused("", 0, "holds no line");
    check_refused("\n\n# only this\n\r\n", 16, "holds no line");
    check_refused("\xEF\xBB\xBF", 3, "holds no line");
}

static void a_nul_byte_is_refused_with_its_line(void **state) {
    (void)state;
    check_refused("a\n\nb\0c\n", 7, "line 3");
}

static void a_line_too_long_is_refused_with_its_number(void **state) {
    (void)state;
    char text[LINES_LINE_BYTES + 4];
    memset(text, 'x', sizeof text);
    text[0] = 'a';
    text[1] = '\n';
    check_refused(text, sizeof text, "line 2");
    write_file(text, sizeof text - 2 + 0);
    struct lines lines;
    assert_int_equal(lines_open(&lines, path, NULL), 0);
    assert_int_equal(lines.longest, LINES_LINE_BYTES);
    lines_close(&lines);
}

static void what_cannot_be_read_is_refused(void **state) {
    (void)state;
    struct lines lines;
    struct err err = {0};
    assert_int_equal(lines_open(&lines, "/nonexistent/urls", &err), -1);
    assert_non_null(strstr(err.text, "/nonexistent/urls cannot be read: No such file"));
    assert_int_equal(lines_open(&lines, "/tmp", &err), -1);
    assert_non_null(strstr(err.text, "/tmp cannot be read: Is a directory"));
}

static void a_forked_process_sees_the_same_memory(void **state) {
    (void)state;
    struct lines lines;
    int status = 0;
    write_file("a\nb\n", 4);
    assert_int_equal(lines_open(&lines, path, NULL), 0);
    pid_t pid = fork();
    if (pid == 0) {
        lines_prefault(&lines);
        lines.items[1].tag = 7;
        _exit(strcmp(lines.text + lines.items[1].start, "b") == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(lines.items[1].tag, 7);
    lines_close(&lines);
    lines_close(&lines);
}

static void a_million_lines_are_read(void **state) {
    (void)state;
    struct lines lines;
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (int i = 0; i < 1000000; i++)
        fprintf(file, "line-%d\n", i);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(lines_open(&lines, path, NULL), 0);
    assert_int_equal(lines.count, 1000000);
    assert_string_equal(lines.text + lines.items[999999].start, "line-999999");
    assert_int_equal(lines.items[999999].number, 1000000);
    lines_close(&lines);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_kept_with_its_number),
        cmocka_unit_test(the_last_line_needs_no_line_feed),
        cmocka_unit_test(empty_lines_and_comments_are_left_out_but_numbered),
        cmocka_unit_test(carriage_returns_and_a_byte_order_mark_are_taken_off),
        cmocka_unit_test(a_file_without_a_line_is_refused),
        cmocka_unit_test(a_nul_byte_is_refused_with_its_line),
        cmocka_unit_test(a_line_too_long_is_refused_with_its_number),
        cmocka_unit_test(what_cannot_be_read_is_refused),
        cmocka_unit_test(a_forked_process_sees_the_same_memory),
        cmocka_unit_test(a_million_lines_are_read),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
