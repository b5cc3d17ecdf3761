/* How the lines of a table stand to each other. */
#ifndef FETCHBENCH_RENDER_STANDING_H
#define FETCHBENCH_RENDER_STANDING_H

#include "render/summary.h"

/* Fills the baseline, times_as_fast and ahead_by. Each line is set against the baseline at its own point, or
 * the baseline's line that holds at every point. */
void standing_fill(struct summaries *all, const struct report *report);

#endif
