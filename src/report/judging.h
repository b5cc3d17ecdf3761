/* Whether a run may be believed, and what limited it: the facts of the room trust, from what was measured. */
#ifndef FETCHBENCH_REPORT_JUDGING_H
#define FETCHBENCH_REPORT_JUDGING_H

#include "report/report.h"

/* Fills trust and limited_by of the last run of the report, all else of which is filled already. Once it and
 * the run against the embedded endpoint that bounds it are both there, the label's own is judged anew. */
void judge_run(struct report *r, struct report_run *run, const struct run_result *result);

#endif
