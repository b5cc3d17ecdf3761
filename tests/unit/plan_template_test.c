/* Templates: what their places become, and what is refused. */
#include "plan/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

static void check_values(const char *text, struct template_values values, const char *expected) {
    struct template_facts facts;
    struct err err = {0};
    char out[TEMPLATE_URL_BYTES];
    assert_int_equal(template_read(text, &facts, &err), 0);
    size_t length = template_expand(text, &values, out);
    assert_string_equal(out, expected);
    assert_int_equal(length, strlen(expected));
    assert_true(length <= facts.most_bytes + facts.lines * values.line_bytes);
}

static void check_expands(const char *text, int64_t number, const char *expected) {
    check_values(text, (struct template_values){.number = number}, expected);
}

static void check_refused(const char *text, const char *words) {
    struct template_facts facts;
    struct err err = {0};
    assert_int_equal(template_read(text, &facts, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" lacks \"%s\"", err.text, words);
}

/* What {random:least-most} becomes as the only place of its text. */
static long drawn(const char *text, uint64_t seed, int64_t number) {
    char out[TEMPLATE_URL_BYTES];
    template_expand(text, &(struct template_values){.seed = seed, .number = number}, out);
    return strtol(out, NULL, 10);
}

static void a_text_without_places_stays_as_it_is(void **state) {
    (void)state;
    check_expands("http://host/path?a=b", 7, "http://host/path?a=b");
    check_expands("", 7, "");
}

static void a_place_becomes_the_request_number(void **state) {
    (void)state;
    check_expands("http://host/?key={i}", 0, "http://host/?key=0");
    check_expands("http://host/?key={i}", 12345, "http://host/?key=12345");
    check_expands("{i}", INT64_MAX, "9223372036854775807");
}

static void places_may_stand_anywhere_and_repeat(void **state) {
    (void)state;
    check_expands("{i}{i}/{i}", 10, "1010/10");
    check_expands("http://{i}.host/{i}x", 2, "http://2.host/2x");
}

static void a_lone_closing_brace_is_a_character(void **state) {
    (void)state;
    check_expands("http://host/}{i}}", 3, "http://host/}3}");
}

static void a_line_is_put_in_as_it_is(void **state) {
    (void)state;
    struct template_values values = {.number = 4, .line = "a{i}b c}", .line_bytes = 8};
    check_values("/{line}?{i}&{line}", values, "/a{i}b c}?4&a{i}b c}");
    values = (struct template_values){.line = "", .line_bytes = 0};
    check_values("/{line}/", values, "//");
}

static void what_a_text_consists_of_is_told(void **state) {
    (void)state;
    struct template_facts facts;
    assert_int_equal(template_read("a{line}b{i}{line}{uuid}", &facts, NULL), 0);
    assert_int_equal(facts.places, 4);
    assert_int_equal(facts.lines, 2);
    assert_true(facts.most_bytes >= 2 + 19 + 36);
    assert_int_equal(template_read("plain", &facts, NULL), 0);
    assert_int_equal(facts.places, 0);
    assert_int_equal(facts.most_bytes, 5);
}

static void a_brace_that_is_never_closed_is_refused(void **state) {
    (void)state;
    check_refused("http://host/{i", "never closed");
    check_refused("http://host/{", "never closed");
    check_refused("http://host/{random:1-2", "never closed");
}

static void an_unknown_place_is_named(void **state) {
    (void)state;
    static const char *const places[] = {"{j}",    "{}",       "{i }",   "{ii}",
                                         "{UUID}", "{uuid:4}", "{Line}", "{lines}"};
    char text[64];
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(text, sizeof text, "http://host/%s", places[i]);
        check_refused(text, places[i]);
    }
}

static void a_random_place_needs_two_whole_numbers_in_order(void **state) {
    (void)state;
    static const char *const bad[] = {"{random}",
                                      "{random:}",
                                      "{random:1}",
                                      "{random:1-}",
                                      "{random:-1}",
                                      "{random:1-2-3}",
                                      "{random:1 - 2}",
                                      "{random:+1-2}",
                                      "{random:1.0-2}",
                                      "{random:a-b}",
                                      "{random:1--}",
                                      "{random:--1-2}",
                                      "{random:1-1000000000000000000}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_refused(bad[i], bad[i]);
    check_refused("{random:2-1}", "{random:2-1}: the first number is greater than the second");
    check_refused("{random:-1--2}", "greater");
}

static void random_numbers_are_in_their_range_and_reach_its_ends(void **state) {
    (void)state;
    static const char *const texts[] = {"{random:-2-2}", "{random:5-5}", "{random:-9--7}", "{random:0-1}"};
    static const long ends[][2] = {{-2, 2}, {5, 5}, {-9, -7}, {0, 1}};
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        bool least = false, most = false;
        for (int64_t i = 0; i < 500; i++) {
            long value = drawn(texts[t], 1, i);
            assert_true(value >= ends[t][0] && value <= ends[t][1]);
            least = least || value == ends[t][0];
            most = most || value == ends[t][1];
        }
        assert_true(least && most);
    }
    drawn("{random:-999999999999999999-999999999999999999}", 1, 0);
}

/* The chi-square of `draws` numbers over `values` equally likely ones. */
static double chi_square(const char *text, int64_t draws, size_t values) {
    double counts[64] = {0}, sum = 0, expected = (double)draws / (double)values;
    for (int64_t i = 0; i < draws; i++)
        counts[drawn(text, 42, i)]++;
    for (size_t v = 0; v < values; v++)
        sum += (counts[v] - expected) * (counts[v] - expected) / expected;
    return sum;
}

static void random_numbers_are_uniform(void **state) {
    (void)state;
    /* The bounds are the 0.1 and 99.9 % points of chi-square with 9 and 63 degrees of freedom. */
    double ten = chi_square("{random:0-9}", 100000, 10), many = chi_square("{random:0-63}", 100000, 64);
    assert_true(ten > 1.15 && ten < 27.88);
    assert_true(many > 34.5 && many < 103.5);
}

static void places_of_one_text_are_independent(void **state) {
    (void)state;
    const char *text = "{random:0-7} {random:0-7}";
    double counts[64] = {0}, sum = 0;
    char out[TEMPLATE_URL_BYTES];
    for (int64_t i = 0; i < 64000; i++) {
        template_expand(text, &(struct template_values){.seed = 42, .number = i}, out);
        counts[(out[0] - '0') * 8 + out[2] - '0']++;
    }
    for (size_t v = 0; v < 64; v++)
        sum += (counts[v] - 1000) * (counts[v] - 1000) / 1000;
    assert_true(sum > 34.5 && sum < 103.5);
}

static void the_same_seed_repeats_and_another_differs(void **state) {
    (void)state;
    const char *text = "{uuid} {random:1-1000000} {uuid}";
    char first[TEMPLATE_URL_BYTES], again[TEMPLATE_URL_BYTES], other[TEMPLATE_URL_BYTES];
    for (int64_t i = 0; i < 100; i++) {
        template_expand(text, &(struct template_values){.seed = 7, .number = i}, first);
        template_expand(text, &(struct template_values){.seed = 7, .number = i}, again);
        template_expand(text, &(struct template_values){.seed = 8, .number = i}, other);
        assert_string_equal(first, again);
        assert_string_not_equal(first, other);
    }
}

static void check_uuid(const char *text) {
    assert_int_equal(strlen(text), 36);
    for (size_t i = 0; i < 36; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23)
            assert_int_equal(text[i], '-');
        else
            assert_non_null(strchr("0123456789abcdef", text[i]));
    }
    assert_int_equal(text[14], '4');
    assert_non_null(strchr("89ab", text[19]));
}

static void a_uuid_has_the_form_of_version_4(void **state) {
    (void)state;
    char out[TEMPLATE_URL_BYTES];
    for (int64_t i = 0; i < 1000; i++) {
        template_expand("{uuid}", &(struct template_values){.seed = 1, .number = i}, out);
        check_uuid(out);
    }
}

static int compare_texts(const void *a, const void *b) {
    return memcmp(a, b, 37);
}

static void uuids_do_not_repeat(void **state) {
    (void)state;
    enum { COUNT = 100000 };
    char(*all)[37] = calloc(COUNT, sizeof *all), out[TEMPLATE_URL_BYTES];
    assert_non_null(all);
    for (int64_t i = 0; i < COUNT / 2; i++) {
        template_expand("{uuid}{uuid}", &(struct template_values){.seed = 1, .number = i}, out);
        memcpy(all[2 * i], out, 36);
        memcpy(all[2 * i + 1], out + 36, 36);
    }
    qsort(all, COUNT, sizeof *all, compare_texts);
    for (size_t i = 1; i < COUNT; i++)
        assert_string_not_equal(all[i - 1], all[i]);
    free(all);
}

static void the_two_other_choices_differ_where_there_are_two_values(void **state) {
    (void)state;
    char one[TEMPLATE_URL_BYTES], other[TEMPLATE_URL_BYTES];
    static const char *const texts[] = {"{i}", "{uuid}", "{random:3-4}", "{random:3-3}", "x"};
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        template_expand(texts[t], &(struct template_values){.choice = TEMPLATE_ONE}, one);
        template_expand(texts[t], &(struct template_values){.choice = TEMPLATE_OTHER}, other);
        assert_int_equal(strcmp(one, other) != 0, t < 3);
    }
}

/* A text of pieces, good and bad ones, chosen at random; never longer than `size`. */
static void make_text(char *text, size_t size, uint64_t index) {
    static const char *const pieces[] = {
        "{i}",         "{uuid}", "{random:", "1",      "-",
        "99999",       "}",      "{",        "{line}", "/",
        "key=",        "%7B",    "\xFF",     "{}",     "18446744073709551616",
        "{random:1-9}"};
    size_t length = 0;
    for (uint64_t n = 0; n < 12; n++) {
        const char *piece = pieces[random_bits(3, index, n) % (sizeof pieces / sizeof pieces[0])];
        length += (size_t)snprintf(text + length, size - length, "%s", piece);
    }
}

static void whatever_is_taken_keeps_its_bound_and_leaves_no_place(void **state) {
    (void)state;
    size_t taken = 0;
    for (uint64_t i = 0; i < 200000; i++) {
        char text[400];
        struct template_facts facts;
        make_text(text, sizeof text, i);
        if (template_read(text, &facts, NULL))
            continue;
        taken++;
        char *out = malloc(facts.most_bytes + facts.lines * 3 + 1); /* exactly, for AddressSanitizer */
        assert_non_null(out);
        struct template_values values = {.seed = i, .number = (int64_t)i, .line = "abc", .line_bytes = 3};
        size_t length = template_expand(text, &values, out);
        assert_int_equal(length, strlen(out));
        assert_true(length <= facts.most_bytes + facts.lines * 3);
        assert_null(strchr(out, '{'));
        free(out);
    }
    assert_true(taken > 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_without_places_stays_as_it_is),
        cmocka_unit_test(a_place_becomes_the_request_number),
        cmocka_unit_test(places_may_stand_anywhere_and_repeat),
        cmocka_unit_test(a_lone_closing_brace_is_a_character),
        cmocka_unit_test(a_line_is_put_in_as_it_is),
        cmocka_unit_test(what_a_text_consists_of_is_told),
        cmocka_unit_test(a_brace_that_is_never_closed_is_refused),
        cmocka_unit_test(an_unknown_place_is_named),
        cmocka_unit_test(a_random_place_needs_two_whole_numbers_in_order),
        cmocka_unit_test(random_numbers_are_in_their_range_and_reach_its_ends),
        cmocka_unit_test(random_numbers_are_uniform),
        cmocka_unit_test(places_of_one_text_are_independent),
        cmocka_unit_test(the_same_seed_repeats_and_another_differs),
        cmocka_unit_test(a_uuid_has_the_form_of_version_4),
        cmocka_unit_test(uuids_do_not_repeat),
        cmocka_unit_test(the_two_other_choices_differ_where_there_are_two_values),
        cmocka_unit_test(whatever_is_taken_keeps_its_bound_and_leaves_no_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
