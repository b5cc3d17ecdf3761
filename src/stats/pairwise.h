/* Order statistics of the sums of all pairs, without making the pairs: Walsh averages and the differences of
 * two samples. A bisection over the doubles, in which each step counts the sums up to a value by walking
 * along both arrays once: exact, at most 64 steps of time O(n + m), no memory. Pure. */
#ifndef FETCHBENCH_STATS_PAIRWISE_H
#define FETCHBENCH_STATS_PAIRWISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Two ascending arrays, borrowed, of finite values; at least one each. */
struct pairwise {
    const double *a, *b;
    size_t a_count, b_count;
    bool triangle; /* a and b are the same array, and only pairs a[i] + b[j] with i <= j count */
};

/* How many pairs there are. */
uint64_t pairwise_count(const struct pairwise *p);

/* The rank-th smallest sum a[i] + b[j]; rank from 1 to pairwise_count. */
double pairwise_select(const struct pairwise *p, uint64_t rank);

/* The median of the sums; the mean of the middle two when their number is even. */
double pairwise_median(const struct pairwise *p);

#endif
