/* Reports of rounds of one plan joined. Shares of one load are added by merging.h. */
#ifndef FETCHBENCH_COMPARE_MERGE_H
#define FETCHBENCH_COMPARE_MERGE_H

#include <stddef.h>

#include "base/err.h"
#include "report/report.h"

struct merge_part {
    const char *name; /* of its file, for messages and the report */
    struct report *report;
};

/* The first part's report becomes the whole, with the rounds of all parts in the order given, renumbered from
 * 1, and borrows from the others: close them after it. At least two parts. What follows from runs -
 * comparisons, thresholds - is made anew; rows of hosts, which are of one sum, are left out. 0, or -1 with
 * err filled (ERR_USAGE), and the first report not to be used, when they do not belong together: the plans or
 * the machines differ in keys that matter, which are named, or they are of different shares. */
int merge_rounds(const struct merge_part *parts, size_t count, struct err *err);

#endif
