/* Which share of a load a report is of. */
#ifndef FETCHBENCH_REPORT_OWNSHARE_H
#define FETCHBENCH_REPORT_OWNSHARE_H

#include "report/report.h"

/* Fills r->share of a plan that others carry out a part of; leaves it NULL of a whole one. */
void ownshare_fill(struct report *r, const struct plan *plan);

#endif
