/* Requests that are due at a moment, runs that end by time, and pauses. */
#include <string.h>

#include "contract.h"

#define MS INT64_C(1000000)
#define RATE 500
#define MANY 3000
/* Long before what did not heed the end of its time would end by itself. */
#define SOON_NS (TRIAL_PATIENCE_MS * MS / 2)

static void skip_without(const struct stage *stage, unsigned capability) {
    if (!(stage->strategy->capabilities & capability))
        skip();
}

/* Where a case is put on a second time with --spin. */
static void spin_if_asked(const struct stage *stage, struct setting *s) {
    s->spin = stage->argument;
    if (s->spin)
        skip_without(stage, CAN_SPIN);
}

static int64_t in_flight(const struct stage *stage) {
    return stage->trial.plan.entries[0].concurrency;
}

/* Processes are forked inside the clock, which takes long in slow builds: they get more time, and not all of
 * them may have come to their first request at its end. */
static bool begins_late(const struct stage *stage) {
    return stage->strategy->capabilities & RUNS_PROCESSES;
}

static int64_t time_ms(const struct stage *stage, int64_t ms) {
    return begins_late(stage) ? 4 * ms : ms;
}

static void check_cut_off(const struct stage *stage, int64_t unfinished, int64_t runs) {
    int64_t most = runs * in_flight(stage);
    assert_in_range(unfinished, begins_late(stage) ? 1 : most, most);
}

static void check_finished(const struct stage *stage) {
    const struct run_result *r = &stage->trial.result;
    assert_string_equal(r->failure.text, "");
    assert_string_equal(run_reason_name(r->reason), "finished");
    check_accounts(stage);
}

/* Of every sample, with its number; false ends it. */
static const struct sample *next_sample(const struct stage *stage, size_t *place, int64_t *number) {
    const struct ring *ring = &stage->trial.recording.ring;
    return *place < ring_kept_count(ring) ? ring_kept(ring, (*place)++, number) : NULL;
}

static void check_moments(const struct stage *stage) {
    const struct trial *t = &stage->trial;
    int64_t number = 0;
    size_t place = 0;
    for (const struct sample *s = next_sample(stage, &place, &number); s;
         s = next_sample(stage, &place, &number)) {
        struct load_cursor cursor = {0};
        assert_true(s->paced);
        assert_int_equal(s->due_ns - t->recording.facts->go_ns, load_due_ns(&t->plan.load, &cursor, number));
        assert_true(s->start_ns >= s->due_ns);
    }
}

static void requests_at_a_rate_are_sent_when_due_and_not_before(void **state) {
    struct stage *stage = *state;
    skip_without(stage, CAN_PACE);
    struct setting s = stage_setting(stage, SERVE_OK, 60);
    spin_if_asked(stage, &s);
    s.rate_per_s = RATE;
    stage_run(stage, &s);
    check_success(stage);
    check_moments(stage);
    assert_int_equal(histogram_count(&stage->trial.totals->histograms[MEASURE_LATENCY]), 60);
}

/* With more of them due than can be carried, whatever their order. */
static void requests_that_find_no_free_slot_wait_for_one(void **state) {
    struct stage *stage = *state;
    skip_without(stage, CAN_PACE);
    struct setting s = stage_setting(stage, SERVE_SLOWLY, 40);
    s.rate_per_s = 100000;
    stage_run(stage, &s);
    check_success(stage);
    check_moments(stage);
    int64_t late = s.requests - in_flight(stage);
    assert_in_range(stage->trial.totals->waited, late, s.requests);
}

/* Answers take 15 times as long as it is from one request to the next. */
static void a_slow_answer_delays_no_other_request(void **state) {
    struct stage *stage = *state;
    skip_without(stage, CAN_PACE);
    struct setting s = stage_setting(stage, SERVE_SLOWLY, 60);
    int64_t ends_ns[60] = {0}, starts_ns[60] = {0}, number = 0, beside = 0;
    s.rate_per_s = RATE;
    s.concurrency = s.requests;
    stage_open(stage, &s);
    if (in_flight(stage) < s.requests)
        skip(); /* its threads are fewer */
    if (trial_run(&stage->trial, &stage->err))
        fail_msg("%s", stage->err.text);
    check_success(stage);
    size_t place = 0;
    for (const struct sample *sample = next_sample(stage, &place, &number); sample;
         sample = next_sample(stage, &place, &number)) {
        starts_ns[number] = sample->start_ns;
        ends_ns[number] = sample->end_ns;
    }
    for (size_t i = 1; i < 60; i++)
        beside += starts_ns[i] < ends_ns[i - 1];
    if (!begins_late(stage))
        assert_in_range(stage->trial.totals->waited, 0, 30);
    assert_in_range(beside, 30, 59);
}

static void warm_up_at_a_rate_is_held_to_it(void **state) {
    struct stage *stage = *state;
    skip_without(stage, CAN_PACE);
    struct setting s = stage_setting(stage, SERVE_OK, 20);
    s.rate_per_s = RATE;
    s.warmup_ns = 100 * MS;
    stage_run(stage, &s);
    const struct trial *t = &stage->trial;
    check_finished(stage);
    check_moments(stage);
    assert_int_equal(t->result.completed, 20);
    assert_in_range(t->recording.facts->warmup_completed, 1, RATE / 10);
}

static void check_cut(const struct stage *stage) {
    const struct trial *t = &stage->trial;
    const struct run_facts *f = t->recording.facts;
    check_finished(stage);
    check_cut_off(stage, t->result.unfinished, 1);
    assert_int_equal(t->result.not_started, t->result.total - t->result.unfinished);
    assert_int_equal(f->last_outcome_ns, f->cut_ns);
    assert_in_range(t->result.oldest_unfinished_ns, 1, f->cut_ns - f->go_ns);
    assert_true(f->end_ns >= f->cut_ns && f->end_ns - f->cut_ns < SOON_NS);
}

static void what_is_in_flight_at_the_deadline_is_unfinished(void **state) {
    struct stage *stage = *state;
    skip_without(stage, CAN_END_BY_TIME);
    struct setting s = stage_setting(stage, (enum behaviour)stage->argument, MANY);
    s.deadline_ms = time_ms(stage, 250);
    s.grace_ms = 50;
    stage_run(stage, &s);
    check_cut(stage);
    assert_int_equal(stage->trial.result.wall_ns, (s.deadline_ms + 50) * MS);
    assert_int_equal(stage->trial.result.oldest_not_started_ns, 0);
}

static void what_was_due_in_the_time_and_found_no_slot_is_not_started(void **state) {
    struct stage *stage = *state;
    skip_without(stage, CAN_PACE | CAN_END_BY_TIME);
    struct setting s = stage_setting(stage, SERVE_SILENCE, 0);
    spin_if_asked(stage, &s);
    s.rate_per_s = 2000;
    s.duration_ms = time_ms(stage, 250);
    stage_run(stage, &s);
    assert_int_equal(stage->trial.result.total, 2 * s.duration_ms);
    check_cut(stage);
    assert_true(stage->trial.result.oldest_not_started_ns > 0);
}

static void with_grace_what_is_in_flight_ends_and_nothing_more_is_begun(void **state) {
    struct stage *stage = *state;
    skip_without(stage, CAN_PACE | CAN_END_BY_TIME);
    struct setting s = stage_setting(stage, SERVE_SLOWLY, MANY);
    s.rate_per_s = stage->argument;
    s.deadline_ms = time_ms(stage, 100);
    s.grace_ms = TRIAL_PATIENCE_MS;
    stage_run(stage, &s);
    const struct trial *t = &stage->trial;
    check_finished(stage);
    assert_int_equal(t->result.unfinished, 0);
    assert_true(t->result.completed > 0 && t->result.not_started > 0);
    int64_t number = 0, late = 0, until_ns = t->recording.facts->go_ns + s.deadline_ms * MS;
    size_t place = 0;
    for (const struct sample *sample = next_sample(stage, &place, &number); sample;
         sample = next_sample(stage, &place, &number))
        late += sample->start_ns > until_ns + 10 * MS;
    assert_in_range(late, 0, in_flight(stage)); /* held up between a look at the clock and the stamp */
}

static void in_a_closed_loop_the_total_of_a_duration_is_what_was_begun(void **state) {
    struct stage *stage = *state;
    skip_without(stage, CAN_END_BY_TIME);
    struct setting s = stage_setting(stage, SERVE_SLOWLY, 0);
    s.duration_ms = time_ms(stage, 200);
    stage_run(stage, &s);
    const struct run_result *r = &stage->trial.result;
    check_finished(stage);
    assert_true(r->completed > 0);
    assert_int_equal(r->total, r->completed + r->unfinished);
    assert_in_range(r->unfinished, 0, in_flight(stage));
}

static bool one_was_answered(const struct trial *t) {
    return t->server.log->answers == 1;
}

static void a_stop_is_heeded_while_nothing_is_due(void **state) {
    struct stage *stage = *state;
    skip_without(stage, CAN_PACE);
    struct setting s = stage_setting(stage, SERVE_OK, 2);
    int64_t took_ns = 0;
    spin_if_asked(stage, &s);
    s.rate_per_s = .02;
    s.spare_slots = true;
    stage_open(stage, &s);
    if (trial_stop(&stage->trial, one_was_answered, &took_ns, &stage->err))
        fail_msg("%s", stage->err.text);
    check_accounts(stage);
    assert_true(took_ns < SOON_NS);
    assert_string_equal(run_reason_name(stage->trial.result.reason), "interrupted");
    assert_int_equal(stage->trial.result.not_started, 1);
}

/* Between the end of one request of a slot and the beginning of its next. */
static void each_slot_pauses_between_requests(void **state) {
    struct stage *stage = *state;
    skip_without(stage, CAN_THINK);
    int64_t rounds = 3, ends_ns[64] = {0}, pauses = 0, number = 0;
    struct setting s = stage_setting(stage, SERVE_OK, rounds * stage_in_flight(stage));
    s.think_ms = 30;
    stage_run(stage, &s);
    check_success(stage);
    size_t place = 0;
    for (const struct sample *sample = next_sample(stage, &place, &number); sample;
         sample = next_sample(stage, &place, &number)) {
        int64_t before_ns = ends_ns[sample->worker];
        if (before_ns && sample->start_ns - before_ns < s.think_ms * MS)
            fail_msg("request %d did not wait", (int)number);
        pauses += before_ns > 0;
        ends_ns[sample->worker] = sample->end_ns;
    }
    assert_true(pauses >= s.requests - in_flight(stage));
}

static void two_runs_cut_off_leave_nothing(void **state) {
    struct stage *stage = *state;
    skip_without(stage, CAN_END_BY_TIME);
    struct setting s = stage_setting(stage, SERVE_SILENCE, MANY);
    struct drive d = {.runs = 2};
    s.deadline_ms = time_ms(stage, 100);
    stage_open(stage, &s);
    if (trial_drive(&stage->trial, &d, &stage->err))
        fail_msg("%s", stage->err.text);
    assert_false(d.failed || d.children);
    assert_int_equal(d.before, d.after);
    check_cut_off(stage, (int64_t)stage->trial.totals->unfinished, 2);
}

const struct contract_case timing_cases[] = {
    {"requests at a rate are sent when due and not before",
     requests_at_a_rate_are_sent_when_due_and_not_before, SPREAD_CONCURRENCY, 0},
    {"with --spin too they are sent when due", requests_at_a_rate_are_sent_when_due_and_not_before,
     SPREAD_ONCE, true},
    {"a slow answer delays no other request", a_slow_answer_delays_no_other_request, SPREAD_IF_CONCURRENT, 0},
    {"requests that find no free slot wait for one", requests_that_find_no_free_slot_wait_for_one,
     SPREAD_ONCE, 0},
    {"warm-up at a rate is held to it", warm_up_at_a_rate_is_held_to_it, SPREAD_ONCE, 0},
    {"what is in flight at the deadline is unfinished", what_is_in_flight_at_the_deadline_is_unfinished,
     SPREAD_CONCURRENCY, SERVE_SILENCE},
    {"what is half answered at the deadline is unfinished", what_is_in_flight_at_the_deadline_is_unfinished,
     SPREAD_ONCE, SERVE_HALF_THEN_SILENCE},
    {"what is still connecting at the deadline is unfinished",
     what_is_in_flight_at_the_deadline_is_unfinished, SPREAD_ONCE, SERVE_NO_ACCEPT},
    {"what was due in the time and found no slot is not started",
     what_was_due_in_the_time_and_found_no_slot_is_not_started, SPREAD_ONCE, 0},
    {"with --spin too what found no slot is not started",
     what_was_due_in_the_time_and_found_no_slot_is_not_started, SPREAD_ONCE, true},
    {"with grace what is in flight ends and nothing more is begun",
     with_grace_what_is_in_flight_ends_and_nothing_more_is_begun, SPREAD_ONCE, 0},
    {"with grace what is due is not begun after the end either",
     with_grace_what_is_in_flight_ends_and_nothing_more_is_begun, SPREAD_ONCE, 100000},
    {"in a closed loop the total of a duration is what was begun",
     in_a_closed_loop_the_total_of_a_duration_is_what_was_begun, SPREAD_ONCE, 0},
    {"a stop is heeded while nothing is due", a_stop_is_heeded_while_nothing_is_due, SPREAD_ONCE, 0},
    {"with --spin too a stop is heeded", a_stop_is_heeded_while_nothing_is_due, SPREAD_ONCE, true},
    {"each slot pauses between requests", each_slot_pauses_between_requests, SPREAD_ONCE, 0},
    {"two runs cut off leave nothing", two_runs_cut_off_leave_nothing, SPREAD_ONCE, 0},
    {0},
};
