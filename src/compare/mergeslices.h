/* Seconds of several runs added up. Slices of different runs are not cut at the same moments: a sum has a cut
 * where all have one near the same second, so that no slice is split, and what the sum is does not depend on
 * the order of the parts. What began later is moved by as much, to the nearest second. */
#ifndef FETCHBENCH_COMPARE_MERGESLICES_H
#define FETCHBENCH_COMPARE_MERGESLICES_H

#include "report/report.h"

/* Zeroed is an empty one. */
struct slices_sum {
    struct slice_bin *bins;
    size_t count;
    int64_t first; /* the second that the earliest run began in */
    bool is_begun;
};

/* begin_s: of that run, on the clock of all. */
void slices_sum_add(struct slices_sum *s, const struct report_list *slices, double begin_s);

/* Appends the sums to `out`; percentiles are unknown but where a slice is that of one run alone. */
void slices_sum_fill(const struct slices_sum *s, struct report *r, struct report_list *out);

void slices_sum_fini(struct slices_sum *s);

#endif
