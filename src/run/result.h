/* One run, over: what its process cost and how it ended, with the recording that it left. Plain data,
 * borrowed by the callback that receives it and valid only during that call. */
#ifndef FETCHBENCH_RUN_RESULT_H
#define FETCHBENCH_RUN_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "plan/plan.h"
#include "record/host.h"
#include "record/recording.h"
#include "record/usage.h"
#include "run/trace.h"

enum run_reason {
    RUN_FINISHED,
    RUN_CRASHED,     /* ended by a fault of its own, or before it had finished */
    RUN_KILLED,      /* ended by a signal from outside, or by us after --run-timeout */
    RUN_INTERRUPTED, /* stopped because the user said so */
    RUN_GAVE_UP,     /* stopped itself after failures in a row */
};

/* The reason's name in reports. */
const char *run_reason_name(enum run_reason reason);

struct run_result {
    const struct plan *plan;
    const struct plan_entry *entry;
    int64_t round;        /* from 1 */
    int64_t order;        /* place within its round, from 1 */
    bool baseline_repeat; /* A': see plan/order.h */
    const struct recording *recording;
    const struct recording_totals *totals;
    const struct run_trace *trace;

    enum run_reason reason;
    int signal;         /* that ended the process, 0 for none */
    struct err failure; /* in words, when it ended badly or never began; kind ERR_NONE otherwise */

    /* total = completed + failed + cancelled + unfinished + not_started, always. What was in flight when a
     * stopped child had to be killed counts as cancelled. */
    int64_t total, completed, failed, cancelled, unfinished, not_started;
    int64_t
        overdue; /* of those not started, which were due before the end or the deadline, in an open loop */
    int64_t oldest_unfinished_ns;  /* age at the end of what was then in flight, 0 for none */
    int64_t oldest_not_started_ns; /* at the end since it was due, in an open loop; 0: none was due */

    int64_t setup_ns, wall_ns; /* -1 when it did not come to that */
    int64_t start_agreed_ns;   /* the moment of CLOCK_MONOTONIC that it was told to go at; 0: none */
    int64_t window_ns; /* that requests per second are over: wall_ns, but no less than a run by time lasts,
                        * nor than the schedule of an open loop's takes; -1 as wall_ns */
    int64_t largest_gap_ns; /* without a completion, from go to the last outcome; -1 where there was none */
    int64_t largest_gap_from_ns; /* since go; of no meaning without one */
    struct usage usage;          /* from go until run() came back; of the whole process when it crashed */
    bool usage_is_whole;
    bool usage_is_lost; /* with a process that nobody waited for, or that was killed over others of its own */
    int64_t max_rss_bytes;               /* the process's own high-water mark */
    struct scheduling_shares scheduling; /* of the threads that sent requests, from go on */
    int64_t time_wait;         /* sockets of this host that keep ports from the target; -1 unknown */
    struct host_counters host; /* what the kernel counted over the run and its set-up */
    struct footprint peak;     /* each member the largest seen */
    int64_t recorder_bytes;    /* of the recording's shared pages */
};

#endif
