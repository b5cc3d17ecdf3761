/* What a line of an outside program says, on well-formed lines and on others. */
#include "program/line.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static enum line_kind kind(const char *text) {
    return line_kind_of(text, strlen(text));
}

static int read_text(struct line_sample *out, const char *text) {
    return line_read(out, text, strlen(text));
}

static void a_whole_sample_is_read(void **state) {
    (void)state;
    struct line_sample s;
    assert_int_equal(
        read_text(&s, "{\"index\":7,\"start_s\":1.5,\"end_s\":2.25,\"status\":200,\"bytes\":12}"), 0);
    assert_true(s.index == 7 && s.start_s == 1.5 && s.end_s == 2.25);
    assert_true(isnan(s.duration_s));
    assert_int_equal(s.status, 200);
    assert_int_equal(s.bytes, 12);
    assert_int_equal(s.error, ERROR_NONE);
}

static void the_time_of_work_is_read(void **state) {
    (void)state;
    struct line_sample s;
    assert_int_equal(read_text(&s, "{\"index\":7,\"end_s\":2,\"work_s\":0.5,\"status\":200}"), 0);
    assert_true(s.work_s == 0.5);
    assert_int_equal(read_text(&s, "{\"index\":7,\"end_s\":2,\"status\":200}"), 0);
    assert_true(isnan(s.work_s));
}

static void the_work_of_a_ready_line_is_read_and_cut(void **state) {
    (void)state;
    static const struct {
        const char *line, *work;
    } rows[] = {
        {"{\"ready\":1,\"work\":\"json\"}", "json"},
        {"{\"ready\":1,\"work\":\"sha256/20\"}", "sha256/"},
        {"{\"ready\":1}", ""},
        {"{\"ready\":1,\"work\":null}", ""},
        {"{\"ready\":1,\"work\":7}", ""},
        {"work", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char work[8];
        line_read_work(rows[i].line, strlen(rows[i].line), work, sizeof work);
        assert_string_equal(work, rows[i].work);
    }
}

static void an_error_has_its_class_and_words(void **state) {
    (void)state;
    struct line_sample s;
    assert_int_equal(
        read_text(&s, "{\"index\":0,\"end_s\":1,\"error\":\"timeout\",\"message\":\"too slow\"}"), 0);
    assert_int_equal(s.error, ERROR_TIMEOUT);
    assert_string_equal(s.example, "too slow");
    assert_int_equal(read_text(&s, "{\"index\":0,\"end_s\":1,\"error\":\"a bad day\"}"), 0);
    assert_int_equal(s.error, ERROR_OTHER);
    assert_string_equal(s.example, "a bad day");
    assert_int_equal(read_text(&s, "{\"index\":0,\"end_s\":1,\"error\":\"my own\",\"message\":\"boo\"}"), 0);
    assert_string_equal(s.example, "my own: boo");
    assert_int_equal(read_text(&s, "{\"index\":0,\"end_s\":1,\"error\":\"other\",\"message\":\"boo\"}"), 0);
    assert_string_equal(s.example, "boo");
    assert_int_equal(read_text(&s, "{\"index\":0,\"end_s\":1,\"error\":\"cancelled\"}"), 0);
    assert_int_equal(s.error, ERROR_OTHER);
}

static void no_error_is_null_or_empty_or_left_out(void **state) {
    (void)state;
    struct line_sample s;
    assert_int_equal(read_text(&s, "{\"index\":0,\"end_s\":1,\"status\":404,\"error\":null}"), 0);
    assert_int_equal(read_text(&s, "{\"index\":0,\"end_s\":1,\"status\":404,\"error\":\"\"}"), 0);
    assert_int_equal(s.error, ERROR_NONE);
}

static void what_says_too_little_is_no_sample(void **state) {
    (void)state;
    static const char *texts[] = {
        "",
        "x",
        "{",
        "[]",
        "7",
        "null",
        "{}",
        "{\"index\":0}",
        "{\"index\":0,\"end_s\":1}",
        "{\"index\":0,\"start_s\":1,\"status\":200}",
        "{\"end_s\":1,\"status\":200}",
        "{\"index\":\"0\",\"end_s\":1,\"status\":200}",
        "{\"index\":0,\"end_s\":\"1\",\"status\":200}",
        "{\"index\":0,\"end_s\":1,\"status\":99}",
        "{\"index\":0,\"end_s\":1,\"status\":600}",
        "{\"index\":0,\"end_s\":1,\"status\":\"200\"}",
        "{\"index\":0,\"end_s\":1,\"status\":200}{\"index\":1,\"end_s\":1,\"status\":200}",
        "{\"index\":0,\"end_s\":1,\"status\":200} x",
    };
    struct line_sample s;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (read_text(&s, texts[i]) == 0)
            fail_msg("%s was taken for a sample", texts[i]);
}

static void what_a_sample_lacks_is_said(void **state) {
    (void)state;
    static const char *rows[][2] = {
        {"x", ""},
        {"7", ""},
        {"{\"index\":0,\"end_s\":1,\"status\":200} x", ""},
        {"{}", "has no index"},
        {"{\"index\":\"0\",\"end_s\":1,\"status\":200}", "has an index that is no number"},
        {"{\"index\":0,\"start_s\":\"1\",\"end_s\":1,\"status\":\"200\"}", "has a start_s that is no number"},
        {"{\"index\":0,\"duration_ms\":1,\"status\":200}", "has neither end_s nor duration_s"},
        {"{\"index\":0,\"end_s\":1}", "has no status"},
        {"{\"index\":0,\"end_s\":1,\"error\":\"\"}", "has no status"},
        {"{\"index\":0,\"end_s\":1,\"status\":000}", "has a status that is none"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char fault[60];
        line_say_fault(rows[i][0], strlen(rows[i][0]), fault, sizeof fault);
        assert_string_equal(fault, rows[i][1]);
    }
}

static void blanks_around_a_sample_do_no_harm(void **state) {
    (void)state;
    struct line_sample s;
    assert_int_equal(read_text(&s, " \t{\"index\":0,\"end_s\":1,\"status\":200} \t\r"), 0);
    assert_int_equal(line_read(&s, "{\"index\":0,\"end_s\":1,\"status\":200}\0", 35), -1);
}

static void numbers_out_of_all_bounds_do_no_harm(void **state) {
    (void)state;
    struct line_sample s;
    assert_int_equal(read_text(&s, "{\"index\":1e300,\"end_s\":-1e300,\"status\":200,\"bytes\":1e300}"), 0);
    assert_int_equal(s.bytes, 0);
    assert_int_equal(read_text(&s, "{\"index\":0,\"end_s\":1e999,\"status\":200,\"bytes\":-5}"), 0);
    assert_int_equal(s.bytes, 0);
}

static void a_line_is_ready_a_sample_or_neither(void **state) {
    (void)state;
    assert_int_equal(kind("{\"ready\":1}"), LINE_READY);
    assert_int_equal(kind(" { \"ready\" : true } "), LINE_READY);
    assert_int_equal(kind("{\"ready\":0}"), LINE_OTHER);
    assert_int_equal(kind("{\"index\":0}"), LINE_SAMPLE);
    assert_int_equal(kind("hello"), LINE_OTHER);
    assert_int_equal(line_kind_of("{\"ready\":1}}}", 11), LINE_READY);
    assert_int_equal(line_kind_of("", 0), LINE_OTHER);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_sample_is_read),
        cmocka_unit_test(the_time_of_work_is_read),
        cmocka_unit_test(the_work_of_a_ready_line_is_read_and_cut),
        cmocka_unit_test(an_error_has_its_class_and_words),
        cmocka_unit_test(no_error_is_null_or_empty_or_left_out),
        cmocka_unit_test(what_says_too_little_is_no_sample),
        cmocka_unit_test(what_a_sample_lacks_is_said),
        cmocka_unit_test(blanks_around_a_sample_do_no_harm),
        cmocka_unit_test(numbers_out_of_all_bounds_do_no_harm),
        cmocka_unit_test(a_line_is_ready_a_sample_or_neither),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
