/* Servers that close connections which the strategy would use again: no request may fail of that. */
#include "contract.h"

#define REQUESTS 120

static void an_unannounced_close_fails_no_request(void **state) {
    struct stage *stage = *state;
    stage_skip_program(stage); /* whether it tries again is its own business */
    struct setting s = stage_setting(stage, (enum behaviour)stage->argument, REQUESTS);
    stage_run(stage, &s);
    check_success(stage);
    const struct trial *t = &stage->trial;
    /* Where it closes at once it may do so with a request on its way, or be seen to. */
    if (s.behaviour != SERVE_THEN_CLOSE)
        assert_int_equal(t->totals->retries, t->server.log->killed);
    if (stage->concurrency == 1 && !s.no_keepalive)
        assert_true(t->server.log->connections > 1);
}

/* The same once more, with connections that the first run left idle and worn out. */
static void connections_worn_out_in_warm_up_fail_no_request(void **state) {
    struct stage *stage = *state;
    stage_skip_program(stage); /* it cannot warm up */
    struct setting s = stage_setting(stage, (enum behaviour)stage->argument, REQUESTS);
    s.warmup_requests = 3 * stage->concurrency;
    stage_run(stage, &s);
    const struct trial *t = &stage->trial;
    check_accounts(stage);
    for (int c = 0; c < ERROR_CLASSES; c++)
        if (t->totals->errors[c])
            fail_msg("%s: %s", error_class_name((enum error_class)c), t->recording.facts->examples[c]);
    assert_int_equal(t->result.completed, REQUESTS);
    assert_int_equal(t->recording.facts->warmup_failed, 0);
}

const struct contract_case reuse_cases[] = {
    {"a server that closes after three answers fails no request", an_unannounced_close_fails_no_request,
     SPREAD_ALL, SERVE_THEN_CLOSE},
    {"a server that closes at the fourth request fails none", an_unannounced_close_fails_no_request,
     SPREAD_ALL, SERVE_THEN_CLOSE_LATE},
    {"a server that closes at every second request fails none", an_unannounced_close_fails_no_request,
     SPREAD_ALL, SERVE_ONCE_THEN_CLOSE_LATE},
    {"a server that resets at the fourth request fails none", an_unannounced_close_fails_no_request,
     SPREAD_ALL, SERVE_THEN_RESET_LATE},
    {"connections worn out in warm-up fail no request", connections_worn_out_in_warm_up_fail_no_request,
     SPREAD_CONCURRENCY, SERVE_THEN_CLOSE_LATE},
    {"connections worn out by one answer in warm-up fail no request",
     connections_worn_out_in_warm_up_fail_no_request, SPREAD_CONCURRENCY, SERVE_ONCE_THEN_CLOSE_LATE},
    {0},
};
