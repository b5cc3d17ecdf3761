/* All runs of one label at one point and concurrency as the one line that a table shows: medians over its
 * rounds, and sums of what was counted. Plain values; texts are cleaned for the page and live in the arena.
 */
#ifndef FETCHBENCH_RENDER_SUMMARY_H
#define FETCHBENCH_RENDER_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "report/report.h"

/* Of its rate in that against the embedded endpoint in the same round; NaN without any. */
struct summary_shares {
    double median, least, most;
    size_t rounds;
};

struct summary {
    const char *label;
    size_t place;  /* among the labels of the plan; their number when it is none of them */
    int64_t point; /* index into plan.sweep; -1 without one, or where it holds at every point */
    int64_t concurrency;
    const struct report_run **runs; /* that it stands for, one per round */
    size_t rounds;

    /* Medians over the rounds that have a figure; NaN when none has. */
    double wall_s, done, requests_per_s, p50_s, p99_s, service_p50_s, service_p99_s, work_p50_s,
        cpu_us_per_request, switches_per_request, memory_bytes;
    /* What those percentiles may be at most, with what had no answer; infinite where they have no bound. */
    double p50_most_s, p99_most_s;
    double p50_least_s, p99_least_s; /* what they are at least, with that as slow as it is known to be */
    double largest_gap_s;            /* of any round, without a completion or failure; NaN for none known */

    struct summary_shares ceiling;

    /* Sums over all rounds. */
    int64_t completed, failed, other_status; /* other_status: answers outside 2xx and 3xx */
    int64_t timed_out;
    int64_t cut_off;         /* unfinished or cancelled: none of a program, of which that is not known */
    double oldest_cut_off_s; /* of these; NaN when there were none */
    int64_t not_started;     /* of all loads */
    int64_t not_begun;       /* of these, in an open loop: due and never begun */
    double oldest_not_begun_s;
    int64_t waited;  /* of an open loop: when they were due no connection was free */
    bool is_program; /* an outside one, so what is shown of its requests is what it told */
    int64_t untold;  /* requests that a program told nothing of */

    /* Every run finished, and at most one request in a thousand failed: its speed can be set against
     * another's. */
    bool sound;
    double times_as_fast; /* as the baseline, by the comparison of times or else by the medians; NaN when
                             either is not sound, and of an open loop */
    const char *ahead_by; /* metric by which the verdicts say that it is ahead of all others; NULL: of none */
};

struct summaries {
    struct summary *items;
    size_t count;
    enum load_kind load;
    const struct summary *baseline; /* a line of the label that all are set against; NULL without any */
    size_t rounds;                  /* the largest of any label */
};

/* One for each label at each point and concurrency: points in their order, before them what holds at every
 * one; labels in the order of the plan, then in that of their first run. Repeats of the baseline and runs
 * against a ceiling are left out. */
struct summaries summary_make(struct arena *a, const struct report *report, bool utf8);

/* Whether a key of status_codes is outside 2xx and 3xx. */
bool summary_is_other_status(const char *status);

/* Whether a run came to nothing but that its host does not resolve, once on each of the hosts that it is of
 * (0: an ordinary run). */
bool summary_is_unresolved(const struct report_run *run, size_t hosts);

#endif
