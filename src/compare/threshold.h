/* --fail-on: bounds that a figure must not break, such as p99>200ms. A threshold says what is wrong, so it is
 * broken where it is true. It is judged for each label (and point of a sweep) on the median over its rounds,
 * of a share of requests on the sum; repeats of the baseline and runs against the embedded endpoint are left
 * out. What cannot be judged counts as broken, with the reason: a guard that cannot see does not let pass.
 *
 * Percentiles are of completed requests. Those that time cut off would have been among the slowest, so with c
 * of them beside n completed the true percentile is between that of the n and that of n + c of which c are
 * beyond all bounds; where the two disagree about the threshold, it cannot be judged. */
#ifndef FETCHBENCH_COMPARE_THRESHOLD_H
#define FETCHBENCH_COMPARE_THRESHOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "report/report.h"

enum threshold_unit {
    THRESHOLD_SECONDS,
    THRESHOLD_SHARE, /* 0 to 1 */
    THRESHOLD_PER_S,
    THRESHOLD_MICROSECONDS,
};

struct threshold_metric {
    const char *name; /* as typed; NULL ends the table */
    enum threshold_unit unit;
    size_t offset;       /* in struct report_run, of a double; of a share of requests none */
    double share;        /* of a percentile, 0 for others */
    size_t distribution; /* in struct report_run, whose percentile it is */
    double (*count)(const struct report_requests *q); /* of a share of requests: those that it counts, */
    double (*among)(const struct report_requests *q); /* and among how many; NaN for unknown */
};

/* The metrics there are, in the order of --help. */
extern const struct threshold_metric threshold_metrics[];

struct threshold {
    const struct threshold_metric *metric;
    bool is_upper;  /* > or >=: broken by what is too large */
    bool inclusive; /* >= or <=: broken at the bound as well */
    double bound;   /* in the metric's unit */
};

/* Reads one: metric, operator and bound; blanks around them are nothing. 0, or -1 with err filled
 * (ERR_USAGE), the nearest metric suggested. A time needs its unit: 200 could mean milliseconds or seconds.
 */
int threshold_read(struct threshold *out, const char *text, struct err *err);

/* Whether all of a list parted by commas can be read: 0, or -1 with err filled. */
int threshold_check(const char *list, struct err *err);

/* Makes r->thresholds anew: every threshold of every list for every label. The lists have been checked. The
 * rows' texts live in r's arena. */
void threshold_fill(struct report *r, const char *const *lists, size_t count);

/* Whether any row of r->thresholds is broken. */
bool threshold_is_broken(const struct report *r);

#endif
