/* The comparison as it stands in the middle of a series, in so few words that they fit a progress line. */
#ifndef FETCHBENCH_RENDER_PROVISIONAL_H
#define FETCHBENCH_RENDER_PROVISIONAL_H

#include "base/memory.h"
#include "report/report.h"

/* "provisional: async 3.10x sequential": how many times as fast, by the primary metric, the label is that
 * stands farthest ahead of the baseline; by any other than times what it takes of the baseline's ("0.32x
 * CPU of sequential"). In a sweep that of the point run last. NULL before two rounds can be compared. The
 * text lives in the arena. Reads the report's comparisons as compare_fill left them. */
const char *provisional_text(struct arena *a, const struct report *report, bool utf8);

#endif
