/* What verdicts hold to, and how many rounds they take: the figures of stats/rounds.h for a report. */
#ifndef FETCHBENCH_COMPARE_DESIGN_H
#define FETCHBENCH_COMPARE_DESIGN_H

#include <stddef.h>
#include <stdint.h>

#include "stats/rounds.h"

#define DESIGN_ALPHA 0.05  /* the chance of any false verdict among all comparisons of a report */
#define DESIGN_EFFECT 0.05 /* what --rounds auto is to find, and with what power: ours */
#define DESIGN_POWER 0.8
#define DESIGN_ROUNDS 60 /* --rounds auto makes no more */

/* The margin that the baseline against itself sets shrinks with more rounds, so neither of these asks
 * stats/rounds.h for one margin: they look for the least number of rounds that is enough at the margin
 * expected after as many. `half_width` is that of A against A' on the logarithmic scale after `rounds`
 * rounds, 0 where it is unknown. */

/* Rounds that would settle a comparison with the ratio and deviation observed; -1 where 10,000 are not
 * enough. */
int64_t design_to_settle(size_t comparisons, double ratio, double deviation, double half_width,
                         size_t rounds);

/* Rounds for DESIGN_EFFECT with DESIGN_POWER, at least the least; -1 where DESIGN_ROUNDS are not enough. The
 * least where the deviation is unknown. `deviation` is
 * that of a comparison, `floor_deviation` that of A against A', both of logarithms; NaN where unknown. */
int64_t design_for_effect(size_t comparisons, double deviation, double floor_deviation);

#endif
