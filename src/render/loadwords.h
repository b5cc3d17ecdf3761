/* What was asked of a run - how many requests, for how long, at which rate - in words. */
#ifndef FETCHBENCH_RENDER_LOADWORDS_H
#define FETCHBENCH_RENDER_LOADWORDS_H

#include "base/buf.h"
#include "report/report.h"

/* Appends "100 GET requests", "GET requests for 10s" or "GET requests at 2,000/s for 10s (constant)";
 * `method` is marked for the page already. */
void loadwords_append(struct buf *out, const struct report_plan *p, const char *method);

/* Appends what else was asked of it, each with a comma before it: ", at most 5s", ", 1s of grace". */
void loadwords_append_limits(struct buf *out, const struct report_plan *p);

#endif
