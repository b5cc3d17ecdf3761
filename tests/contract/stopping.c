/* Runs that are ended from outside, by request or by force. */
#include "contract.h"

#define REQUESTS 3000
/* Long before what did not heed the stop would end by itself, at its requests' time limit. A blocking
 * strategy heeds it within a second, and then ends its threads or processes. */
#define SOON_NS (TRIAL_PATIENCE_MS * INT64_C(1000000) / 2)

static int64_t in_flight(const struct trial *t) {
    return t->plan.entries[0].concurrency;
}

static bool all_slots_have_asked(const struct trial *t) {
    return t->server.log->requests == in_flight(t);
}

static bool many_have_been_answered(const struct trial *t) {
    return t->server.log->answers >= 3 * in_flight(t);
}

static bool the_clock_runs(const struct trial *t) {
    return recording_flight(&t->recording, 0).count == in_flight(t);
}

static void stop_at(struct stage *stage, const struct setting *setting, trial_moment *moment) {
    int64_t took_ns = 0;
    stage_open(stage, setting);
    if (trial_stop(&stage->trial, moment, &took_ns, &stage->err))
        fail_msg("%s", stage->err.text);
    const struct run_result *r = &stage->trial.result;
    assert_string_equal(r->failure.text, "");
    assert_string_equal(run_reason_name(r->reason), "interrupted");
    check_accounts(stage);
    assert_true(took_ns < SOON_NS);
    assert_int_equal(r->unfinished, 0);
    assert_int_equal(r->failed, 0);
    assert_true(r->not_started > 0);
    assert_in_range(r->cancelled, 0, in_flight(&stage->trial)); /* all that was sent may just be answered */
}

static void unanswered_requests_are_cancelled(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, (enum behaviour)stage->argument, REQUESTS);
    stop_at(stage, &s, all_slots_have_asked);
    const struct trial *t = &stage->trial;
    assert_int_equal(t->result.completed, 0);
    assert_int_equal(t->result.cancelled, in_flight(t));
    if (stage_runs_program(stage))
        return; /* it tells neither of connections nor of what it sent */
    assert_int_equal(t->totals->connections_opened, t->server.log->connections);
    assert_int_equal(t->totals->connections_reused, 0);
    assert_int_equal(t->totals->bytes_sent, t->server.log->request_bytes);
}

static void a_great_many_unanswered_requests_are_cancelled(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_SILENCE, REQUESTS);
    s.concurrency = stage_great_many(stage);
    stop_at(stage, &s, all_slots_have_asked);
    assert_int_equal(stage->trial.result.cancelled, in_flight(&stage->trial));
}

static void what_was_answered_before_is_kept(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_SLOWLY, REQUESTS);
    stop_at(stage, &s, many_have_been_answered);
    const struct run_result *r = &stage->trial.result;
    assert_true(r->completed >= 2 * in_flight(&stage->trial));
    assert_true(r->completed <= stage->trial.server.log->answers);
}

static void connects_under_way_are_cancelled(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_NO_ACCEPT, REQUESTS);
    stop_at(stage, &s, the_clock_runs);
    assert_int_equal(stage->trial.result.cancelled, in_flight(&stage->trial));
    assert_int_equal(stage->trial.totals->connections_opened, 0);
    assert_int_equal(stage->trial.totals->connections_reused, 0);
}

static void a_stop_in_warm_up_leaves_a_run_that_did_not_start(void **state) {
    struct stage *stage = *state;
    stage_skip_program(stage); /* it cannot warm up */
    struct setting s = stage_setting(stage, SERVE_SLOWLY, REQUESTS);
    int64_t took_ns = 0;
    s.warmup_requests = REQUESTS;
    stage_open(stage, &s);
    if (trial_stop(&stage->trial, many_have_been_answered, &took_ns, &stage->err))
        fail_msg("%s", stage->err.text);
    const struct run_result *r = &stage->trial.result;
    assert_string_equal(r->failure.text, "");
    assert_int_equal(r->completed, 0);
    assert_int_equal(r->not_started, REQUESTS);
    assert_int_equal(r->wall_ns, -1);
    assert_true(stage->trial.recording.facts->warmup_completed > 0);
}

static void a_killed_process_leaves_its_requests_unfinished(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_SILENCE, REQUESTS);
    stage_open(stage, &s);
    if (trial_kill(&stage->trial, all_slots_have_asked, &stage->err))
        fail_msg("%s", stage->err.text);
    const struct run_result *r = &stage->trial.result;
    assert_string_equal(run_reason_name(r->reason), "killed");
    assert_int_equal(r->signal, 9);
    assert_int_equal(r->unfinished, in_flight(&stage->trial));
    assert_int_equal(r->not_started, REQUESTS - r->unfinished);
    assert_true(r->oldest_unfinished_ns > 0);
}

static void run_out_of_time(struct stage *stage, struct setting *setting) {
    setting->run_timeout_ms = 300;
    stage_run(stage, setting);
    const struct run_result *r = &stage->trial.result;
    assert_string_equal(run_reason_name(r->reason), "killed");
    assert_int_equal(r->total, r->completed + r->failed + r->cancelled + r->unfinished + r->not_started);
    assert_int_equal(r->completed + r->failed + r->cancelled, 0);
}

static void a_run_that_takes_too_long_is_killed(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_SILENCE, REQUESTS);
    run_out_of_time(stage, &s);
    assert_in_range(stage->trial.result.unfinished, 0, in_flight(&stage->trial));
}

static void a_run_killed_in_warm_up_did_not_start(void **state) {
    struct stage *stage = *state;
    stage_skip_program(stage); /* it cannot warm up */
    struct setting s = stage_setting(stage, SERVE_SLOWLY, 20);
    s.warmup_requests = 1000000;
    run_out_of_time(stage, &s);
    assert_int_equal(stage->trial.result.not_started, 20);
    assert_int_equal(stage->trial.totals->completed, 0);
}

const struct contract_case stopping_cases[] = {
    {"unanswered requests are cancelled", unanswered_requests_are_cancelled, SPREAD_ALL, SERVE_SILENCE},
    {"half answered requests are cancelled", unanswered_requests_are_cancelled, SPREAD_ALL,
     SERVE_HALF_THEN_SILENCE},
    {"a great many unanswered requests are cancelled", a_great_many_unanswered_requests_are_cancelled,
     SPREAD_IF_CONCURRENT, 0},
    {"what was answered before is kept", what_was_answered_before_is_kept, SPREAD_ALL, 0},
    {"connects under way are cancelled", connects_under_way_are_cancelled, SPREAD_CONCURRENCY, 0},
    {"a stop in warm-up leaves a run that did not start", a_stop_in_warm_up_leaves_a_run_that_did_not_start,
     SPREAD_ONCE, 0},
    {"a killed process leaves its requests unfinished", a_killed_process_leaves_its_requests_unfinished,
     SPREAD_CONCURRENCY, 0},
    {"a run that takes too long is killed", a_run_that_takes_too_long_is_killed, SPREAD_ONCE, 0},
    {"a run killed in warm-up did not start", a_run_killed_in_warm_up_did_not_start, SPREAD_ONCE, 0},
    {0},
};
