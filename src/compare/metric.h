/* The metrics that runs are compared by. */
#ifndef FETCHBENCH_COMPARE_METRIC_H
#define FETCHBENCH_COMPARE_METRIC_H

#include <stdbool.h>

#include "base/err.h"
#include "report/report.h"

struct metric {
    const char *name; /* as in the report; NULL ends the table */
    const char *word; /* as typed */
    const char *what; /* in a sentence */
    double (*figure)(const struct report_run *run);
    unsigned loads; /* bits 1 << enum load_kind: under which it tells one run from another */
};

extern const struct metric metric_table[];

/* The row with that name, the first (wall_s) for NULL and for an unknown one. */
const struct metric *metric_find(const char *name);

/* What is judged where nothing else was asked for. */
const struct metric *metric_of_load(enum load_kind load);

/* 0, or -1 with err filled (ERR_USAGE), in a sentence that names the one to take, where under such a load the
 * metric is the same for all. */
int metric_check(const struct metric *metric, enum load_kind load, struct err *err);

/* Whether it is compared in such a report: it is what is judged there, or shown beside that. */
bool metric_is_compared(const struct metric *metric, const struct report_plan *plan);

/* NaN where the run does not know it, or where it is 0 and so has no ratio. */
double metric_value(const struct metric *metric, const struct report_run *run);

#endif
