/* The distribution-free interval of a quantile, from the ranks of the sample. Of n independent values the
 * number at or below the true q-quantile is binomial (n, q), whatever their distribution; so the values at
 * ranks
 *
 *   low  = max { r : P(Bin(n,q) <= r-1) <= alpha/2 }
 *   high = min { r : P(Bin(n,q) <= r-1) >= 1 - alpha/2 }
 *
 * enclose it with probability at least 1 - alpha (David & Nagaraja, Order Statistics, 7.1). It holds for
 * independent values only: of requests that influence each other it is too narrow. Pure; sound up to n = 10^9
 * and for alpha from 10^-9 up; a few milliseconds at most. */
#ifndef FETCHBENCH_STATS_BINOMIAL_H
#define FETCHBENCH_STATS_BINOMIAL_H

#include <stdbool.h>
#include <stdint.h>

struct rank_interval {
    uint64_t low, high; /* ranks from 1 to n */
};

/* False, and out untouched, when n is too small for both bounds to exist: at alpha = 0.05, below 6 for the
 * median, 368 for p99, 3,688 for p99.9. */
bool binomial_quantile_interval(uint64_t n, double q, double alpha, struct rank_interval *out);

/* P(Bin(n, q) >= k), for 0 < q < 1; below 10^-25 it may be 0. */
double binomial_at_least(uint64_t n, double q, uint64_t k);

#endif
