/* The sentences of broken thresholds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "render/forms.h"
#include "render/guards.h"

static void expect(struct report_threshold row, const char *wanted) {
    struct report *r = report_open();
    struct report_threshold *added = report_list_add(r, &r->thresholds, sizeof *added);
    *added = row;
    added->point = -1;
    struct buf out;
    buf_init(&out, 10000);
    guards_append(&out, r, true);
    assert_string_equal(buf_text(&out), wanted);
    buf_fini(&out);
    report_close(r);
}

static void a_broken_threshold_is_one_sentence(void **state) {
    (void)state;
    expect((struct report_threshold){.expression = "p99>200ms",
                                     .label = "async",
                                     .rounds = 1,
                                     .value = .231,
                                     .bound = .2,
                                     .broken = true},
           "p99 of async is 231ms, which breaks p99>200ms\n");
    expect((struct report_threshold){.expression = "p99>=200ms",
                                     .label = "a",
                                     .rounds = 7,
                                     .value = .231,
                                     .bound = .2,
                                     .broken = true},
           "p99 of a is 231ms (median of 7 rounds), which breaks p99>=200ms\n");
    expect((struct report_threshold){.expression = "error_rate>1%",
                                     .label = "a",
                                     .rounds = 3,
                                     .value = .0234,
                                     .bound = .01,
                                     .broken = true},
           "error_rate of a is 2.34% (in 3 rounds), which breaks error_rate>1%\n");
    expect((struct report_threshold){.expression = "requests_per_s<500",
                                     .label = "a",
                                     .rounds = 1,
                                     .value = 412.5,
                                     .bound = 500,
                                     .broken = true},
           "requests_per_s of a is 412.5, which breaks requests_per_s<500\n");
    expect((struct report_threshold){.expression = "cpu_us_per_request>50us",
                                     .label = "a",
                                     .rounds = 1,
                                     .value = 85.25,
                                     .bound = 50,
                                     .broken = true},
           "cpu_us_per_request of a is 85.25, which breaks cpu_us_per_request>50us\n");
}

static void a_point_of_a_sweep_is_named(void **state) {
    (void)state;
    struct report *r = report_open();
    for (int64_t i = 0; i < 2; i++) {
        struct report_plan_point *point = report_list_add(r, &r->plan.sweep, sizeof *point);
        *point = (struct report_plan_point){.concurrency = 10 * (i + 1), .number = NAN};
    }
    struct report_threshold *row = report_list_add(r, &r->thresholds, sizeof *row);
    *row = (struct report_threshold){.expression = "wall>1s",
                                     .label = "a",
                                     .point = 1,
                                     .rounds = 1,
                                     .value = 2,
                                     .bound = 1,
                                     .broken = true};
    struct buf out;
    buf_init(&out, 10000);
    guards_append(&out, r, true);
    assert_string_equal(buf_text(&out), "wall of a (20 at once) is 2.00s, which breaks wall>1s\n");
    buf_fini(&out);
    report_close(r);
}

static void figures_that_round_to_the_bound_keep_their_digits(void **state) {
    (void)state;
    expect((struct report_threshold){.expression = "p99>200ms",
                                     .label = "a",
                                     .rounds = 1,
                                     .value = .2000001,
                                     .bound = .2,
                                     .broken = true},
           "p99 of a is 0.2000001s, which breaks p99>200ms\n");
}

static void what_cannot_be_judged_says_why(void **state) {
    (void)state;
    expect((struct report_threshold){.expression = "p99>1s",
                                     .label = "a",
                                     .rounds = 1,
                                     .value = NAN,
                                     .bound = 1,
                                     .broken = true,
                                     .reason = "it is not known"},
           "p99 of a cannot be judged by p99>1s: it is not known\n");
    expect((struct report_threshold){.expression = "p99>1s",
                                     .label = "a",
                                     .rounds = 1,
                                     .value = .5,
                                     .bound = 1,
                                     .broken = true,
                                     .reason = "some were cut off"},
           "p99 of a cannot be judged by p99>1s: it is at least 500ms, and some were cut off\n");
}

static void what_holds_or_is_nonsense_is_not_said(void **state) {
    (void)state;
    expect(
        (struct report_threshold){.expression = "p99>1s", .label = "a", .rounds = 1, .value = .5, .bound = 1},
        "");
    expect(
        (struct report_threshold){
            .expression = "?", .label = "a", .rounds = 1, .value = .5, .bound = 1, .broken = true},
        "");
}

static void expect_on_page(const struct report_comparison *row, const char *wanted) {
    struct report *r = report_open();
    r->plan.fail_on_regression = .05;
    struct report_comparison *c = report_list_add(r, &r->comparisons, sizeof *c);
    *c = *row;
    if (row->verdict && strcmp(row->verdict, "not_comparable") == 0)
        *(const char **)report_list_add(r, &c->reasons, sizeof(char *)) = "answers are unequal";
    struct buf out;
    buf_init(&out, 100000);
    const struct render_style style = {.utf8 = true};
    struct arena arena = {0};
    const struct notes n = {
        .form = &form_text, .arena = &arena, .report = r, .style = &style, .width = 200, .out = &out};
    guards_say_failed(&n);
    guards_say_held(&n);
    assert_string_equal(buf_text(&out), wanted);
    arena_fini(&arena);
    buf_fini(&out);
    report_close(r);
}

static void what_the_guard_of_regressions_found_is_on_the_page(void **state) {
    (void)state;
    struct report_comparison c = {.metric = "wall_s",
                                  .primary = true,
                                  .baseline = "a",
                                  .label = "b",
                                  .point = -1,
                                  .verdict = "slower",
                                  .ratio = 1.26,
                                  .ci95 = {1.2, 1.31},
                                  .margin = NAN};
    expect_on_page(&c, "FAILED: wall time of b is 1.26 times that of a (95 % CI 1.20 to 1.31), and 1.05 is "
                       "allowed.\n");
    c.ci95[0] = 1.03;
    expect_on_page(&c, "NO CONCLUSION on a regression of b: its wall time is 1.26 times that of a (95 % CI "
                       "1.03 to 1.31), and 1.05 is allowed, which lies inside.\n");
    c.verdict = "not_comparable";
    expect_on_page(&c, "NO CONCLUSION on a regression of b: answers are unequal.\n");
    c.verdict = "inconclusive";
    c.ci95[0] = .97;
    c.ci95[1] = 1.04;
    expect_on_page(&c, "No regression beyond 5 %.\n");
    c.primary = false;
    expect_on_page(&c, "");
}

static void expect_maximum(int64_t requests, const char *wanted) {
    struct report *r = report_open();
    struct report_threshold *row = report_list_add(r, &r->thresholds, sizeof *row);
    *row = (struct report_threshold){
        .expression = "p99.9>1s", .label = "a", .point = -1, .rounds = 1, .broken = true};
    struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
    *run = (struct report_run){.label = "a", .point = -1, .latency.count = requests};
    struct buf out;
    buf_init(&out, 100000);
    const struct render_style style = {.utf8 = true};
    struct arena arena = {0};
    const struct notes n = {
        .form = &form_text, .arena = &arena, .report = r, .style = &style, .width = 200, .out = &out};
    guards_say_held(&n);
    assert_string_equal(buf_text(&out), wanted);
    arena_fini(&arena);
    buf_fini(&out);
    report_close(r);
}

static void a_percentile_that_is_the_maximum_is_said_to_be(void **state) {
    (void)state;
    expect_maximum(10, "p99.9 of 10 requests is their maximum.\n");
    expect_maximum(999, "p99.9 of 999 requests is their maximum.\n");
    expect_maximum(1000, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_threshold_is_one_sentence),
        cmocka_unit_test(a_point_of_a_sweep_is_named),
        cmocka_unit_test(figures_that_round_to_the_bound_keep_their_digits),
        cmocka_unit_test(what_cannot_be_judged_says_why),
        cmocka_unit_test(what_holds_or_is_nonsense_is_not_said),
        cmocka_unit_test(what_the_guard_of_regressions_found_is_on_the_page),
        cmocka_unit_test(a_percentile_that_is_the_maximum_is_said_to_be),
    };
    return cmocka_run_group_tests_name("render/guards", tests, NULL, NULL);
}
