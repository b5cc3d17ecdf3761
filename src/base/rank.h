/* The one definition of a percentile in fetchbench: nearest rank. Both kinds of quantile, of sorted samples
 * and of a histogram, take their rank from here, so that they cannot disagree. Pure. */
#ifndef FETCHBENCH_BASE_RANK_H
#define FETCHBENCH_BASE_RANK_H

#include <stdint.h>

/* The smallest r of 1 to n with r/n >= q: the r-th smallest value is then the smallest with at least share q
 * at or below it. q is clamped to [0, 1]; q = 0 gives 1. q is taken as the decimal it was written as: 0.07 of
 * 100 is rank 7, although the nearest double is above 0.07. 0 when n is 0. */
uint64_t rank_nearest(double q, uint64_t n);

#endif
