/* What requests that time cut off could do to a percentile. */
#ifndef FETCHBENCH_COMPARE_CUTOFF_H
#define FETCHBENCH_COMPARE_CUTOFF_H

#include "report/report.h"

/* Requests that time cut off: timed out, unfinished or cancelled, and in an open loop due and never begun. */
int64_t cutoff_count(const struct report_run *run);

/* The percentile at `share` of latency if all that were cut off had been slower than any that completed:
 * infinite where it would be one of them, and the largest that completed where the histogram cannot be read.
 * At least `value_s`, the percentile of the completed ones; NaN where that is. */
double cutoff_percentile_s(const struct report_run *run, double share, double value_s);

#endif
