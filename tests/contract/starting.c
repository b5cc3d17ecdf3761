/* Runs that wait, set up, for an agreed moment. */
#include "contract.h"

#define REQUESTS 100
#define AHEAD_MS 30

static void nothing_is_sent_before_the_agreed_moment(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_OK, REQUESTS);
    s.ahead_ms = AHEAD_MS;
    stage_run(stage, &s);
    const struct trial *t = &stage->trial;
    const struct run_facts *f = t->recording.facts;
    check_success(stage);
    assert_int_equal(t->requests_when_ready, 0);
    assert_true(t->result.start_agreed_ns > f->ready_ns);
    assert_true(f->go_ns >= t->result.start_agreed_ns); /* and every sample begins after go */
    assert_int_equal(t->result.setup_ns, f->ready_ns - f->setup_start_ns);
}

static bool it_is_ready(const struct trial *t) {
    return t->recording.facts->ready_ns;
}

static void a_stop_while_it_waits_leaves_a_run_that_never_began(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_OK, REQUESTS);
    int64_t took_ns = 0;
    s.ahead_ms = AHEAD_MS;
    stage_open(stage, &s);
    if (trial_stop(&stage->trial, it_is_ready, &took_ns, &stage->err))
        fail_msg("%s", stage->err.text);
    const struct run_result *r = &stage->trial.result;
    assert_string_equal(r->failure.text, "");
    assert_string_equal(run_reason_name(r->reason), "interrupted");
    assert_int_equal(r->not_started, REQUESTS);
    assert_int_equal(r->wall_ns, -1);
    assert_int_equal(stage->trial.server.log->requests, 0);
}

const struct contract_case starting_cases[] = {
    {"nothing is sent before the agreed moment", nothing_is_sent_before_the_agreed_moment, SPREAD_ONCE, 0},
    {"a stop while it waits leaves a run that never began",
     a_stop_while_it_waits_leaves_a_run_that_never_began, SPREAD_ONCE, 0},
    {0},
};
