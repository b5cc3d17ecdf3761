/* Numbers and JSON as Python reads and writes them. What is expected was printed by Python 3.11. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "endpoint/python_json.h"
#include "endpoint/python_number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void integers_are_read_as_python_reads_them(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {
        {"0", 0},
        {"007", 7},
        {" -1_000\n", -1000},
        {"\x1c+5\x1f", 5},
        {"9223372036854775807", INT64_MAX},
        {"99999999999999999999", INT64_MAX},
        {"-99999999999999999999", -INT64_MAX},
    };
    int64_t value = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(python_int_read(&value, cases[i].text, strlen(cases[i].text)), 0);
        assert_true(value == cases[i].value);
    }
    static const char *const wrong[] = {"", " ", "-", "_1", "1_", "1__0", "1 0", "0x1", "1.0", "+-1", "- 1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(python_int_read(&value, wrong[i], strlen(wrong[i])), -1);
    assert_int_equal(python_int_read(&value, "1\0", 2), -1);
}

static void digits_come_without_zeros_in_front_and_only_as_many_as_fit(void **state) {
    (void)state;
    char digits[3];
    bool is_negative = false;
    assert_int_equal(python_int_digits(digits, sizeof digits, &is_negative, "-0001_23", 8), 3);
    assert_memory_equal(digits, "123", 3);
    assert_true(is_negative);
    assert_int_equal(python_int_digits(digits, sizeof digits, &is_negative, "000", 3), 1);
    assert_int_equal(python_int_digits(digits, sizeof digits, &is_negative, "1234", 4), -1);
}

static void floats_are_read_as_python_reads_them(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {" 1_0.5e-1 ", 1.05},   {".5", 0.5},         {"5.", 5},           {"-1E+2", -100},
        {"Infinity", INFINITY}, {"-inf", -INFINITY}, {"1e999", INFINITY},
    };
    double value = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(python_float_read(&value, cases[i].text, strlen(cases[i].text)), 0);
        assert_true(value == cases[i].value);
    }
    assert_int_equal(python_float_read(&value, "NaN", 3), 0);
    assert_true(isnan(value));
    static const char *const wrong[] = {"",   ".",  "-",    "1e",     "0x1", "1p3",
                                        "_1", "1_", "1._5", "nan(1)", "1 2"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(python_float_read(&value, wrong[i], strlen(wrong[i])), -1);
}

static void floats_are_written_as_python_writes_them(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0.0"},
        {-0.0, "-0.0"},
        {1, "1.0"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {100, "100.0"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e+16"},
        {1234567890123456.7, "1234567890123456.8"},
        {0.0001, "0.0001"},
        {0.00001234, "1.234e-05"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {2.0 / 3, "0.6666666666666666"},
        {9007199254740993.0, "9007199254740992.0"},
        {INFINITY, "inf"},
    };
    struct buf out;
    buf_init(&out, 1000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_clear(&out);
        python_float_write(&out, cases[i].value);
        assert_string_equal(buf_text(&out), cases[i].text);
    }
    buf_fini(&out);
}

static void written_floats_read_back_the_same(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 1000);
    for (int exponent = -1074; exponent < 1024; exponent++) {
        double value = ldexp(1, exponent), back = 0;
        buf_clear(&out);
        python_float_write(&out, value);
        assert_int_equal(python_float_read(&back, buf_text(&out), out.length), 0);
        assert_true(back == value);
    }
    buf_fini(&out);
}

/* The document as rewritten, or "refused". What stood before it must stay. */
static const char *rewritten(struct buf *out, const char *text, size_t length, bool pretty) {
    struct json_text j;
    buf_clear(out);
    json_text_init(&j, out, pretty);
    json_text_open(&j, '[');
    json_text_item(&j);
    size_t before = out->length;
    char *exact = malloc(length ? length : 1); /* so that reading beyond it is noticed */
    assert_non_null(exact);
    memcpy(exact, text, length);
    int failed = python_json_rewrite(&j, exact, length);
    free(exact);
    if (!failed)
        return buf_text(out) + before;
    assert_int_equal(out->length, before);
    return "refused";
}

static void keys_are_sorted_at_every_depth_and_the_last_of_equal_ones_stays(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 10000);
    static const char text[] =
        "{\"b\":[{\"z\":1,\"y\":{}}],\"a\":1,\"\\u0062\":{\"d\":1,\"c\":2},\"\":0,\"c\":3}";
    assert_string_equal(rewritten(&out, text, strlen(text), false),
                        "{\"\":0,\"a\":1,\"b\":{\"c\":2,\"d\":1},\"c\":3}");
    static const char wide[] = "{\"\xF0\x9F\x98\x80\":1,\"\xEF\xBF\xBF\":2,\"\\ud800\":3}";
    assert_string_equal(rewritten(&out, wide, strlen(wide), false),
                        "{\"\\ud800\":3,\"\\uffff\":2,\"\\ud83d\\ude00\":1}");
    buf_fini(&out);
}

static void a_rewritten_document_may_be_indented(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 10000);
    static const char text[] = "{\"b\":[1,{}],\"a\":[]}";
    assert_string_equal(rewritten(&out, text, strlen(text), true),
                        "{\n    \"a\": [],\n    \"b\": [\n      1,\n      {}\n    ]\n  }");
    buf_fini(&out);
}

static void what_is_no_json_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",
        " ",
        "[1,]",
        "[1",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "01",
        "1.",
        "+1",
        "nul",
        "\"a",
        "\"\t\"",
        "\"\\x\"",
        "\"\\u12",
        "[1]]",
        "\"\\u00g0\"",
        "\"\xFF\"",
        "'a'",
        "[1 2]",
        "{\"a\":1 \"b\":2}",
        "\xEF\xBB\xBF[]",
        "-",
        "\"\\",
    };
    struct buf out;
    buf_init(&out, 10000);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(rewritten(&out, wrong[i], strlen(wrong[i]), false), "refused");
    assert_string_equal(rewritten(&out, "1\0", 2, false), "refused");
    buf_fini(&out);
}

static void nesting_has_an_end(void **state) {
    (void)state;
    enum { DEEP = 100000 };
    char *text = malloc(DEEP);
    assert_non_null(text);
    struct buf out;
    buf_init(&out, 10000);
    memset(text, '[', DEEP);
    memset(text + PYTHON_JSON_DEPTH, ']', PYTHON_JSON_DEPTH);
    const size_t deepest = 2 * PYTHON_JSON_DEPTH;
    assert_int_equal(strlen(rewritten(&out, text, deepest, false)), deepest);
    memset(text, '[', DEEP);
    assert_string_equal(rewritten(&out, text, DEEP, false), "refused");
    free(text);
    buf_fini(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_read_as_python_reads_them),
        cmocka_unit_test(digits_come_without_zeros_in_front_and_only_as_many_as_fit),
        cmocka_unit_test(floats_are_read_as_python_reads_them),
        cmocka_unit_test(floats_are_written_as_python_writes_them),
        cmocka_unit_test(written_floats_read_back_the_same),
        cmocka_unit_test(keys_are_sorted_at_every_depth_and_the_last_of_equal_ones_stays),
        cmocka_unit_test(a_rewritten_document_may_be_indented),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(nesting_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
