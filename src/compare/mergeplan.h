/* What of a plan its shares have parts of, added up. */
#ifndef FETCHBENCH_COMPARE_MERGEPLAN_H
#define FETCHBENCH_COMPARE_MERGEPLAN_H

#include "report/report.h"
#include "stats/total.h"

/* Zeroed is an empty one. */
struct plan_sum {
    size_t parts;
    int64_t requests, concurrency, warmup_requests;
    struct total rate_per_s;
    struct total *stages; /* a pair for each: from, to */
    int64_t *strategies;  /* a pair for each: concurrency, threads */
    int64_t *points;      /* of each its concurrency */
};

/* Plans that are alike (ALIKE_SHARES) have as many stages, strategies and points. */
void plan_sum_add(struct plan_sum *s, const struct report_plan *p);

/* Puts the sums into a plan that is alike. */
void plan_sum_fill(const struct plan_sum *s, struct report_plan *p);

void plan_sum_fini(struct plan_sum *s);

#endif
