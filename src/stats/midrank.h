/* Ranks of values, where equal ones share the mean of theirs (mid-ranks). Pure. */
#ifndef FETCHBENCH_STATS_MIDRANK_H
#define FETCHBENCH_STATS_MIDRANK_H

#include <stddef.h>
#include <stdint.h>

/* Writes twice the rank (from 1) of each value, so that half ranks are whole numbers, to doubled[count].
 * Returns the sum of t^3 - t over groups of t equal values, which normal approximations are corrected by; 0
 * without ties. No value is NaN. */
double midrank_fill(const double *values, size_t count, uint64_t *doubled);

#endif
