/* From a run made by hand to the facts that its checks are made of: what turns which row of a report. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/report.h"

#define MS INT64_C(1000000)
#define REQUESTS 200

struct scene {
    struct plan plan;
    struct recording recording;
    struct run_result result;
    struct report *report;
    int64_t late_ns; /* by which requests are sent from now on */
};

static int open_scene(void **state) {
    static struct scene s;
    s = (struct scene){.plan = {.requests = REQUESTS, .entry_count = 1}};
    s.plan.entries[0] = (struct plan_entry){
        .label = "it", .strategy = "sequential", .concurrency = 1, .threads = 1, .point = -1};
    s.result = (struct run_result){.plan = &s.plan,
                                   .entry = &s.plan.entries[0],
                                   .recording = &s.recording,
                                   .round = 1,
                                   .order = 1,
                                   .total = REQUESTS,
                                   .wall_ns = 1000 * MS,
                                   .window_ns = 1000 * MS,
                                   .scheduling = {.1, .01, .1, .01},
                                   .usage = {.user_us = 100000},
                                   .host = {.all_ticks = 400, .segments_sent = 400}};
    s.report = report_open();
    s.report->environment.sysctls.ip_local_port_range[0] = 1000;
    s.report->environment.sysctls.ip_local_port_range[1] = 1999;
    *state = &s;
    return recording_open(&s.recording, REQUESTS, 1, 1, false, NULL);
}

static int close_scene(void **state) {
    struct scene *s = *state;
    report_close(s->report);
    recording_close(&s->recording);
    return 0;
}

/* The first byte comes a tenth of the time before the last. */
static void put(struct scene *s, int count, int64_t service_ns, enum error_class error, int status) {
    for (int i = 0; i < count; i++) {
        struct sample sample = {.due_ns = 1000,
                                .paced = 1,
                                .start_ns = 1000 + s->late_ns,
                                .sent_ns = 1100 + s->late_ns,
                                .first_byte_ns = 1000 + s->late_ns + service_ns - service_ns / 10,
                                .end_ns = 1000 + s->late_ns + service_ns,
                                .queue_wait_ns = -1,
                                .dns_ns = -1,
                                .connect_ns = service_ns > 1000 * MS ? service_ns - 5 * MS : -1,
                                .tls_ns = -1,
                                .status = (uint16_t)(error ? 0 : status),
                                .error = (uint8_t)error};
        recording_put(&s->recording, 0, 0, i, &sample, NULL);
    }
}

static const struct report_run *add(struct scene *s) {
    struct recording_totals *totals = recording_totals_open(&s->recording);
    s->result.totals = totals;
    s->result.completed = (int64_t)totals->completed;
    s->result.failed = (int64_t)totals->failed;
    assert_int_equal(report_add_run(s->report, &s->result, NULL), 0);
    recording_totals_close(totals);
    return (const struct report_run *)s->report->runs.items + s->report->runs.count - 1;
}

static const struct report_trust *find(const struct report_run *run, const char *check) {
    const struct report_trust *rows = run->trust.items;
    for (size_t i = 0; i < run->trust.count; i++)
        if (strcmp(rows[i].check, check) == 0)
            return &rows[i];
    return NULL;
}

static void assert_status(const struct report_run *run, const char *check, const char *status) {
    const struct report_trust *row = find(run, check);
    if (!row || strcmp(row->status, status) != 0)
        fail_msg("%s: %s", check, row ? row->status : "no row");
}

static void a_run_without_fault_passes_what_can_be_told_of_it(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, 5 * MS, ERROR_NONE, 200);
    const struct report_run *run = add(s);
    static const char *const known[] = {
        "client_cpu",     "run_queue_wait", "dropped_samples", "errors",           "status",
        "listen_backlog", "ports",          "retransmits",     "delayed_ack_40ms", "steal"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_status(run, known[i], "pass");
    assert_status(run, "littles_law", "unknown");
    assert_status(run, "frequency", "unknown");
    assert_null(find(run, "rate"));
    assert_null(find(run, "ceiling"));
    assert_string_equal(run->limited_by, "server");
    assert_non_null(strstr(run->limited_by_reason, "90 %"));
}

static void what_the_host_counted_turns_its_rows(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS - 1, 5 * MS, ERROR_NONE, 200);
    put(s, 1, 1005 * MS, ERROR_NONE, 200);
    s->result.host = (struct host_counters){.listen_overflows = 1,
                                            .listen_drops = 1,
                                            .retransmits = 5,
                                            .syn_retransmits = 1,
                                            .segments_sent = 400,
                                            .steal_ticks = 5,
                                            .all_ticks = 400,
                                            .throttled_periods = 1};
    s->result.time_wait = 801;
    const struct report_run *run = add(s);
    assert_status(run, "listen_backlog", "fail");
    assert_true(find(run, "listen_backlog")->value == 2);
    assert_status(run, "retransmits", "warn");
    assert_true(find(run, "retransmits")->value == 4);
    assert_status(run, "steal", "warn");
    assert_status(run, "throttling", "fail");
    assert_status(run, "ports", "warn");
    assert_string_equal(run->limited_by, "ports");
}

static void outcomes_turn_their_rows(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS - 2, 5 * MS, ERROR_NONE, 429);
    put(s, 1, 5 * MS, ERROR_TIMEOUT, 0);
    put(s, 1, 5 * MS, ERROR_NO_PORTS, 0);
    const struct report_run *run = add(s);
    assert_status(run, "errors", "fail");
    assert_status(run, "status", "warn");
    assert_true(find(run, "status")->value == 1);
    assert_status(run, "ports", "fail");
    assert_true(find(run, "ports")->value == 1);
}

static void a_few_requests_of_40_ms_among_quick_ones_are_seen(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS - 4, 5 * MS, ERROR_NONE, 200);
    put(s, 4, 41 * MS, ERROR_NONE, 200);
    const struct report_run *run = add(s);
    assert_status(run, "delayed_ack_40ms", "warn");
    assert_true(find(run, "delayed_ack_40ms")->value == .02);
}

static void where_all_take_40_ms_it_is_the_body_that_tells(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, 41 * MS, ERROR_NONE, 200); /* the first byte comes after 37 */
    assert_status(add(s), "delayed_ack_40ms", "pass");
    recording_forget(&s->recording);
    put(s, REQUESTS, 410 * MS, ERROR_NONE, 200); /* 41 of it between the first byte and the last */
    assert_status(add(s), "delayed_ack_40ms", "warn");
}

static void a_client_at_its_limit_is_told_by_its_threads(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, 5 * MS, ERROR_NONE, 200);
    s->result.scheduling = (struct scheduling_shares){.5, .48, .5, .48};
    const struct report_run *run = add(s);
    assert_status(run, "client_cpu", "pass");
    assert_status(run, "run_queue_wait", "warn");
    assert_string_equal(run->limited_by, "client");
    s->result.scheduling = (struct scheduling_shares){.95, .01, .95, .01};
    assert_status(add(s), "client_cpu", "fail");
}

static void the_cost_of_a_process_with_its_set_up_is_not_taken_for_the_runs(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, 5 * MS, ERROR_NONE, 200);
    s->result.scheduling = scheduling_shares_unknown();
    s->result.usage_is_whole = true;
    assert_status(add(s), "client_cpu", "unknown");
    s->result.usage_is_whole = false;
    assert_status(add(s), "client_cpu", "pass");
}

static void a_ceiling_is_held_against_the_run_that_it_bounds(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, 5 * MS, ERROR_NONE, 200);
    s->plan.ceiling = true;
    assert_status(add(s), "ceiling", "unknown");
    struct plan_entry ceiling = s->plan.entries[0];
    ceiling.ceiling = true;
    s->result.entry = &ceiling;
    s->result.wall_ns = s->result.window_ns = 850 * MS;
    assert_null(find(add(s), "ceiling"));
    const struct report_run *own = s->report->runs.items;
    assert_status(own, "ceiling", "fail");
    assert_true(fabs(find(own, "ceiling")->value - .85) < 1e-9);
    assert_string_equal(own->limited_by, "client");
    s->result.round = 2;
    add(s);
    s->result.entry = &s->plan.entries[0];
    s->result.wall_ns = s->result.window_ns = 4000 * MS;
    assert_status(add(s), "ceiling", "pass"); /* which came first this time */
}

static void an_open_loop_has_a_rate_and_a_slip(void **state) {
    struct scene *s = *state;
    s->plan.load = (struct load){.stages = {{200, 200, 1000 * MS}}, .stage_count = 1};
    put(s, REQUESTS, 5 * MS, ERROR_NONE, 200);
    const struct report_run *run = add(s);
    assert_status(run, "rate", "pass");
    assert_status(run, "send_slip", "pass");
    s->result.wall_ns = s->result.window_ns = 1200 * MS;
    assert_status(add(s), "rate", "fail");
}

static void one_stall_of_few_requests_is_no_tail_of_the_slip(void **state) {
    struct scene *s = *state;
    s->plan.load = (struct load){.stages = {{200, 200, 1000 * MS}}, .stage_count = 1};
    put(s, REQUESTS - 5, 5 * MS, ERROR_NONE, 200);
    s->late_ns = 50 * MS;
    put(s, 5, 5 * MS, ERROR_NONE, 200);
    assert_status(add(s), "send_slip", "pass");
    put(s, 20, 5 * MS, ERROR_NONE, 200);
    assert_status(add(s), "send_slip", "fail");
}

static void a_failure_that_took_its_time_misses_no_rate(void **state) {
    struct scene *s = *state;
    s->plan.load = (struct load){.stages = {{200, 200, 1000 * MS}}, .stage_count = 1};
    put(s, REQUESTS - 1, 5 * MS, ERROR_NONE, 200);
    put(s, 1, 3000 * MS, ERROR_TIMEOUT, 0);
    s->result.wall_ns = 4000 * MS;
    assert_status(add(s), "rate", "pass");
    s->result.wall_ns = 5000 * MS;
    assert_status(add(s), "rate", "fail");
}

static void requests_that_were_not_due_yet_miss_no_rate(void **state) {
    struct scene *s = *state;
    s->plan.load = (struct load){.stages = {{200, 200, LOAD_NEVER_NS}}, .stage_count = 1};
    put(s, REQUESTS, 5 * MS, ERROR_NONE, 200);
    s->result.total = 60 * REQUESTS;
    s->result.not_started = 59 * REQUESTS;
    const struct report_run *run = add(s);
    assert_status(run, "rate", "pass");
    assert_null(run->limited_by);
    s->result.overdue = REQUESTS;
    run = add(s);
    assert_true(find(run, "rate")->value == .5);
    assert_string_equal(run->limited_by, "server");
    assert_string_equal(run->limited_by_reason, "200 of 400 requests were not answered in time");
}

static void a_loop_tells_how_long_it_was_busy(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, 5 * MS, ERROR_NONE, 200);
    assert_null(find(add(s), "loop_lag"));
    for (int i = 0; i < 100; i++)
        recording_turn(&s->recording, 0, MS / 4);
    assert_status(add(s), "loop_lag", "pass");
    for (int i = 0; i < 100; i++)
        recording_turn(&s->recording, 0, 9 * MS);
    assert_status(add(s), "loop_lag", "warn");
    s->plan.load = (struct load){.stages = {{200, 200, 1000 * MS}}, .stage_count = 1};
    s->plan.spin = true;
    const struct report_run *run = add(s);
    assert_status(run, "client_cpu", "fail");
    assert_true(fabs(find(run, "client_cpu")->value - .925) < .001);
}

#define TICKS 61

/* One is completed at each tick, and `growth` is by how much the last takes longer than the first. */
static const struct report_run *add_growing(struct scene *s, double growth, int64_t spell_ns) {
    struct trace_tick ticks[TICKS] = {{0}};
    struct run_trace trace = {.ticks = ticks, .tick_count = TICKS};
    for (int i = 1; i < TICKS; i++) {
        double part = (double)i / TICKS, jitter = i * 7 % 11 / 1000.;
        int64_t took_ns = (int64_t)(5e6 * (1 + growth * part + jitter)) + (i > TICKS - 4 ? spell_ns : 0);
        ticks[i] = (struct trace_tick){
            .at_ns = i * 10 * MS, .completed = i, .latency_ns = ticks[i - 1].latency_ns + took_ns};
    }
    s->result.trace = &trace;
    const struct report_run *run = add(s);
    s->result.trace = NULL;
    return run;
}

static void answers_that_become_notably_slower_are_a_trend(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, 5 * MS, ERROR_NONE, 200);
    assert_status(add_growing(s, 1, 0), "stationarity", "warn");
    assert_status(add_growing(s, -.5, 0), "stationarity", "warn");
    assert_status(add_growing(s, .08, 0), "stationarity", "pass");
    assert_status(add_growing(s, 0, 20 * MS), "stationarity", "pass"); /* a spell at the end */
    assert_status(add(s), "stationarity", "unknown");
}

static void a_run_that_never_began_has_no_checks(void **state) {
    struct scene *s = *state;
    s->result.wall_ns = -1;
    s->result.reason = RUN_CRASHED;
    const struct report_run *run = add(s);
    assert_int_equal(run->trust.count, 0);
    assert_null(run->limited_by);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void) {
    const struct CMUnitTest tests[] = {
        SCENE(a_run_without_fault_passes_what_can_be_told_of_it),
        SCENE(what_the_host_counted_turns_its_rows),
        SCENE(outcomes_turn_their_rows),
        SCENE(a_few_requests_of_40_ms_among_quick_ones_are_seen),
        SCENE(where_all_take_40_ms_it_is_the_body_that_tells),
        SCENE(a_client_at_its_limit_is_told_by_its_threads),
        SCENE(the_cost_of_a_process_with_its_set_up_is_not_taken_for_the_runs),
        SCENE(a_ceiling_is_held_against_the_run_that_it_bounds),
        SCENE(an_open_loop_has_a_rate_and_a_slip),
        SCENE(one_stall_of_few_requests_is_no_tail_of_the_slip),
        SCENE(a_failure_that_took_its_time_misses_no_rate),
        SCENE(requests_that_were_not_due_yet_miss_no_rate),
        SCENE(a_loop_tells_how_long_it_was_busy),
        SCENE(answers_that_become_notably_slower_are_a_trend),
        SCENE(a_run_that_never_began_has_no_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
