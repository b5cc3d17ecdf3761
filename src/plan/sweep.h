/* A sweep: everything is compared at several points, each with its own number of requests in flight, or its
 * own delay or size of the embedded endpoint's answers, or both. Used by whoever makes a plan. */
#ifndef FETCHBENCH_PLAN_SWEEP_H
#define FETCHBENCH_PLAN_SWEEP_H

#include <stdbool.h>

#include "base/err.h"
#include "plan/plan.h"

#define SWEEP_VALUES 64                        /* of one option at most */
#define SWEEP_LONGEST_S 10                     /* as the endpoint's /delay holds */
#define SWEEP_LARGEST_BYTES (10 * 1024 * 1024) /* as its /drip sends */

/* Resolves plan->counts into the plan's concurrency, and with plan->sweep into its points: one for each pair
 * of the two, in ascending order, those of the same delay or size beside one another. A plan with one count
 * and no sweep has no points. 0, or -1 with err filled (ERR_USAGE): a value that is none, is there twice, or
 * of a list cannot be reached with the plan's requests; a sweep of anything but the embedded endpoint. */
int sweep_read(struct plan *plan, struct err *err);

/* Makes of each entry one for every point, in the order of points and then of entries, and with
 * plan->ceiling as many behind them that are run against the embedded endpoint. Where nothing but the number
 * of requests in flight is swept, an entry whose strategy `is_concurrent` denies is run once and holds at
 * every point. Labels must be unique before. 0, or -1 with err filled (ERR_USAGE) where they are more than
 * PLAN_ENTRIES. */
int sweep_expand(struct plan *plan, bool (*is_concurrent)(const char *strategy), struct err *err);

#endif
