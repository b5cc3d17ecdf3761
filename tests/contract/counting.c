/* Good servers: every request once, whatever the number in flight. */
#include "contract.h"

#include <netdb.h>
#include <string.h>

#define REQUESTS 200

static void every_ticket_is_recorded_once_and_every_key_sent_once(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_OK, REQUESTS);
    stage_run(stage, &s);
    check_success(stage);
    if (!stage->no_keepalive)
        assert_true(stage->trial.totals->connections_opened <= (uint64_t)stage->concurrency);
}

static void one_request_makes_one_sample(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_OK, 1);
    stage_run(stage, &s);
    check_success(stage);
    if (!stage_runs_program(stage))
        assert_int_equal(stage->trial.totals->connections_opened, 1);
}

static void slots_beyond_the_number_of_requests_stay_idle(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_OK, 5);
    s.concurrency = 40;
    s.spare_slots = true;
    stage_run(stage, &s);
    check_success(stage);
}

static void a_great_many_slots_carry_twice_as_many_requests(void **state) {
    struct stage *stage = *state;
    int64_t many = stage_great_many(stage);
    struct setting s = stage_setting(stage, SERVE_SLOWLY, 2 * many);
    s.concurrency = many;
    stage_open(stage, &s);
    if (stage->trial.plan.entries[0].concurrency < many)
        skip(); /* its threads are fewer, and would take long */
    if (trial_run(&stage->trial, &stage->err))
        fail_msg("%s", stage->err.text);
    check_success(stage);
    assert_true(stage->trial.totals->connections_opened <= (uint64_t)many);
}

static void warm_up_is_kept_apart(void **state) {
    struct stage *stage = *state;
    stage_skip_program(stage); /* it cannot warm up */
    struct setting s = stage_setting(stage, SERVE_OK, REQUESTS);
    s.warmup_requests = 30;
    stage_run(stage, &s);
    const struct trial *t = &stage->trial;
    check_accounts(stage);
    assert_int_equal(t->result.completed, REQUESTS);
    assert_int_equal(t->recording.facts->warmup_completed, 30);
    assert_int_equal(t->recording.facts->warmup_failed, 0);
    assert_int_equal(t->server.log->answers, REQUESTS + 30);
    for (int64_t key = 0; key < REQUESTS; key++)
        assert_int_equal(t->server.log->answered[key], key < 30 ? 2 : 1);
}

static void a_timed_warm_up_ends_and_the_run_follows(void **state) {
    struct stage *stage = *state;
    stage_skip_program(stage); /* it cannot warm up */
    struct setting s = stage_setting(stage, SERVE_NOT_FOUND, REQUESTS);
    s.warmup_ns = 200000000;
    stage_run(stage, &s);
    const struct trial *t = &stage->trial;
    check_accounts(stage);
    assert_int_equal(t->result.completed, REQUESTS);
    assert_true(t->recording.facts->warmup_completed > 0);
    assert_int_equal(t->server.log->answers, REQUESTS + t->recording.facts->warmup_completed);
}

/* Some containers come without /etc/hosts. */
static bool knows_localhost(void) {
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo("localhost", "80", &hints, &found))
        return false;
    freeaddrinfo(found);
    return true;
}

static void a_name_is_resolved_before_the_clock_and_recorded(void **state) {
    struct stage *stage = *state;
    if (!knows_localhost())
        skip();
    struct setting s = stage_setting(stage, SERVE_OK, REQUESTS);
    s.host = "localhost";
    stage_run(stage, &s);
    check_success(stage);
    assert_non_null(strstr(stage->trial.recording.facts->addresses, "127.0.0.1"));
    if (!stage_runs_program(stage))
        assert_string_equal(stage->trial.recording.facts->primary_address, "127.0.0.1");
}

const struct contract_case counting_cases[] = {
    {"every ticket is recorded once and every key sent once",
     every_ticket_is_recorded_once_and_every_key_sent_once, SPREAD_ALL, 0},
    {"one request makes one sample", one_request_makes_one_sample, SPREAD_ALL, 0},
    {"slots beyond the number of requests stay idle", slots_beyond_the_number_of_requests_stay_idle,
     SPREAD_IF_CONCURRENT, 0},
    {"a great many slots carry twice as many requests", a_great_many_slots_carry_twice_as_many_requests,
     SPREAD_IF_CONCURRENT, 0},
    {"warm-up is kept apart", warm_up_is_kept_apart, SPREAD_CONCURRENCY, 0},
    {"a timed warm-up ends and the run follows", a_timed_warm_up_ends_and_the_run_follows, SPREAD_ONCE, 0},
    {"a name is resolved before the clock and recorded", a_name_is_resolved_before_the_clock_and_recorded,
     SPREAD_ONCE, 0},
    {0},
};
