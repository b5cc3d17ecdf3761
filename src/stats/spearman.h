/* Spearman's rank correlation. Pure. */
#ifndef FETCHBENCH_STATS_SPEARMAN_H
#define FETCHBENCH_STATS_SPEARMAN_H

#include <stdbool.h>
#include <stddef.h>

struct rank_correlation {
    double rho;     /* -1 to 1 */
    double p_value; /* two-sided, of no correlation */
};

/* Of count pairs, equal values sharing the mean of their ranks. The p-value is by Student's t with count - 2
 * degrees of freedom (Kendall and Stuart, The Advanced Theory of Statistics, 31.19), which is close from ten
 * pairs on and no more than a guide below; 0 at a rho of 1. False, and out untouched, with fewer than three
 * pairs, a NaN, or where all values of one side are equal. */
bool spearman_correlate(const double *x, const double *y, size_t count, struct rank_correlation *out);

#endif
