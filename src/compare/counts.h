/* Figures of parts added up, of which any may be unknown. Pure. */
#ifndef FETCHBENCH_COMPARE_COUNTS_H
#define FETCHBENCH_COMPARE_COUNTS_H

#include <stdint.h>

#include "report/report.h"

/* Unknown (-1) where either is; what a report cannot hold stays at the most that it can. */
void counts_add(int64_t *into, int64_t from);

void counts_add_requests(struct report_requests *into, const struct report_requests *from);

/* Processor time is left alone: its sums are to be exact (stats/total.h). */
void counts_add_client(struct report_client *into, const struct report_client *from);

/* The larger one; NaN only where both are. */
void counts_raise(double *into, double from);

#endif
