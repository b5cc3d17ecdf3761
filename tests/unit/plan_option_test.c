/* One row, one value: what each kind of option takes and how it refuses. */
#include "plan/option.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct values {
    int64_t count, duration_ns;
    double share;
    const char *text, *choice;
    struct option_list list;
    bool flag;
};

static const struct option rows[] = {
    {.name = "flag", .kind = OPTION_FLAG, .offset = offsetof(struct values, flag)},
    {.name = "count",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct values, count),
     .least = 1,
     .most = 20000},
    {.name = "many", .kind = OPTION_COUNT, .offset = offsetof(struct values, count), .least = 0},
    {.name = "duration",
     .kind = OPTION_DURATION,
     .offset = offsetof(struct values, duration_ns),
     .least = 1000000,
     .most = 60000000000},
    {.name = "share", .kind = OPTION_SHARE, .offset = offsetof(struct values, share)},
    {.name = "text", .kind = OPTION_TEXT, .offset = offsetof(struct values, text)},
    {.name = "choice",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct values, choice),
     .choices = "text|json",
     .likened = "page=text|data=json"},
    {.name = "list", .kind = OPTION_LIST, .offset = offsetof(struct values, list)},
    {0},
};

static void store(const char *name, const char *text, struct values *v) {
    struct err err = {0};
    assert_int_equal(option_store(option_find(rows, name), name, text, v, &err), 0);
}

static void check_refused(const char *name, const char *text, const char *words) {
    struct values v = {.count = -7, .duration_ns = -7, .share = -7};
    struct err err = {0};
    assert_int_equal(option_store(option_find(rows, name), "--shown", text, &v, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_ptr_equal(strstr(err.text, "--shown"), err.text);
    assert_non_null(strstr(err.text, words));
    assert_true(v.count == -7 && v.duration_ns == -7 && v.share < -6 && !v.choice);
}

static void a_row_is_found_by_its_whole_name(void **state) {
    (void)state;
    assert_ptr_equal(option_find(rows, "count"), &rows[1]);
    assert_null(option_find(rows, "coun"));
    assert_null(option_find(rows, "counts"));
    assert_null(option_find(rows, ""));
    assert_null(option_find(NULL, "count"));
}

static void every_kind_goes_where_its_row_says(void **state) {
    (void)state;
    struct values v = {0};
    store("flag", NULL, &v);
    store("count", "10k", &v);
    store("duration", "250ms", &v);
    store("share", "5%", &v);
    store("text", "", &v);
    store("choice", "json", &v);
    assert_true(v.flag);
    assert_int_equal(v.count, 10000);
    assert_int_equal(v.duration_ns, 250000000);
    assert_true(v.share > 0.0499 && v.share < 0.0501);
    assert_string_equal(v.text, "");
    assert_string_equal(v.choice, "json");
}

static void a_repeated_list_keeps_its_items_in_order(void **state) {
    (void)state;
    struct values v = {0};
    store("list", "one", &v);
    store("list", "two", &v);
    store("list", "one", &v);
    assert_int_equal(v.list.count, 3);
    assert_string_equal(v.list.items[0], "one");
    assert_string_equal(v.list.items[1], "two");
    assert_string_equal(v.list.items[2], "one");
    free(v.list.items);
}

static void bounds_are_allowed_and_what_lies_beyond_is_refused(void **state) {
    (void)state;
    struct values v = {0};
    store("count", "1", &v);
    store("count", "20000", &v);
    store("duration", "1ms", &v);
    store("duration", "1m", &v);
    check_refused("count", "0", "at least 1");
    check_refused("count", "20001", "at most 20000");
    check_refused("duration", "999us", "at least 1.00ms");
    check_refused("duration", "61s", "at most 60.0s");
}

static void most_of_zero_is_no_bound(void **state) {
    (void)state;
    struct values v = {0};
    store("many", "1G", &v);
    assert_int_equal(v.count, 1000000000);
}

static void what_is_no_number_is_quoted(void **state) {
    (void)state;
    check_refused("count", "ten", "\"ten\"");
    check_refused("count", "", "\"\"");
    check_refused("count", "-5", "\"-5\"");
    check_refused("count", "1.5", "\"1.5\"");
    check_refused("duration", "soon", "\"soon\"");
    check_refused("share", "half", "\"half\"");
    check_refused("share", "150%", "\"150%\"");
}

static void a_mistyped_choice_gets_the_nearest_right_one(void **state) {
    (void)state;
    check_refused("choice", "jsno", "did you mean json?");
    check_refused("choice", "data", "did you mean json?");
    check_refused("choice", "page", "did you mean text?");
    check_refused("choice", "pdf", "text|json");
    check_refused("choice", "", "text|json");
}

static void a_long_value_is_cut_in_the_message(void **state) {
    (void)state;
    char text[4000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    check_refused("count", text, "xxx\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_found_by_its_whole_name),
        cmocka_unit_test(every_kind_goes_where_its_row_says),
        cmocka_unit_test(a_repeated_list_keeps_its_items_in_order),
        cmocka_unit_test(bounds_are_allowed_and_what_lies_beyond_is_refused),
        cmocka_unit_test(most_of_zero_is_no_bound),
        cmocka_unit_test(what_is_no_number_is_quoted),
        cmocka_unit_test(a_mistyped_choice_gets_the_nearest_right_one),
        cmocka_unit_test(a_long_value_is_cut_in_the_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
