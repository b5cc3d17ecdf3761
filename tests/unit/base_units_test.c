/* Counts, durations and shares, read and written. */
#include "base/units.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef int reader(const char *text, int64_t *out);

static void expect(reader *read, const char *text, int64_t value) {
    int64_t got = -77;
    if (read(text, &got) != 0 || got != value)
        fail_msg("'%s' gave %lld, not %lld", text, (long long)got, (long long)value);
}

static void refuse(reader *read, const char *text) {
    int64_t got = -77;
    if (read(text, &got) == 0)
        fail_msg("'%s' was read as %lld", text, (long long)got);
    assert_int_equal(got, -77);
}

static void counts_read_as_people_write_them(void **state) {
    (void)state;
    expect(units_read_count, "0", 0);
    expect(units_read_count, "100", 100);
    expect(units_read_count, "10k", 10000);
    expect(units_read_count, "2.5M", 2500000);
    expect(units_read_count, "1G", 1000000000);
    expect(units_read_count, "1_000", 1000);
    expect(units_read_count, "0.001k", 1);
}

static void what_is_no_count_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"",           "-1",  "+1",    " 1",  "1 ",    "1.5",
                                      "k",          "1kk", "1.2.3", ".5k", "1e3",   "0x10",
                                      "inf",        "nan", "1KiB",  "ten", "1s",    "1,000",
                                      "1.5_",       "_1k", "--",    "1T",  "1k 2k", "1000000000000000000000",
                                      "9999999999G"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refuse(units_read_count, bad[i]);
}

/* 1.0005k would be 1000.5 requests. */
static void a_count_that_is_not_whole_is_refused(void **state) {
    (void)state;
    refuse(units_read_count, "1.0005k");
    refuse(units_read_count, "0.5");
    refuse(units_read_count, "0.0001k");
    expect(units_read_count, "1.001k", 1001);
    expect(units_read_count, "0.29k", 290);
    expect(units_read_count, "1.1k", 1100);
}

static void durations_read_with_their_unit(void **state) {
    (void)state;
    expect(units_read_duration_ns, "30s", 30000000000);
    expect(units_read_duration_ns, "20ms", 20000000);
    expect(units_read_duration_ns, "100us", 100000);
    expect(units_read_duration_ns, "7ns", 7);
    expect(units_read_duration_ns, "1.5m", 90000000000);
    expect(units_read_duration_ns, "1h", 3600000000000);
    expect(units_read_duration_ns, "0.1", 100000000);
    expect(units_read_duration_ns, "2", 2000000000);
}

static void what_is_no_duration_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"",      "-1s", "s",   "1 s", "1d",
                                      "1.5.s", "nan", "inf", "1KB", "9999999999h"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refuse(units_read_duration_ns, bad[i]);
}

static void shares_are_percent_or_fraction(void **state) {
    (void)state;
    double share = -1;
    assert_int_equal(units_read_share("5%", &share), 0);
    assert_true(fabs(share - 0.05) < 1e-15);
    assert_int_equal(units_read_share("0.25", &share), 0);
    assert_true(share == 0.25);
    assert_int_equal(units_read_share("100%", &share), 0);
    assert_true(share == 1);
    assert_int_equal(units_read_share("0", &share), 0);
    assert_true(share == 0);
    static const char *const bad[] = {"", "%", "101%", "1.01", "-1%", "5 %", "5%%", "half"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(units_read_share(bad[i], &share), -1);
}

static void expect_text(double value, const char *text) {
    char got[UNITS_TEXT];
    assert_string_equal(units_write_duration(got, value), text);
}

static void durations_are_written_in_three_digits(void **state) {
    (void)state;
    expect_text(0, "0ns");
    expect_text(12e-9, "12ns");
    expect_text(999e-9, "999ns");
    expect_text(1e-6, "1.00us");
    expect_text(853e-6, "853us");
    expect_text(20.1e-3, "20.1ms");
    expect_text(1.24, "1.24s");
    expect_text(12.34, "12.3s");
    expect_text(125, "2m05s");
    expect_text(NAN, "-");
}

/* Rounding must carry into the next unit: never "1000us" nor "1m60s". */
static void rounding_carries_into_the_next_unit(void **state) {
    (void)state;
    expect_text(999.7e-9, "1.00us");
    expect_text(999.7e-6, "1.00ms");
    expect_text(999.7e-3, "1.00s");
    expect_text(9.9951, "10.0s");
    expect_text(99.96, "1m40s");
    expect_text(119.7, "2m00s");
}

static void no_duration_overflows_its_text(void **state) {
    (void)state;
    static const double odd[] = {-1, -1e30, 1e30, 1e300, INFINITY, -INFINITY};
    char text[UNITS_TEXT];
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        assert_true(strlen(units_write_duration(text, odd[i])) < UNITS_TEXT);
}

static void an_exact_number_reads_back_the_same_in_few_digits(void **state) {
    (void)state;
    static const double values[] = {0.1,        1.0 / 3, 9007199254740991,       1e-9,
                                    0.02002238, 5e-324,  -1.7976931348623157e308};
    char text[UNITS_TEXT];
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_true(strtod(units_write_exact(text, values[i]), NULL) == values[i]);
    assert_string_equal(units_write_exact(text, 0.1), "0.1");
    assert_string_equal(units_write_exact(text, 42), "42");
}

static void bytes_are_read_in_powers_of_1000_and_of_1024(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t bytes;
    } rows[] = {{"100", 100},     {"10k", 10000},   {"10kB", 10000},   {"2.5M", 2500000},
                {"10KiB", 10240}, {"1.5KiB", 1536}, {"1MiB", 1 << 20}, {"1GiB", 1 << 30}};
    int64_t bytes = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(units_read_bytes(rows[i].text, &bytes), 0);
        assert_int_equal(bytes, rows[i].bytes);
    }
    assert_int_equal(units_read_bytes("1.5", &bytes), -1);
    assert_int_equal(units_read_bytes("1mib", &bytes), -1);
    assert_int_equal(units_read_bytes("", &bytes), -1);
}

static void a_share_is_a_percentage_in_plain_digits_or_a_factor(void **state) {
    (void)state;
    static const struct {
        double share;
        int digits;
        const char *text;
    } cases[] = {{0, 2, "0 %"},       {.005, 2, "0.5 %"},   {.1667, 3, "16.7 %"}, {.1667, 2, "17 %"},
                 {1, 2, "100 %"},     {.996, 2, "100 %"},   {1.2, 2, "120 %"},    {9.99, 2, "999 %"},
                 {45.33, 2, "45.3x"}, {4533.1, 2, "4533x"}, {NAN, 2, "-"}};
    char text[UNITS_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(units_write_percent(text, cases[i].share, cases[i].digits), cases[i].text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_read_as_people_write_them),
        cmocka_unit_test(what_is_no_count_is_refused),
        cmocka_unit_test(a_count_that_is_not_whole_is_refused),
        cmocka_unit_test(durations_read_with_their_unit),
        cmocka_unit_test(what_is_no_duration_is_refused),
        cmocka_unit_test(shares_are_percent_or_fraction),
        cmocka_unit_test(durations_are_written_in_three_digits),
        cmocka_unit_test(rounding_carries_into_the_next_unit),
        cmocka_unit_test(no_duration_overflows_its_text),
        cmocka_unit_test(an_exact_number_reads_back_the_same_in_few_digits),
        cmocka_unit_test(a_share_is_a_percentage_in_plain_digits_or_a_factor),
        cmocka_unit_test(bytes_are_read_in_powers_of_1000_and_of_1024),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
