/* Logarithms of the figures that ratios are taken of. Pure. */
#ifndef FETCHBENCH_STATS_LOGS_H
#define FETCHBENCH_STATS_LOGS_H

#include <stdbool.h>
#include <stddef.h>

/* Writes ln of each to out[count]. False, with out undefined, when count is 0 or a figure is not above 0 and
 * finite. */
bool logs_fill(const double *figures, size_t count, double *out);

#endif
