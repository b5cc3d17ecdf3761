/* Carries a plan out: every round, every entry, each in a fresh process. Everything here runs in the parent,
 * on one thread. */
#ifndef FETCHBENCH_RUN_RUNNER_H
#define FETCHBENCH_RUN_RUNNER_H

#include "base/err.h"
#include "plan/plan.h"
#include "run/launcher.h"
#include "run/result.h"

/* A glance at the run that is on, a few times a second. */
struct run_feed {
    const struct plan_entry *entry;
    const struct plan_point *point; /* of a sweep; NULL for none */
    bool baseline_repeat;
    int64_t round, rounds; /* from 1 */
    int64_t place, places; /* within the round, from 1 */
    int64_t done, failed;
    int64_t total;          /* 0: as many as there are in a given time */
    int64_t length_ns;      /* for how long requests are begun, 0 where that is not known beforehand */
    int64_t elapsed_ns;     /* since go, 0 while it sets up */
    double rate_per_s;      /* with an outcome in about the last second; NaN while it sets up */
    int64_t p50_ns, p99_ns; /* latency of completed requests so far, -1 for none */
    bool stopping;
};

/* Samples of the run that is on, in the order in which its requests ended; valid during the call. */
struct run_samples {
    const struct plan_entry *entry;
    bool baseline_repeat;
    int64_t round, go_ns;
    const struct ring_entry *entries;
    size_t count; /* may be 0 */
    int64_t
        until_ns; /* in the last of a look, when it began: what had been recorded by then was given; else 0 */
};

/* What the caller wants to hear; any may be NULL. With `samples` the recording must be a drained one, and
 * every request that had an outcome is given once, those of a stopped child that had to be killed as
 * cancelled, before `finished` tells of the run. A nonzero `finished` ends everything with its err.
 *
 * With `starts_by_word` each run, once it is set up and warmed up, waits until recording_start_at was called
 * and its moment has come; an interrupt ends the wait, and no time limit counts it. `ready` tells of it, once
 * a run, and never of one that cannot begin (a host without an address, a crash, an interrupt): of that
 * `finished` tells alone. A run that has ended while it was ready may have had its `ready` or not. */
struct run_listener {
    void (*tick)(void *state, const struct run_feed *feed);
    void (*samples)(void *state, const struct run_samples *samples);
    bool samples_at_once; /* as requests end; else when many have come together, or the run is over */
    int (*finished)(void *state, const struct run_result *result, struct err *err);
    int64_t (*rounds)(void *state, int64_t round); /* asked after each round: how many there are to be in all;
                                                      NULL: as many as the plan says */
    bool starts_by_word;
    void (*ready)(void *state, const struct run_feed *feed); /* of the feed, which run it is */
    /* Called while a run is on (between runs nobody looks), again and again as long as control_fd is readable
     * or at its end. control_fd is read anew before each wait; -1: none. NULL: nothing is looked at. */
    void (*heard)(void *state);
    int control_fd;
    void *state;
};

/* The largest number of lanes that any entry of the plan asks for. */
size_t runner_lanes(const struct plan *plan);

/* Runs all that the plan asks for, until it is done or interrupted (see run/interrupt.h). 0, or -1 with err
 * filled when fetchbench itself could not go on; runs that go wrong are results, not errors. */
int runner_execute(const struct plan *plan, const struct launcher *launcher, struct recording *recording,
                   const struct run_listener *listener, struct err *err);

#endif
