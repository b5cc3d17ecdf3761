/* Hostile servers: each failure has its class, and failures alone stop a run. */
#include "contract.h"

#define REQUESTS 60
#define TIMEOUT_MS 300 /* of what is to run into it */

struct expectation {
    enum behaviour behaviour;
    enum error_class class;
    int status; /* that the sample has all the same */
};

static const struct expectation expectations[] = {
    {SERVE_REFUSAL, ERROR_CONNECTION_REFUSED, 0},
    {SERVE_RESET, ERROR_CONNECTION_RESET, 0},
    {SERVE_RESET_HALFWAY, ERROR_CONNECTION_RESET, -1},
    {SERVE_CLOSE, ERROR_CONNECTION_RESET, 0},
    {SERVE_CLOSE_IN_HEAD, ERROR_TRUNCATED, -1},
    {SERVE_CLOSE_HALFWAY, ERROR_TRUNCATED, 200},
    {SERVE_CLOSE_IN_CHUNK, ERROR_TRUNCATED, 200},
    {SERVE_GARBAGE, ERROR_PROTOCOL, 0},
    {SERVE_BAD_STATUS_LINE, ERROR_PROTOCOL, 0},
    {SERVE_BAD_CHUNK, ERROR_PROTOCOL, 200},
    {SERVE_SILENCE, ERROR_TIMEOUT, 0},
    {SERVE_HALF_THEN_SILENCE, ERROR_TIMEOUT, 200},
    {SERVE_NO_ACCEPT, ERROR_CONNECT_TIMEOUT, 0},
};

static struct expectation expected_of(int behaviour) {
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++)
        if ((int)expectations[i].behaviour == behaviour)
            return expectations[i];
    fail_msg("nothing is expected of behaviour %d", behaviour);
    return expectations[0];
}

static void check_failures(const struct stage *stage, struct expectation expected) {
    const struct trial *t = &stage->trial;
    check_accounts(stage);
    assert_string_equal(t->result.failure.text, "");
    assert_int_equal(t->result.completed, 0);
    for (int c = 0; c < ERROR_CLASSES; c++)
        if (t->totals->errors[c] && c != (int)expected.class)
            fail_msg("%d failures of class %s: %s", (int)t->totals->errors[c],
                     error_class_name((enum error_class)c), t->recording.facts->examples[c]);
    assert_int_equal(t->totals->errors[expected.class], t->result.failed);
    for (size_t i = 0; i < ring_kept_count(&t->recording.ring); i++) {
        const struct sample *s = check_kept(stage, i);
        if (s->error == expected.class && expected.status >= 0)
            assert_int_equal(s->status, expected.status);
    }
}

/* Whatever connections there were, the strategy knows of all of them. */
static void check_connections(const struct stage *stage) {
    const struct trial *t = &stage->trial;
    if (stage_runs_program(stage))
        return;
    assert_int_equal(t->totals->connections_opened, t->server.log->connections);
    assert_int_equal(t->totals->retries, 0);
}

static void with_keep_going_every_request_fails_by_its_cause(void **state) {
    struct stage *stage = *state;
    struct expectation expected = expected_of(stage->argument);
    struct setting s = stage_setting(stage, expected.behaviour, REQUESTS);
    s.keep_going = true;
    if (s.behaviour == SERVE_CLOSE_IN_HEAD)
        stage_skip_program(stage); /* it believes libcurl, which takes half a head for a whole answer */
    stage_run(stage, &s);
    check_failures(stage, expected);
    assert_string_equal(run_reason_name(stage->trial.result.reason), "finished");
    assert_int_equal(stage->trial.result.failed, REQUESTS);
    check_connections(stage);
}

/* Two waves, so that slots are used again after a timeout. */
static void what_takes_too_long_fails_as_timed_out(void **state) {
    struct stage *stage = *state;
    struct expectation expected = expected_of(stage->argument);
    int64_t at_once = stage_in_flight(stage) < 3 ? stage_in_flight(stage) : 3;
    struct setting s = stage_setting(stage, expected.behaviour, 2 * at_once);
    s.concurrency = at_once;
    s.timeout_ms = TIMEOUT_MS;
    s.keep_going = true;
    stage_run(stage, &s);
    check_failures(stage, expected);
    assert_int_equal(stage->trial.result.failed, s.requests);
    check_connections(stage);
    for (int64_t i = 0; i < s.requests; i++) {
        const struct sample *sample = check_kept(stage, (size_t)i);
        int64_t took_ms = (sample->end_ns - sample->start_ns) / 1000000;
        assert_in_range(took_ms, TIMEOUT_MS - 1, TRIAL_PATIENCE_MS / 2);
    }
}

static void an_answered_connect_is_no_matter_of_the_connect_timeout(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_SILENCE, 3);
    s.concurrency = 3;
    s.connect_timeout_ms = TIMEOUT_MS;
    s.timeout_ms = 2 * TIMEOUT_MS;
    s.keep_going = true;
    stage_run(stage, &s);
    check_failures(stage, expected_of(SERVE_SILENCE));
    assert_int_equal(stage->trial.result.failed, 3);
    const struct sample *sample = check_kept(stage, 0);
    assert_true(sample->end_ns - sample->start_ns > (s.timeout_ms - 1) * INT64_C(1000000));
}

static void connecting_too_long_is_a_connect_timeout(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_NO_ACCEPT, 3);
    s.concurrency = 3;
    s.connect_timeout_ms = TIMEOUT_MS;
    s.keep_going = true;
    stage_run(stage, &s);
    check_failures(stage, expected_of(SERVE_NO_ACCEPT));
    assert_int_equal(stage->trial.result.failed, 3);
}

static void ten_failures_without_a_success_stop_the_run(void **state) {
    struct stage *stage = *state;
    stage_skip_program(stage); /* when to give up is its own business */
    struct expectation expected = expected_of(stage->argument);
    struct setting s = stage_setting(stage, expected.behaviour, 2000);
    stage_run(stage, &s);
    const struct run_result *r = &stage->trial.result;
    check_failures(stage, expected);
    assert_string_equal(run_reason_name(r->reason), "gave_up");
    assert_true(r->failed >= RECORDING_GIVE_UP);
    assert_true(r->failed + r->cancelled <= RECORDING_GIVE_UP + stage->concurrency);
    assert_int_equal(r->unfinished, 0);
}

static void one_success_keeps_a_run_going(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_FIRST_ALONE, REQUESTS);
    s.concurrency = 1; /* the success is sure to come first */
    stage_run(stage, &s);
    const struct run_result *r = &stage->trial.result;
    check_accounts(stage);
    assert_string_equal(run_reason_name(r->reason), "finished");
    assert_int_equal(r->completed, 1);
    assert_int_equal(r->failed, REQUESTS - 1);
}

static void a_dead_host_in_warm_up_stops_the_run(void **state) {
    struct stage *stage = *state;
    stage_skip_program(stage); /* it cannot warm up */
    struct setting s = stage_setting(stage, SERVE_REFUSAL, (int64_t)stage->argument);
    s.warmup_requests = 1000;
    stage_run(stage, &s);
    const struct run_result *r = &stage->trial.result;
    assert_string_equal(r->failure.text, "");
    if (r->failed < r->total)
        assert_string_equal(run_reason_name(r->reason), "gave_up");
    assert_int_equal(r->completed, 0);
    assert_true(r->not_started >= 0);
    assert_int_equal(r->total, r->failed + r->cancelled + r->unfinished + r->not_started);
    assert_true(r->wall_ns >= -1);
    assert_string_not_equal(stage->trial.recording.facts->examples[ERROR_CONNECTION_REFUSED], "");
}

static void without_descriptors_the_cause_is_told(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_OK, REQUESTS);
    struct drive drive = {.runs = 1, .starve = true};
    s.keep_going = true;
    stage_open(stage, &s);
    if (trial_drive(&stage->trial, &drive, &stage->err))
        fail_msg("%s", stage->err.text);
    if (stage->strategy->capabilities & RUNS_PROCESSES) { /* it needs some of its own to begin with */
        assert_true(drive.failed);
        return;
    }
    const struct trial *t = &stage->trial;
    for (int c = 0; c < ERROR_CLASSES; c++)
        if (t->totals->errors[c] && c != ERROR_TOO_MANY_FILES)
            fail_msg("class %s: %s", error_class_name((enum error_class)c), t->recording.facts->examples[c]);
    assert_int_equal(t->totals->failed, REQUESTS);
}

#define EVERY(words, behaviour)                                                                              \
    {                                                                                                        \
        words " fails by its cause", with_keep_going_every_request_fails_by_its_cause, SPREAD_CONCURRENCY,   \
            behaviour                                                                                        \
    }

const struct contract_case failure_cases[] = {
    EVERY("a refused connection", SERVE_REFUSAL),
    EVERY("a connection reset before the answer", SERVE_RESET),
    EVERY("a connection reset within the body", SERVE_RESET_HALFWAY),
    EVERY("a connection closed before the answer", SERVE_CLOSE),
    EVERY("an answer cut within its head", SERVE_CLOSE_IN_HEAD),
    EVERY("an answer cut within its body", SERVE_CLOSE_HALFWAY),
    EVERY("an answer cut within a chunk", SERVE_CLOSE_IN_CHUNK),
    EVERY("an answer that is not HTTP", SERVE_GARBAGE),
    EVERY("an answer with a bad status line", SERVE_BAD_STATUS_LINE),
    EVERY("an answer with a bad chunk", SERVE_BAD_CHUNK),
    {"no answer in time is a timeout", what_takes_too_long_fails_as_timed_out, SPREAD_ONCE, SERVE_SILENCE},
    {"half an answer in time is a timeout", what_takes_too_long_fails_as_timed_out, SPREAD_ONCE,
     SERVE_HALF_THEN_SILENCE},
    {"connecting too long is a connect timeout", connecting_too_long_is_a_connect_timeout, SPREAD_ONCE, 0},
    {"an answered connect is no matter of the connect timeout",
     an_answered_connect_is_no_matter_of_the_connect_timeout, SPREAD_ONCE, 0},
    {"ten refusals without a success stop the run", ten_failures_without_a_success_stop_the_run,
     SPREAD_CONCURRENCY, SERVE_REFUSAL},
    {"ten resets without a success stop the run", ten_failures_without_a_success_stop_the_run,
     SPREAD_CONCURRENCY, SERVE_RESET},
    {"ten cut answers without a success stop the run", ten_failures_without_a_success_stop_the_run,
     SPREAD_CONCURRENCY, SERVE_CLOSE_HALFWAY},
    {"one success keeps a run going", one_success_keeps_a_run_going, SPREAD_ONCE, 0},
    {"a dead host in warm-up stops a long run", a_dead_host_in_warm_up_stops_the_run, SPREAD_ONCE, 100},
    {"a dead host in warm-up stops a short run", a_dead_host_in_warm_up_stops_the_run, SPREAD_ONCE, 3},
    {"without descriptors the cause is told", without_descriptors_the_cause_is_told, SPREAD_ONCE, 0},
    {0},
};
