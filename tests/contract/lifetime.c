/* From open to close in one process: more than one run, and nothing left behind. */
#include "contract.h"

#define REQUESTS 100
#define SPARE 12 /* for what does not grow with the number in flight */

static void drive(struct stage *stage, const struct setting *setting, struct drive *drive) {
    stage_open(stage, setting);
    if (trial_drive(&stage->trial, drive, &stage->err))
        fail_msg("%s", stage->err.text);
    assert_false(drive->failed);
    assert_int_equal(drive->before, drive->after);
    assert_false(drive->children);
}

static bool runs_processes(const struct stage *stage) {
    return stage->strategy->capabilities & RUNS_PROCESSES;
}

static void two_runs_give_twice_the_outcomes_and_leave_nothing(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_OK, REQUESTS);
    struct drive d = {.runs = 2};
    drive(stage, &s, &d);
    const struct trial *t = &stage->trial;
    assert_int_equal(t->totals->completed, 2 * REQUESTS);
    for (int64_t key = 0; key < REQUESTS; key++)
        assert_int_equal(t->server.log->answered[key], 2);
    if (!stage_runs_program(stage))
        assert_int_equal(t->totals->connections_opened, t->server.log->connections);
    if (s.no_keepalive)
        assert_int_equal(t->server.log->connections, 2 * REQUESTS);
    else
        assert_true(t->server.log->connections <= (runs_processes(stage) ? 2 : 1) * stage->concurrency);
}

static void failures_leave_nothing(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, (enum behaviour)stage->argument, REQUESTS);
    struct drive d = {.runs = 2};
    s.keep_going = true;
    drive(stage, &s, &d);
    assert_int_equal(stage->trial.totals->failed, 2 * REQUESTS);
}

static void giving_up_leaves_nothing(void **state) {
    struct stage *stage = *state;
    stage_skip_program(stage); /* when to give up is its own business */
    struct setting s = stage_setting(stage, SERVE_RESET, REQUESTS);
    struct drive d = {.runs = 1};
    drive(stage, &s, &d);
    assert_int_equal(stage->trial.recording.facts->gave_up, 1);
}

static void what_was_never_run_is_closed_all_the_same(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_OK, REQUESTS);
    struct drive d = {.runs = 0};
    drive(stage, &s, &d);
    assert_int_equal(stage->trial.server.log->connections, 0);
}

/* What -c is checked against before a run. */
static void no_more_descriptors_are_held_than_declared(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_SLOWLY, 2 * stage_in_flight(stage));
    struct drive d = {.runs = 1};
    drive(stage, &s, &d);
    const struct plan_entry *entry = &stage->trial.plan.entries[0];
    int64_t declared = stage->strategy->descriptors(entry);
    if (!runs_processes(stage))
        assert_true(d.held - d.before >= entry->concurrency);
    if (d.held - d.before > declared + SPARE)
        fail_msg("%d held, %d declared", d.held - d.before, (int)declared);
}

const struct contract_case lifetime_cases[] = {
    {"two runs give twice the outcomes and leave nothing", two_runs_give_twice_the_outcomes_and_leave_nothing,
     SPREAD_ALL, 0},
    {"refusals leave nothing", failures_leave_nothing, SPREAD_ONCE, SERVE_REFUSAL},
    {"cut answers leave nothing", failures_leave_nothing, SPREAD_ONCE, SERVE_CLOSE_HALFWAY},
    {"giving up leaves nothing", giving_up_leaves_nothing, SPREAD_ONCE, 0},
    {"what was never run is closed all the same", what_was_never_run_is_closed_all_the_same,
     SPREAD_CONCURRENCY, 0},
    {"no more descriptors are held than declared", no_more_descriptors_are_held_than_declared,
     SPREAD_CONCURRENCY, 0},
    {0},
};
