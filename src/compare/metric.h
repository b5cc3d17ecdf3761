/* The metrics that runs are compared by. */
#ifndef FETCHBENCH_COMPARE_METRIC_H
#define FETCHBENCH_COMPARE_METRIC_H

#include <stddef.h>

#include "report/report.h"

struct metric {
    const char *name; /* as in the report; NULL ends the table */
    const char *what; /* in a sentence */
    size_t offset;    /* in struct report_run */
    bool is_count;    /* int64_t, else double */
};

extern const struct metric metric_table[];

/* The row with that name, the first (wall_s) for NULL and for an unknown one. */
const struct metric *metric_find(const char *name);

/* NaN where the run does not know it, or where it is 0 and so has no ratio. */
double metric_value(const struct metric *metric, const struct report_run *run);

#endif
