/* Several reports as one. Rounds of one plan are joined, or shares of one load - what several processes or
 * machines did at the same time - are added. */
#ifndef FETCHBENCH_COMPARE_MERGE_H
#define FETCHBENCH_COMPARE_MERGE_H

#include <stddef.h>

#include "base/err.h"
#include "report/report.h"

struct merge_part {
    const char *name; /* of its file, for messages and the report */
    struct report *report;
};

/* The first part's report becomes the whole and borrows from the others: close them after it. At least two
 * parts. What follows from runs - comparisons, thresholds - is made anew. 0, or -1 with err filled
 * (ERR_USAGE), and the first report not to be used, when they do not belong together: the plans (or for
 * rounds, the machines) differ in keys that matter, which are named. */

/* The rounds of all parts in the order given, renumbered from 1. */
int merge_rounds(const struct merge_part *parts, size_t count, struct err *err);

/* Per label, point and round one run of all parts together, as of parts that began at the same moment:
 * counts, bytes, processor time, memory, threads and connections are sums; histograms are added; the time is
 * the longest one's, and requests per second are all requests over it. What cannot be added (the largest gap
 * between completions) is unknown. */
int merge_shares(const struct merge_part *parts, size_t count, struct err *err);

#endif
