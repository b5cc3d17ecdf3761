/* From how a child ended and what it left in the recording, the result of the run. Pure but for reading both.
 */
#ifndef FETCHBENCH_RUN_VERDICT_H
#define FETCHBENCH_RUN_VERDICT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "run/result.h"

/* What the parent saw of a run. */
struct run_end {
    pid_t pid; /* 0: it never started */
    int fork_errno;
    bool waited; /* wait_status and rusage are filled */
    int wait_status;
    struct rusage rusage;
    bool launcher_gone, interrupted, timed_out;
    int64_t ended_ns;
    struct scheduling_shares scheduling;
    struct host_counters host_before, host_after;
    struct footprint peak; /* members -1 while nothing was read */
};

/* Whether all requests are sent by the measured process's main thread, which then tells itself how it was
 * scheduled. */
bool verdict_is_of_one_thread(const struct plan_entry *entry);

/* Fills everything of the result that end and result->recording, ->totals and ->plan tell. */
void verdict_of_run(const struct run_end *end, struct run_result *result);

#endif
