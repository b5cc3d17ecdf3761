/* Which label is ahead of all others, as far as the verdicts carry. */
#ifndef FETCHBENCH_RENDER_AHEAD_H
#define FETCHBENCH_RENDER_AHEAD_H

#include <stdint.h>

#include "report/report.h"

/* By the primary metric, at that point of a sweep (-1 without one), within one invocation: the label whose
 * verdict against the baseline is the better one and whose interval lies beyond every other's, or the
 * baseline where every other's verdict is the worse one. The intervals hold together, so two that do not
 * overlap are different. NULL where nobody is, where anything was refused, and where nothing was judged. */
const char *ahead_label(const struct report *report, int64_t point);

#endif
