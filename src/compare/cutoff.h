/* What requests that time cut off could do to a percentile. */
#ifndef FETCHBENCH_COMPARE_CUTOFF_H
#define FETCHBENCH_COMPARE_CUTOFF_H

#include <stddef.h>

#include "report/report.h"

/* The percentile of a distribution at that offset within struct report_percentiles, with all requests that
 * time cut off as slow as they are known to have been: at least that of the completed ones. */
double cutoff_least_s(const struct report_distribution *d, size_t percentile);

/* The percentile at `share` of the run's latency or service time, if all requests that time cut off - timed
 * out, unfinished, cancelled, and for latency also due and never begun - had been slower than any that
 * completed: infinite where it would be one of them, and the largest that completed where the histogram
 * cannot be read. At least `value_s`, the percentile of the completed ones; NaN where that is. */
double cutoff_percentile_s(const struct report_run *run, const struct report_distribution *d, double share,
                           double value_s);

#endif
