/* The comparison in a few words. */
#include "render/provisional.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct report *report_with(const char *metric, double first, double second) {
    struct report *r = report_open();
    const struct {
        const char *label;
        double ratio;
        bool primary;
    } all[] = {{"threads", first, true}, {"threads", 0.001, false}, {"async", second, true}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct report_comparison *c = report_list_add(r, &r->comparisons, sizeof *c);
        *c = (struct report_comparison){.metric = metric,
                                        .primary = all[i].primary,
                                        .baseline = "sequential",
                                        .label = all[i].label,
                                        .point = -1,
                                        .rounds = 2,
                                        .ratio = all[i].ratio};
    }
    return r;
}

static void check(const char *metric, double first, double second, const char *expected) {
    struct arena a = {0};
    struct report *r = report_with(metric, first, second);
    const char *text = provisional_text(&a, r, false);
    if (expected)
        assert_string_equal(text, expected);
    else
        assert_null(text);
    report_close(r);
    arena_fini(&a);
}

static void the_one_farthest_ahead_is_named(void **state) {
    (void)state;
    check("wall_s", 0.5, 0.25, "provisional: async 4.00x sequential");
    check("time_per_request_s", 0.5, 0.25, "provisional: async 4.00x sequential");
}

static void all_but_times_are_what_is_taken(void **state) {
    (void)state;
    check("latency_p99_s", 1.25, 2, "provisional: threads 1.25x p99 of sequential");
    check("latency_p50_s", 1.25, 0.5, "provisional: async 0.50x p50 of sequential");
    check("cpu_us_per_request", 0.5, 0.25, "provisional: async 0.25x CPU of sequential");
    check("memory_bytes", 3, 2, "provisional: async 2.00x memory of sequential");
}

static void one_round_is_no_comparison(void **state) {
    (void)state;
    struct arena a = {0};
    struct report *r = report_with("wall_s", 0.5, 0.25);
    struct report_comparison *rows = r->comparisons.items;
    for (size_t i = 0; i < r->comparisons.count; i++)
        rows[i].rounds = 1;
    assert_null(provisional_text(&a, r, false));
    report_close(r);
    arena_fini(&a);
}

static void nothing_is_said_where_nothing_is_known(void **state) {
    (void)state;
    struct arena a = {0};
    struct report *empty = report_open();
    assert_null(provisional_text(&a, empty, true));
    report_close(empty);
    check("wall_s", NAN, NAN, NULL);
    check("wall_s", NAN, 0.5, "provisional: async 2.00x sequential");
    arena_fini(&a);
}

static void a_sweep_shows_the_point_run_last(void **state) {
    (void)state;
    struct arena a = {0};
    struct report *r = report_with("wall_s", 0.5, 0.25);
    ((struct report_comparison *)r->comparisons.items)[2].point = 1;
    ((struct report_comparison *)r->comparisons.items)[0].point = 0;
    struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
    *run = (struct report_run){.label = "async", .point = 0};
    for (int64_t i = 0; i < 2; i++) {
        struct report_plan_point *point = report_list_add(r, &r->plan.sweep, sizeof *point);
        *point = (struct report_plan_point){.concurrency = i + 1, .number = NAN};
    }
    assert_string_equal(provisional_text(&a, r, false), "provisional: threads 2.00x sequential (1 at once)");
    report_close(r);
    arena_fini(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_one_farthest_ahead_is_named),
        cmocka_unit_test(all_but_times_are_what_is_taken),
        cmocka_unit_test(one_round_is_no_comparison),
        cmocka_unit_test(nothing_is_said_where_nothing_is_known),
        cmocka_unit_test(a_sweep_shows_the_point_run_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
