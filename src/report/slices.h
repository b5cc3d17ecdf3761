/* A run second by second, as its report has it. */
#ifndef FETCHBENCH_REPORT_SLICES_H
#define FETCHBENCH_REPORT_SLICES_H

#include "report/report.h"

/* Fills run->slices from the trace of the result; leaves it empty where there is none. */
void slices_fill(struct report *r, struct report_run *run, const struct run_result *result);

#endif
