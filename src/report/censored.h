/* Whether percentiles of a run are no more than lower bounds: requests that were broken off, or never begun
 * though they were due, would have been among the slowest. */
#ifndef FETCHBENCH_REPORT_CENSORED_H
#define FETCHBENCH_REPORT_CENSORED_H

#include "run/result.h"

/* With any request cancelled or timed out. What the end of the run cut off is a handful in each run that is
 * over by time: with these (and, of latency, with those that were due and never begun) it takes enough of
 * them that the 99th percentile would be more than 1 % larger if all had been slower than every other. */
bool censored_is(const struct run_result *result, enum measure m);

#endif
