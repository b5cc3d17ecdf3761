/* Reports that were given, so that none is taken twice: it would count what happened once as two findings.
 * Nothing of the reports is kept but their moments. */
#ifndef FETCHBENCH_COMPARE_SEEN_H
#define FETCHBENCH_COMPARE_SEEN_H

#include "base/err.h"
#include "report/report.h"

/* Zeroed has seen none. */
struct seen {
    struct arena arena;
    struct seen_report *reports;
    size_t count, capacity;
};

/* 0, or -1 with err filled (ERR_USAGE) when it was given before, be it within a report that was joined, which
 * its parts' moments tell. */
int seen_add(struct seen *s, const char *name, const struct report *r, struct err *err);

void seen_fini(struct seen *s);

#endif
