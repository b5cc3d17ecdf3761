/* What sets a host apart from the others of a load. */
#ifndef FETCHBENCH_COMPARE_REMARKS_H
#define FETCHBENCH_COMPARE_REMARKS_H

#include "report/report.h"

/* By how much later or earlier than agreed a host may begin, beyond what its clock may be off by (ours). */
#define REMARKS_LATE_S .001

/* That any host is called slower, or failing more, for no reason but chance, in any of a report's runs. */
#define REMARKS_LEVEL .05

/* Fills the remarks of each host's runs, once all are there: limited by its client; late or early, where that
 * is beyond doubt; slower than the others, where its rounds together show that, or within the run where there
 * is but one; failing more by more than chance (stats/apart.h). Runs of --ceiling are left out. */
void remarks_fill(struct report *whole);

#endif
