/* What the runs of a report mean against each other: every label against the baseline, which is the first
 * named in the plan, by every metric, at every point of a sweep. Policy over stats/; pure functions of the
 * report, so a saved report compares exactly as the live one did. One thread at a time.
 *
 * The unit is the round, not the request: figures are paired by round with the baseline's first run there. */
#ifndef FETCHBENCH_COMPARE_COMPARE_H
#define FETCHBENCH_COMPARE_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "report/report.h"

/* Makes r->comparisons, r->noise_floor and r->crossovers anew from r->runs and r->plan. Between invocations
 * (between not empty) they are kept as they are. Rounds that are not whole yet count as far as they are.
 *
 * Only the primary metric (plan.metric) gets a verdict. Where the plan has one round there is none, and no
 * reason either: ratio alone, since one round supports no claim. Everything is allocated in r's arena, so
 * calling it after every run of a long series costs memory: call it when somebody looks. */
void compare_fill(struct report *r);

/* How many rounds `--rounds auto` is to make in all, judged after the pilot from its variance alone: for an
 * effect of 5 % with 80 % power; at least the least that can support a verdict, at most 60, and *enough is
 * false where it would take more than those. The budget is the caller's business. */
int64_t compare_rounds_wanted(const struct report *r, bool *enough);

/* Whether a comparison by the primary metric has no conclusion: no verdict, inconclusive, or not comparable.
 * Of the second, whether any of the report's has none. */
bool compare_is_open(const struct report_comparison *c);
bool compare_is_inconclusive(const struct report *r);

#endif
