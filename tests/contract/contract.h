/* The suite's own terms: a case is a test that every strategy must pass, on a stage that says which strategy
 * and how it is to be driven. */
#ifndef FETCHBENCH_TESTS_CONTRACT_CONTRACT_H
#define FETCHBENCH_TESTS_CONTRACT_CONTRACT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/recording.h"
#include "strategy/strategy.h"
#include "trial.h"

/* How often a case is put on for one strategy. One that cannot run concurrently always has one request in
 * flight. */
enum spread {
    SPREAD_ONCE,          /* 7 in flight, keep-alive */
    SPREAD_CONCURRENCY,   /* 1, 7 and 64 in flight */
    SPREAD_ALL,           /* those with and without keep-alive */
    SPREAD_IF_CONCURRENT, /* once, for strategies that can */
};

struct contract_case {
    const char *name; /* NULL ends a table */
    void (*run)(void **state);
    enum spread spread;
    int argument;
};

struct stage {
    const struct strategy *strategy;
    char mode[512];
    int64_t concurrency;
    bool no_keepalive;
    int argument;
    struct trial trial;
    struct err err;
};

extern const struct contract_case counting_cases[], answer_cases[], failure_cases[], reuse_cases[],
    stopping_cases[], lifetime_cases[], body_cases[], timing_cases[], starting_cases[];

/* What the stage says of a setting; the caller adds to it. */
struct setting stage_setting(const struct stage *stage, enum behaviour behaviour, int64_t requests);

/* Each fails the test with err's words. The trial is closed after the test. */
void stage_open(struct stage *stage, const struct setting *setting);
void stage_run(struct stage *stage, const struct setting *setting);

/* How many requests can be in flight there: fewer than the concurrency where the strategy has fewer threads.
 */
int64_t stage_in_flight(const struct stage *stage);

/* Many requests in flight: a thousand, or fewer where each has a process of its own. */
int64_t stage_great_many(const struct stage *stage);

/* Whether an outside program sends the requests. Skips the test if so. */
bool stage_runs_program(const struct stage *stage);
void stage_skip_program(const struct stage *stage);

/* The sum that every report keeps; as many samples as outcomes, none twice; their stamps in order and within
 * the run; histograms, examples and the queue's wait as they must be. For every run whatever came of it. */
void check_accounts(const struct stage *stage);

/* The sample of the request that ended as number `place`, from 0. */
const struct sample *check_kept(const struct stage *stage, size_t place);

/* All completed, each key answered once, bytes and connections as the server counted them. */
void check_success(const struct stage *stage);

#endif
