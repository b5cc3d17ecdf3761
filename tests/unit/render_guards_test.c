/* The sentences of broken thresholds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
           "p99 of async is 231ms, over 200ms\n");
    expect((struct report_threshold){.expression = "p99>=200ms",
                                     .label = "a",
                                     .rounds = 7,
                                     .value = .231,
                                     .bound = .2,
                                     .broken = true},
           "p99 of a is 231ms (median of 7 rounds), not under 200ms\n");
    expect((struct report_threshold){.expression = "error_rate>1%",
                                     .label = "a",
                                     .rounds = 3,
                                     .value = .0234,
                                     .bound = .01,
                                     .broken = true},
           "error_rate of a is 2.34% (in 3 rounds), over 1%\n");
    expect((struct report_threshold){.expression = "requests_per_s<500",
                                     .label = "a",
                                     .rounds = 1,
                                     .value = 412.5,
                                     .bound = 500,
                                     .broken = true},
           "requests_per_s of a is 412.5, under 500\n");
    expect((struct report_threshold){.expression = "cpu_us_per_request>50us",
                                     .label = "a",
                                     .rounds = 1,
                                     .value = 85.25,
                                     .bound = 50,
                                     .broken = true},
           "cpu_us_per_request of a is 85.25, over 50\n");
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
    assert_string_equal(buf_text(&out), "wall of a (20 at once) is 2.00s, over 1.00s\n");
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
           "p99 of a is 0.2000001s, over 0.2s\n");
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_threshold_is_one_sentence),
        cmocka_unit_test(a_point_of_a_sweep_is_named),
        cmocka_unit_test(figures_that_round_to_the_bound_keep_their_digits),
        cmocka_unit_test(what_cannot_be_judged_says_why),
        cmocka_unit_test(what_holds_or_is_nonsense_is_not_said),
    };
    return cmocka_run_group_tests_name("render/guards", tests, NULL, NULL);
}
