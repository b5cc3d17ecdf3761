/* How much later than agreed a part of a load began. Pure. */
#ifndef FETCHBENCH_COMPARE_SKEW_H
#define FETCHBENCH_COMPARE_SKEW_H

#include "report/report.h"

struct skew {
    double skew_s;  /* NaN where it cannot be told */
    double error_s; /* that it may be off by at most */
};

/* share may be NULL. The share's clock at go is put beside that of rank 0, by a straight line between its
 * clocks around that moment, or by the nearest where there is but one side; half of the longer round trip is
 * how far that may be off. */
struct skew skew_of(const struct report_share *share, const struct report_run *run);

#endif
