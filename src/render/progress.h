/* The one line that moves while requests are fired. Pure: it only fills a buffer. */
#ifndef FETCHBENCH_RENDER_PROGRESS_H
#define FETCHBENCH_RENDER_PROGRESS_H

#include <stdint.h>

#include "render/renderer.h"

struct progress {
    const char *label;
    int64_t place, places; /* the how-manieth run of how many; not shown when places is below 2 */
    int64_t round, rounds; /* likewise */
    int64_t done, total;   /* requests with an outcome; total below 1: unknown */
    double share;          /* of the run that is over, 0 to 1; NaN: unknown */
    int64_t failed;
    const char *standing;                                   /* of the comparison; NULL for none */
    double elapsed_s, requests_per_s, p50_s, p99_s, left_s; /* NaN: unknown, not shown */
    double length_s; /* how long it is to take, shown beside what has passed instead of what is left; 0:
                        unknown */
};

/* What takes the line away again, from wherever on it the cursor is. */
extern const char progress_erase[];

/* Appends what draws the line over the one drawn before: a carriage return, exactly style->width - 1 columns
 * (the last is left free, since writing there may wrap), and the erasing of the rest; no line feed. Widths
 * below 2 draw nothing. `frame` counts drawings, and turns the spinner. */
void progress_draw(struct buf *out, const struct progress *p, const struct render_style *style,
                   unsigned frame);

#endif
