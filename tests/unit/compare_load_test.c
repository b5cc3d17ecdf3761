/* What the kind of a load has to do with comparing. */
#include "compare_made.h"

#include "compare/between.h"
#include "compare/compare.h"
#include "compare/metric.h"

static const char *const two[] = {"sequential", "async", NULL};

/* Both labels run for 10 s; async completes twice as many in it. */
static struct report *made_timed(void) {
    struct report *r = made_report(7, two);
    r->plan.requests = -1;
    r->plan.duration_s = 10;
    r->plan.metric = "time_per_request_s";
    made_rounds(r, "sequential", "async", 1, 0.001);
    struct report_run *runs = r->runs.items;
    for (size_t i = 0; i < r->runs.count; i++) {
        runs[i].requests_per_s = MADE_REQUESTS / runs[i].wall_s;
        if (strcmp(runs[i].label, "async") != 0)
            continue;
        runs[i].requests.total = runs[i].requests.completed = 2 * MADE_REQUESTS;
        runs[i].requests_per_s *= 2;
        runs[i].bytes_received *= 2;
    }
    return r;
}

static struct report *made_open(const char *metric) {
    struct report *r = made_report(7, two);
    r->plan.duration_s = 10;
    r->plan.rate_per_s = 1000;
    r->plan.arrivals = "constant";
    r->plan.metric = metric;
    made_rounds(r, "sequential", "async", 1, 0.001);
    return r;
}

static bool is_compared(const struct report *r, const char *metric) {
    const struct report_comparison *c = r->comparisons.items;
    for (size_t i = 0; i < r->comparisons.count; i++)
        if (strcmp(c[i].metric, metric) == 0)
            return true;
    return false;
}

static void of_a_given_time_what_was_completed_in_it_is_judged(void **state) {
    (void)state;
    struct report *r = made_timed();
    compare_fill(r);
    const struct report_comparison *c = made_primary(r, "async");
    assert_string_equal(c->metric, "time_per_request_s");
    assert_string_equal(c->verdict, "faster");
    assert_true(fabs(c->ratio - 0.5) < 0.01);
    assert_false(is_compared(r, "wall_s"));
    report_close(r);
}

static void at_a_given_rate_neither_time_nor_throughput_is_compared(void **state) {
    (void)state;
    struct report *r = made_open("latency_p50_s");
    compare_fill(r);
    assert_false(is_compared(r, "wall_s"));
    assert_false(is_compared(r, "time_per_request_s"));
    assert_true(is_compared(r, "latency_p50_s"));
    assert_true(is_compared(r, "cpu_us_per_request"));
    report_close(r);
}

static void each_load_has_a_metric_of_its_own(void **state) {
    (void)state;
    assert_string_equal(metric_of_load(LOAD_COUNTED)->name, "wall_s");
    assert_string_equal(metric_of_load(LOAD_TIMED)->name, "time_per_request_s");
    assert_string_equal(metric_of_load(LOAD_OPEN)->name, "latency_p50_s");
}

static void a_metric_that_the_load_makes_the_same_for_all_is_refused_with_another(void **state) {
    (void)state;
    struct err err = {0};
    assert_int_equal(metric_check(metric_find("wall_s"), LOAD_COUNTED, &err), 0);
    assert_int_equal(metric_check(metric_find("latency_p99_s"), LOAD_OPEN, &err), 0);
    assert_int_equal(metric_check(metric_find("wall_s"), LOAD_TIMED, &err), -1);
    assert_string_equal(err.text, "--metric wall is of no use under a duration, which makes all runs equally "
                                  "long: take throughput");
    assert_int_equal(metric_check(metric_find("time_per_request_s"), LOAD_OPEN, &err), -1);
    assert_string_equal(err.text,
                        "--metric throughput is of no use at a given rate, which all are to keep: take p50");
}

static void assert_obstacle(void (*change)(struct report *r), const char *reason) {
    struct report *old = made_open("latency_p50_s"), *fresh = made_open("latency_p50_s");
    change(fresh);
    struct between b = {.old = {old, "old.json"}, .fresh = {fresh, "new.json"}};
    const char *obstacle = between_obstacle(fresh, &b);
    if (!reason)
        assert_null(obstacle);
    else
        assert_string_equal(obstacle, reason);
    report_close(old);
    report_close(fresh);
}

static void change_nothing(struct report *r) {
    (void)r;
}
static void send_faster(struct report *r) {
    r->plan.rate_per_s = 2000;
}
static void send_at_random(struct report *r) {
    r->plan.arrivals = "poisson";
}
static void send_longer(struct report *r) {
    r->plan.duration_s = 20;
}
static void wait_for_the_last(struct report *r) {
    r->plan.grace_s = 1;
}
static void never_sleep(struct report *r) {
    r->plan.spin = true;
}
static void rise(struct report *r) {
    struct report_plan_stage *s = report_list_add(r, &r->plan.stages, sizeof *s);
    *s = (struct report_plan_stage){100, 2000, 60};
}
static void end_by_deadline(struct report *r) {
    r->plan.deadline_s = 5;
}
static void think(struct report *r) {
    r->plan.think_time_s = 0.1;
}

static void come_by_another_seed(struct report *r) {
    r->plan.requests += 17;
}

static void how_many_arrivals_came_in_a_given_time_does_not_matter(void **state) {
    (void)state;
    assert_obstacle(come_by_another_seed, NULL);
}

static void loads_that_differ_refuse_and_are_named(void **state) {
    (void)state;
    assert_obstacle(change_nothing, NULL);
    assert_obstacle(send_faster, "rate per s is 1000 in old.json and 2000 in new.json");
    assert_obstacle(send_at_random, "arrivals is constant in old.json and poisson in new.json");
    assert_obstacle(send_longer, "duration s is 10 in old.json and 20 in new.json");
    assert_obstacle(wait_for_the_last, "grace s is none in old.json and 1 in new.json");
    assert_obstacle(never_sleep, "spin is false in old.json and true in new.json");
    assert_obstacle(rise, "the rate by stages is none in old.json and 100 to 2000 per s in 60 s in new.json");
    assert_obstacle(end_by_deadline, "deadline s is none in old.json and 5 in new.json");
    assert_obstacle(think, "think time s is none in old.json and 0.1 in new.json");
}

/* async as it was, and three times as slow; `bound` runs of it were limited by the client in either. */
static void assert_between(int64_t bound_before, int64_t bound_after, const char *reason) {
    static const char *const one[] = {"async", NULL};
    struct report *old = made_report(8, one), *fresh = made_report(8, one);
    for (int64_t i = 1; i <= 8; i++) {
        made_run(old, "async", i, 1 + 0.001 * (double)i)->limited_by = i <= bound_before ? "client" : NULL;
        made_run(fresh, "async", i, 3 + 0.001 * (double)i)->limited_by = i <= bound_after ? "client" : NULL;
    }
    struct between b = {.old = {old, "old.json"}, .fresh = {fresh, "new.json"}};
    between_fill(fresh, &b);
    const struct report_comparison *c = made_primary(fresh, "async");
    assert_string_equal(c->verdict, reason ? "not_comparable" : "slower");
    if (reason)
        assert_string_equal(made_reason(c, 0), reason);
    report_close(old);
    report_close(fresh);
}

static void a_server_did_not_get_slower_where_the_client_was_the_limit_in_either(void **state) {
    (void)state;
    assert_between(0, 0, NULL);
    assert_between(4, 4, NULL);
    assert_between(8, 0, "the client was the limit in 8 of 8 runs of async in old.json");
    assert_between(0, 5, "the client was the limit in 5 of 8 runs of async in new.json");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_given_time_what_was_completed_in_it_is_judged),
        cmocka_unit_test(at_a_given_rate_neither_time_nor_throughput_is_compared),
        cmocka_unit_test(each_load_has_a_metric_of_its_own),
        cmocka_unit_test(a_metric_that_the_load_makes_the_same_for_all_is_refused_with_another),
        cmocka_unit_test(how_many_arrivals_came_in_a_given_time_does_not_matter),
        cmocka_unit_test(loads_that_differ_refuse_and_are_named),
        cmocka_unit_test(a_server_did_not_get_slower_where_the_client_was_the_limit_in_either),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
