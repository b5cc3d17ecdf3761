/* The ratio of two strategies from paired rounds, by Wilcoxon's signed ranks: no distribution is assumed but
 * that the logarithms of the rounds' ratios are symmetric about theirs. Of
 *
 *   d_i = ln b_i - ln a_i,  the Walsh averages (d_i + d_j) / 2 for i <= j,  M = R (R + 1) / 2 of them
 *
 * the median is the Hodges-Lehmann estimate, and those of rank k + 1 and M - k bound the interval, with k the
 * largest such that P(W+ <= k) <= alpha / 2 (Hollander, Wolfe and Chicken, Nonparametric Statistical Methods,
 * 3.2 and 3.3). The distribution of W+ is exact up to SIGNEDRANK_EXACT rounds, beyond that normal with a
 * correction for continuity, which at 301 rounds and 95 % gives k = 19,762 where 19,764 is exact, and so a
 * hair too wide an interval. Pure functions; time O(R^3) up to that number, else O(R log R); memory O(R^2) up
 * to it (360 KB), else O(R). */
#ifndef FETCHBENCH_STATS_SIGNEDRANK_H
#define FETCHBENCH_STATS_SIGNEDRANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/ratio.h"

#define SIGNEDRANK_EXACT 300

/* The interval of strategy[i] / baseline[i], paired by round, at confidence 1 - alpha; for m comparisons at
 * once, give each alpha / m.
 *
 * The p-value is exact too: of rounds without a difference none counts, and where differences are equally
 * large it is that of all assignments of signs to their mid-ranks. 1 if no round has a difference.
 *
 * False when there are too few rounds for an interval (2 / 2^R > alpha): then low and high are NaN. Also when
 * rounds is 0 or a figure is not above 0 and finite: then all of it is NaN. */
bool signedrank_interval(const double *baseline, const double *strategy, size_t rounds, double alpha,
                         struct ratio_estimate *out);

/* The largest k with P(W+ <= k) <= tail for that many rounds, all different; tail up to 1/2. False if there
 * is none. */
bool signedrank_critical(size_t rounds, double tail, uint64_t *k);

/* P(W+ <= k) for that many rounds, all different. */
double signedrank_tail(size_t rounds, uint64_t k);

#endif
