/* Mean and deviation of whole samples. Pure functions. */
#ifndef FETCHBENCH_STATS_MOMENTS_H
#define FETCHBENCH_STATS_MOMENTS_H

#include <stddef.h>
#include <stdint.h>

/* NaN when count is 0. */
double moments_mean(const int64_t *values, size_t count);

/* Of the population: the root of the mean squared distance from the mean. 0 for one value, NaN when count is
 * 0. */
double moments_stddev(const int64_t *values, size_t count);

#endif
