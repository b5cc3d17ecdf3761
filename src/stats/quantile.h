/* Quantiles of whole samples. A quantile is by nearest rank (base/rank.h): the smallest value with at least
 * that share of all at or below it, so it is always a value that occurred. Pure functions. */
#ifndef FETCHBENCH_STATS_QUANTILE_H
#define FETCHBENCH_STATS_QUANTILE_H

#include <stddef.h>
#include <stdint.h>

/* Puts values in ascending order. */
void quantile_sort(int64_t *values, size_t count);
void quantile_sort_reals(double *values, size_t count); /* none of them NaN */

/* Of ascending values, none of them negative; q from 0 (the smallest) to 1 (the largest). -1 when count is 0.
 */
int64_t quantile_nearest(const int64_t *sorted, size_t count, double q);

/* The median of a few figures, one per round, in any order: the mean of the middle two when their number is
 * even, as is usual for an estimate. Figures may be infinite. NaN when count is 0 or a figure is NaN. */
double quantile_median(const double *values, size_t count);

#endif
