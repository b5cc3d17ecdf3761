/* Distributions added up: counts and moments exactly, percentiles from the sum of the encoded histograms and
 * never averaged, intervals as of independent requests. What percentiles are at least with what was cut off
 * is no lower than the least of the parts' bounds: below it lies a smaller share of each. Each is decoded
 * once and the sum encoded once; only the counters that were touched are kept. */
#ifndef FETCHBENCH_REPORT_DISTRIBUTION_SUM_H
#define FETCHBENCH_REPORT_DISTRIBUTION_SUM_H

#include "report/report.h"
#include "stats/total.h"

/* Zeroed is an empty one. */
struct distribution_sum {
    size_t parts; /* that held a value */
    bool censored;
    bool has_least, has_unbounded; /* of a part: a bound; nothing but what was cut off */
    struct report_percentiles least_s;
    int64_t count;
    double min_s, max_s;
    struct total times_s, squares_s2;
    struct report_distribution alone; /* the first of them; its texts live in the arena */
    uint64_t *counters;               /* of the histogram, from `begin` to before `end` */
    uint32_t begin, end;
};

/* Adds one. `scratch` is an empty histogram, and empty again afterwards. 0, or -1 with err filled (ERR_USAGE)
 * when the histogram cannot be read or does not hold what was counted. */
int distribution_sum_add(struct distribution_sum *s, struct arena *a, const struct report_distribution *d,
                         struct histogram *scratch, struct err *err);

/* Fills out, of which all is as it was where there was but one. 0, or -1 with err filled when the histogram
 * could not be encoded. */
int distribution_sum_fill(const struct distribution_sum *s, struct arena *a, struct report_distribution *out,
                          struct histogram *scratch, struct err *err);

void distribution_sum_fini(struct distribution_sum *s);

#endif
