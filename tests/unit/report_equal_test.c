/* Whether two reports say the same in one field, for every kind of field. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/fields.h"

static struct report *sample_report(void) {
    struct report *r = report_open();
    r->started_at = "2026-01-02T03:04:05.678Z";
    r->seed = 7;
    *(const char **)report_list_add(r, &r->command, sizeof(const char *)) = "fetchbench";
    struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
    shape_clear(&report_run_shape, run);
    run->label = "async";
    run->queue_wait = arena_alloc(&r->arena, sizeof *run->queue_wait);
    shape_clear(&report_distribution_shape, run->queue_wait);
    struct report_count *code = report_list_add(r, &run->status_codes, sizeof *code);
    *code = (struct report_count){"200", 5};
    struct report_error *error = report_list_add(r, &run->errors, sizeof *error);
    *error = (struct report_error){"timeout", 2, NULL};
    return r;
}

static int set_up(void **state) {
    static struct report *two[2];
    two[0] = sample_report();
    two[1] = sample_report();
    *state = two;
    return 0;
}

static int tear_down(void **state) {
    struct report **two = *state;
    report_close(two[0]);
    report_close(two[1]);
    return 0;
}

/* The keys of the report in which the two differ: "" or "|seed|runs". */
static const char *differing(struct report **two) {
    const char *keys = "";
    for (const struct field *f = report_shape.fields; f->key; f++)
        if (!field_is_equal(f, two[0], two[1]))
            keys = arena_printf(&two[0]->arena, "%s|%s", keys, f->key);
    return keys;
}

static struct report_run *run_of(struct report **two) {
    return two[1]->runs.items;
}

static void unknown_is_equal_to_unknown(void **state) {
    assert_string_equal(differing(*state), "");
}

static void a_change_of_any_kind_is_seen_in_its_field(void **state) {
    struct report **two = *state;
    two[1]->seed = 8;
    two[1]->started_at = NULL;
    two[1]->complete = true;
    two[1]->target.co_located = 1;
    *(const char **)two[1]->command.items = "another";
    assert_string_equal(differing(two), "|command|started_at|seed|complete|target");
}

static void what_lies_deep_in_a_run_is_seen(void **state) {
    struct report **two = *state;
    struct report_run *run = run_of(two);
    const struct report_run whole = *run;
    run->wall_s = 1;
    assert_string_equal(differing(two), "|runs");
    *run = whole;
    run->latency.ci95_s.p50[1] = 1;
    assert_string_equal(differing(two), "|runs");
    *run = whole;
    run->queue_wait = NULL;
    assert_string_equal(differing(two), "|runs");
    *run = whole;
    ((struct report_count *)run->status_codes.items)->key = "201";
    assert_string_equal(differing(two), "|runs");
    ((struct report_count *)run->status_codes.items)->key = "200";
    ((struct report_error *)run->errors.items)->error_class = "dns";
    assert_string_equal(differing(two), "|runs");
    ((struct report_error *)run->errors.items)->error_class = "timeout";
    assert_string_equal(differing(two), "");
    run->notes.count = 0;
    run->errors.count = 0;
    assert_string_equal(differing(two), "|runs");
}

#define WITH_TWO(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_TWO(unknown_is_equal_to_unknown),
        WITH_TWO(a_change_of_any_kind_is_seen_in_its_field),
        WITH_TWO(what_lies_deep_in_a_run_is_seen),
    };
    return cmocka_run_group_tests_name("report/equal", tests, NULL, NULL);
}
