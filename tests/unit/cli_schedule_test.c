/* How many rounds a budget of time allows, and what is said of the time. */
#include "cli/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

static void rounds_that_fit_the_budget_are_all_made(void **state) {
    (void)state;
    assert_int_equal(schedule_fit(20, 6, 6, 6 * SECOND, 120 * SECOND), 20);
    assert_int_equal(schedule_fit(20, 6, 6, 6 * SECOND, 20 * SECOND), 20);
    assert_int_equal(schedule_fit(20, 6, 6, 0, 120 * SECOND), 20);
}

static void a_small_budget_cuts_the_rounds_but_never_below_the_least(void **state) {
    (void)state;
    assert_int_equal(schedule_fit(60, 6, 6, 6 * SECOND, 10 * SECOND), 10);
    assert_int_equal(schedule_fit(60, 6, 6, 6 * SECOND, 2 * SECOND), 6);
    assert_int_equal(schedule_fit(60, 7, 7, 700 * SECOND, 120 * SECOND), 7);
    assert_int_equal(schedule_fit(7, 7, 7, 1, 1), 7);
}

static void start(struct schedule *s, struct plan *plan, size_t entries, int64_t rounds, struct buf *out) {
    static const char *const labels[] = {"async", "b", "c", "d"};
    assert_true(entries <= sizeof labels / sizeof labels[0]);
    *plan = (struct plan){.entry_count = entries, .rounds = rounds};
    for (size_t i = 0; i < entries; i++)
        plan->entries[i].label = labels[i];
    buf_init(out, 4096);
    schedule_begin(s, plan, out);
}

static void nothing_is_said_of_one_round(void **state) {
    (void)state;
    static struct plan plan;
    struct schedule s;
    struct buf out;
    start(&s, &plan, 3, 1, &out);
    assert_int_equal(out.length, 0);
    assert_int_equal(schedule_go_on(&s, 1, NULL, &out), 1);
    assert_int_equal(out.length, 0);
    buf_fini(&out);
}

static void rounds_and_runs_are_said_at_the_start_and_their_time_after_the_first(void **state) {
    (void)state;
    static struct plan plan;
    struct schedule s;
    struct buf out;
    start(&s, &plan, 2, 8, &out);
    assert_string_equal(buf_text(&out), "8 rounds of 3 runs (async twice)\n");
    buf_clear(&out);
    s.begun_ns -= 10 * SECOND;
    assert_int_equal(schedule_go_on(&s, 1, NULL, &out), 8);
    assert_string_equal(buf_text(&out), "about 80.0s in all\n");
    buf_clear(&out);
    assert_int_equal(schedule_go_on(&s, 2, NULL, &out), 8);
    assert_int_equal(out.length, 0);
    buf_fini(&out);
}

static void the_time_of_runs_for_a_given_time_is_said_at_the_start(void **state) {
    (void)state;
    static struct plan plan;
    struct schedule s;
    struct buf out;
    start(&s, &plan, 2, 8, &out);
    plan.duration_ns = 10 * SECOND;
    plan.warmup_ns = SECOND;
    buf_clear(&out);
    schedule_begin(&s, &plan, &out);
    assert_string_equal(buf_text(&out), "8 rounds of 3 runs (async twice), about 4m24s\n");
    plan.rounds_auto = true;
    plan.budget_ns = 120 * SECOND;
    buf_clear(&out);
    schedule_begin(&s, &plan, &out);
    assert_string_equal(buf_text(&out),
                        "at least 8 rounds of 3 runs (async twice), about 4m24s, which is more than "
                        "the 2m00s of --budget\n");
    buf_fini(&out);
}

/* Times of failures differ widely, which would ask for the most rounds there can be. */
static void no_more_rounds_are_made_where_no_request_succeeded(void **state) {
    (void)state;
    static struct plan plan;
    struct schedule s;
    struct buf out;
    struct report *r = report_open();
    start(&s, &plan, 1, 6, &out);
    plan.rounds_auto = true;
    plan.budget_ns = 120 * SECOND;
    buf_clear(&out);
    for (int64_t round = 1; round <= 6; round++) {
        struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
        *run = (struct report_run){.label = "async", .round = round, .point = -1, .wall_s = (double)round};
        run->requests.failed = 5;
        run->exit.reason = "finished";
    }
    assert_int_equal(schedule_go_on(&s, 6, r, &out), 6);
    assert_string_equal(buf_text(&out), "no request succeeded, so no more rounds are made\n");
    report_close(r);
    buf_fini(&out);
}

/* Rounds of auto whose wall times scatter so much that the most there can be are wanted. */
static void decide_within(int64_t budget_ns, const char *first, const char *wanted) {
    static struct plan plan;
    struct schedule s;
    struct buf out;
    struct report *r = report_open();
    start(&s, &plan, 1, 6, &out);
    plan.rounds_auto = true;
    plan.budget_ns = budget_ns;
    buf_clear(&out);
    s.begun_ns -= 6 * SECOND;
    for (int64_t round = 1; round <= 6; round++) {
        struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
        *run = (struct report_run){
            .label = "async", .round = round, .point = -1, .wall_s = (double)(round % 2 ? 1 : 9)};
        run->requests.completed = 5;
        run->exit.reason = "finished";
    }
    *(struct report_plan_strategy *)report_list_add(r, &r->plan.strategies,
                                                    sizeof(struct report_plan_strategy)) =
        (struct report_plan_strategy){.label = "async"};
    if (schedule_go_on(&s, 1, r, &out) != 6 || strcmp(buf_text(&out), first) != 0)
        fail_msg("%s", buf_text(&out));
    buf_clear(&out);
    schedule_go_on(&s, 6, r, &out);
    assert_string_equal(buf_text(&out), wanted);
    report_close(r);
    buf_fini(&out);
}

static void pauses_between_runs_of_a_given_time_are_in_the_estimate(void **state) {
    (void)state;
    static struct plan plan;
    struct schedule s;
    struct buf out;
    start(&s, &plan, 2, 6, &out);
    plan.rounds_auto = true;
    plan.budget_ns = 20 * SECOND;
    plan.duration_ns = SECOND;
    buf_clear(&out);
    s.begun_ns -= 7 * SECOND; /* three runs and two pauses of two seconds */
    assert_int_equal(schedule_go_on(&s, 1, NULL, &out), 6);
    assert_string_equal(
        buf_text(&out),
        "about 54.0s for the first 6 rounds, which is more than the 20.0s of --budget (before each "
        "run, the target ends what the one before had begun)\n");
    buf_fini(&out);
}

static void what_a_budget_allows_is_said_in_words(void **state) {
    (void)state;
    decide_within(
        2 * SECOND, "about 36.0s for the first 6 rounds, which is more than the 2.00s of --budget\n",
        "more rounds would be wanted than the 60 that are made at most, but the 6 made have used up the 2.00s of --budget\n");
    decide_within(
        30 * SECOND, "about 36.0s for the first 6 rounds, which is more than the 30.0s of --budget\n",
        "more rounds would be wanted than the 60 that are made at most, but the 30.0s of --budget allow 29: about 29.0s in all\n");
    decide_within(120 * SECOND, "about 36.0s for the first 6 rounds\n",
                  "more rounds would be wanted than the 60 that are made at most, about 60.0s in all\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_that_fit_the_budget_are_all_made),
        cmocka_unit_test(a_small_budget_cuts_the_rounds_but_never_below_the_least),
        cmocka_unit_test(nothing_is_said_of_one_round),
        cmocka_unit_test(rounds_and_runs_are_said_at_the_start_and_their_time_after_the_first),
        cmocka_unit_test(the_time_of_runs_for_a_given_time_is_said_at_the_start),
        cmocka_unit_test(pauses_between_runs_of_a_given_time_are_in_the_estimate),
        cmocka_unit_test(what_a_budget_allows_is_said_in_words),
        cmocka_unit_test(no_more_rounds_are_made_where_no_request_succeeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
