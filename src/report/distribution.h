/* One measure of a run as a distribution: exactly from the samples while every value has one, else from the
 * histogram. */
#ifndef FETCHBENCH_REPORT_DISTRIBUTION_H
#define FETCHBENCH_REPORT_DISTRIBUTION_H

#include "report/report.h"

/* Fills out, of completed requests only; memory comes from the arena. 0, or -1 with err filled
 * when the histogram could not be encoded. */
int distribution_fill(struct report_distribution *out, struct arena *a, const struct run_result *result,
                      enum measure m, struct err *err);

/* The same as a nullable member: NULL when nothing was measured. */
int distribution_make(struct report_distribution **out, struct arena *a, const struct run_result *result,
                      enum measure m, struct err *err);

/* The same from a histogram alone, not censored. */
int distribution_of_histogram(struct report_distribution *out, struct arena *a, const struct histogram *h,
                              struct err *err);

/* Makes `into` the distribution of both: counts and moments added exactly, percentiles from the sum of the
 * encoded histograms and never averaged, intervals as of independent requests. Texts that are new live in the
 * arena. 0, or -1 with err filled (ERR_USAGE) when a histogram cannot be read or does not hold what was
 * counted. */
int distribution_add(struct report_distribution *into, struct arena *a,
                     const struct report_distribution *from, struct err *err);

#endif
