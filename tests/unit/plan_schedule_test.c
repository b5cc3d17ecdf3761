/* What the options say together of when requests are sent and when a run is over. */
#include "plan/schedule.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/loadkind.h"

#define MS INT64_C(1000000)
#define S (1000 * MS)

static int finish(struct plan *plan, struct err *err) {
    plan->url = "http://host/";
    return plan_finish(plan, err);
}

static struct plan finished(struct plan plan) {
    struct err err = {0};
    if (finish(&plan, &err))
        fail_msg("%s", err.text);
    return plan;
}

static void check_refused(struct plan plan, const char *one, const char *other) {
    struct err err = {0};
    assert_int_equal(finish(&plan, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    if (!strstr(err.text, one) || !strstr(err.text, other))
        fail_msg("\"%s\" does not name %s and %s", err.text, one, other);
    assert_null(strchr(err.text, '\n'));
    plan_fini(&plan);
}

static void what_contradicts_itself_is_refused_by_name(void **state) {
    (void)state;
    static const struct {
        struct plan plan;
        const char *one, *other;
    } rows[] = {
        {{.requests = 5, .duration_ns = S}, "-n and -d", "--deadline"},
        {{.deadline_ns = S, .duration_ns = S}, "--deadline", "-n"},
        {{.deadline_ns = S, .ramp = "1:2:3s"}, "--deadline", "-n"},
        {{.grace_ns = S}, "--grace", "-d"},
        {{.requests = 5, .ramp = "1:2:3s", .grace_ns = S}, "--grace", "--deadline"},
        {{.arrivals = "poisson"}, "--arrivals", "--rate"},
        {{.rate_per_s = 1, .ramp = "1:2:3s"}, "--rate", "--ramp"},
        {{.rate_per_s = 1, .stages = "1:3s"}, "--rate", "--stages"},
        {{.stages = "1:3s", .ramp = "1:2:3s"}, "--stages", "--ramp"},
        {{.stages = "1:3s", .duration_ns = S}, "--stages", "-d"},
        {{.stages = "1:3s", .requests = 5}, "--stages", "-n"},
        {{.rate_per_s = 1, .think_ns = S}, "--think-time", "rate"},
        {{.spin = true}, "--spin", "--rate"},
        {{.rate_per_s = 1, .ceiling = true}, "--ceiling", "rate"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_refused(rows[i].plan, rows[i].one, rows[i].other);
}

static void what_is_no_ramp_and_no_stage_is_refused(void **state) {
    (void)state;
    static const char *const ramps[] = {"", "5", "1:2", "1:2:", ":2:3s", "1:2:3s:4", "1:-2:3s", "a:2:3s"};
    static const char *const stages[] = {"",           "5",       "1:2:3s,", ",1:2s",
                                         "1:2s,,1:2s", "1:2:3:4", "1;2s",    "1:40d"};
    check_refused((struct plan){.ramp = "1:2:0s"}, "--ramp", "the time of \"1:2:0s\" must be from 1ms");
    check_refused((struct plan){.stages = "1:1s,2:0"}, "--stages", "the time of \"2:0\" must be from 1ms");
    for (size_t i = 0; i < sizeof ramps / sizeof ramps[0]; i++)
        check_refused((struct plan){.ramp = ramps[i]}, "--ramp takes FROM:TO:TIME", ramps[i]);
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++)
        check_refused((struct plan){.stages = stages[i]}, "--stages takes", "RATE:TIME");
}

static void a_rate_alone_sends_a_hundred(void **state) {
    (void)state;
    struct plan plan = finished((struct plan){.rate_per_s = 50});
    assert_int_equal(plan.requests, 100);
    assert_int_equal(plan.duration_ns, 0);
    assert_int_equal(plan.load.stage_count, 1);
    assert_int_equal(loadkind_of(&plan), LOAD_OPEN);
    assert_false(schedule_ends_by_time(&plan));
    plan_fini(&plan);
}

static void a_rate_with_a_duration_sends_what_is_due_in_it(void **state) {
    (void)state;
    struct plan plan = finished((struct plan){.rate_per_s = 50, .duration_ns = 3 * S});
    assert_int_equal(plan.requests, 150);
    assert_int_equal(loadkind_of(&plan), LOAD_OPEN);
    plan_fini(&plan);
    plan = finished((struct plan){.rate_per_s = .1, .duration_ns = S});
    assert_int_equal(plan.requests, 1);
    plan_fini(&plan);
}

static void a_duration_alone_counts_nothing_beforehand(void **state) {
    (void)state;
    struct plan plan = finished((struct plan){.duration_ns = 3 * S});
    assert_int_equal(loadkind_of(&plan), LOAD_TIMED);
    assert_true(schedule_ends_by_time(&plan));
    assert_int_equal(plan.concurrency, 100);
    assert_false(load_is_open(&plan.load));
    plan_fini(&plan);
}

static void a_ramp_ends_the_run_unless_something_else_does(void **state) {
    (void)state;
    struct plan plan = finished((struct plan){.ramp = "0:100:10s"});
    assert_int_equal(plan.duration_ns, 10 * S);
    assert_int_equal(plan.requests, 500);
    plan_fini(&plan);
    plan = finished((struct plan){.ramp = "0:100:10s", .duration_ns = 15 * S});
    assert_int_equal(plan.requests, 1000);
    plan_fini(&plan);
    plan = finished((struct plan){.ramp = "0:100:10s", .duration_ns = 5 * S});
    assert_int_equal(plan.requests, 125);
    plan_fini(&plan);
    plan = finished((struct plan){.ramp = "0:100:10s", .requests = 600});
    assert_int_equal(plan.requests, 600);
    assert_int_equal(plan.duration_ns, 0);
    struct load_cursor cursor = {0};
    assert_int_equal(load_due_ns(&plan.load, &cursor, 599), 10990 * MS);
    plan_fini(&plan);
}

static void stages_follow_each_other_and_may_pause(void **state) {
    (void)state;
    struct plan plan = finished((struct plan){.stages = "100:2s,0:3s,1k:100:500ms,0.5:4s"});
    assert_int_equal(plan.load.stage_count, 4);
    assert_int_equal(plan.duration_ns, 9500 * MS);
    assert_int_equal(plan.requests, 200 + 275 + 2);
    struct load_cursor cursor = {0};
    assert_int_equal(load_due_ns(&plan.load, &cursor, 199), 1990 * MS);
    assert_int_equal(load_due_ns(&plan.load, &cursor, 200), 5 * S);
    plan_fini(&plan);
}

static void there_may_be_as_many_stages_as_there_is_room_for(void **state) {
    (void)state;
    char text[6 * (LOAD_STAGES + 1) + 1] = "";
    for (int i = 0; i < LOAD_STAGES; i++)
        strcat(text, i ? ",1:1s" : "1:1s");
    struct plan plan = finished((struct plan){.stages = text});
    assert_int_equal(plan.requests, LOAD_STAGES);
    plan_fini(&plan);
    strcat(text, ",1:1s");
    check_refused((struct plan){.stages = text}, "--stages", "64");
}

static void poisson_needs_a_rate_and_has_a_seed(void **state) {
    (void)state;
    struct plan plan =
        finished((struct plan){.rate_per_s = 1000, .duration_ns = 10 * S, .arrivals = "poisson", .seed = 4});
    assert_true(plan.load.poisson);
    assert_int_equal(plan.load.seed, 4);
    assert_in_range(plan.requests, 9500, 10500); /* five deviations */
    plan_fini(&plan);
}

static void what_no_machine_carries_out_is_refused(void **state) {
    (void)state;
    check_refused((struct plan){.rate_per_s = 1e8}, "--rate", "1e+07");
    check_refused((struct plan){.ramp = "0:1G:3s"}, "--ramp", "1e+07");
    check_refused((struct plan){.rate_per_s = 1e7, .duration_ns = 30 * 86400 * S}, "--rate", "2.59e+13");
    check_refused((struct plan){.rate_per_s = 1e5, .duration_ns = 3600 * S, .arrivals = "poisson"}, "random",
                  "3.6e+08");
    check_refused((struct plan){.rate_per_s = 10, .requests = 200000000, .arrivals = "poisson"}, "poisson",
                  "200000000");
    check_refused((struct plan){.rate_per_s = .001, .requests = 1000000}, "--rate", "31 days");
    check_refused((struct plan){.rate_per_s = 1e-300, .requests = 2}, "--rate", "31 days");
    check_refused((struct plan){.stages = "1:20h,1:30h,1:700h"}, "--stages", "31 days");
    check_refused((struct plan){.stages = "0:1s"}, "--stages", "no request");
    check_refused((struct plan){.ramp = "1:0:1s", .requests = 50}, "--ramp", "31 days");
}

static void the_time_limit_of_a_run_lies_beyond_what_it_takes(void **state) {
    (void)state;
    static const struct {
        struct plan plan;
        int64_t limit_s;
    } rows[] = {
        {{.requests = 5}, 600},
        {{.duration_ns = 700 * S}, 1300},
        {{.duration_ns = 700 * S, .grace_ns = 5 * S, .warmup_ns = 10 * S}, 1315},
        {{.rate_per_s = 1, .requests = 5, .warmup_requests = 1001}, 1604},
        {{.stages = "1:20m"}, 1800},
        {{.deadline_ns = 700 * S}, 1300},
        {{.rate_per_s = 1, .requests = 1001}, 1600},
        {{.requests = 5, .run_timeout_ns = 7 * S}, 7},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plan plan = finished(rows[i].plan);
        assert_int_equal(plan.run_timeout_ns, rows[i].limit_s * S);
        plan_fini(&plan);
    }
}

static void a_time_limit_that_would_kill_every_run_is_refused(void **state) {
    (void)state;
    check_refused((struct plan){.duration_ns = 10 * S, .run_timeout_ns = 10 * S}, "--run-timeout 10.0s",
                  "takes 10.0s");
    check_refused((struct plan){.duration_ns = 9 * S, .warmup_ns = S, .run_timeout_ns = 10 * S},
                  "--run-timeout", "warm-up");
    check_refused(
        (struct plan){.rate_per_s = 1, .requests = 5, .warmup_requests = 100, .run_timeout_ns = 10 * S},
        "--run-timeout", "warm-up");
    check_refused((struct plan){.rate_per_s = .1, .requests = 5, .warmup_requests = 10000000}, "--warmup",
                  "31 days");
    check_refused((struct plan){.rate_per_s = 1, .requests = 100, .run_timeout_ns = 10 * S}, "--run-timeout",
                  "takes 99.0s");
    struct plan plan = finished((struct plan){.deadline_ns = 20 * S, .run_timeout_ns = 10 * S});
    plan_fini(&plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_contradicts_itself_is_refused_by_name),
        cmocka_unit_test(what_is_no_ramp_and_no_stage_is_refused),
        cmocka_unit_test(a_rate_alone_sends_a_hundred),
        cmocka_unit_test(a_rate_with_a_duration_sends_what_is_due_in_it),
        cmocka_unit_test(a_duration_alone_counts_nothing_beforehand),
        cmocka_unit_test(a_ramp_ends_the_run_unless_something_else_does),
        cmocka_unit_test(stages_follow_each_other_and_may_pause),
        cmocka_unit_test(there_may_be_as_many_stages_as_there_is_room_for),
        cmocka_unit_test(poisson_needs_a_rate_and_has_a_seed),
        cmocka_unit_test(what_no_machine_carries_out_is_refused),
        cmocka_unit_test(the_time_limit_of_a_run_lies_beyond_what_it_takes),
        cmocka_unit_test(a_time_limit_that_would_kill_every_run_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
