/* Lower tails of a discrete distribution that is given by the weights of 0, 1, ... Pure. */
#ifndef FETCHBENCH_STATS_TAIL_H
#define FETCHBENCH_STATS_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The sum of the weights of 0 to last. */
double tail_sum(const double *weights, uint64_t last);

/* The largest k below count whose tail_sum is at most `limit`. False, and out untouched, if there is none. */
bool tail_largest(const double *weights, size_t count, double limit, uint64_t *out);

#endif
