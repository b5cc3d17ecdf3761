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

#endif
