/* The ratio of two sets of rounds that are not paired, as those of two invocations, by ranks: of the
 * differences ln b_j - ln a_i of all pairs the median is the Hodges-Lehmann estimate, and those of rank k + 1
 * and N - k bound the interval, with N the number of pairs and k the largest such that P(U <= k) <= alpha / 2
 * under the distribution of Mann and Whitney's U (Hollander, Wolfe and Chicken, Nonparametric Statistical
 * Methods, 4.2 and 4.3). It is assumed that both sets are independent and differ by a factor alone. The
 * distribution is exact up to RANKSUM_EXACT_PAIRS, beyond that normal with a correction for continuity. Pure
 * functions; up to that number 6 MB and some 50 ms, else memory O(n + m) and time O((n + m) log(n + m)). */
#ifndef FETCHBENCH_STATS_RANKSUM_H
#define FETCHBENCH_STATS_RANKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/ratio.h"

#define RANKSUM_EXACT_PAIRS 3600 /* 60 rounds against 60 */

/* The interval of strategy over baseline at confidence 1 - alpha; for m comparisons at once, give each
 * alpha / m. The p-value is exact as well, where figures are equal that of all divisions of their mid-ranks.
 *
 * False when there are too few rounds for an interval: then low and high are NaN. Also when a count is 0 or a
 * figure is not above 0 and finite: then all of it is NaN. */
bool ranksum_interval(const double *baseline, size_t baseline_count, const double *strategy,
                      size_t strategy_count, double alpha, struct ratio_estimate *out);

/* The largest k with P(U <= k) <= tail for that many of each, all different; tail up to 1/2. False if there
 * is none. */
bool ranksum_critical(size_t baseline_count, size_t strategy_count, double tail, uint64_t *k);

#endif
