/* Runs that not all parts of a load made. */
#ifndef FETCHBENCH_COMPARE_MISSING_H
#define FETCHBENCH_COMPARE_MISSING_H

#include "base/err.h"
#include "report/report.h"

/* Notes in each run of the whole which of its hosts' shares are missing in it. 0, or -1 with err filled
 * (ERR_USAGE) where a part that came to its end lacks a run. */
int missing_note(struct report *whole, struct err *err);

#endif
