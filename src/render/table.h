/* The table at the end: a line per label. */
#ifndef FETCHBENCH_RENDER_TABLE_H
#define FETCHBENCH_RENDER_TABLE_H

#include "render/renderer.h"
#include "render/summary.h"

/* Appends it, at most style->width columns wide (at least 80); `all` are the report's. Each point of a sweep
 * has a heading. */
void table_draw(struct buf *out, struct arena *a, const struct report *report, const struct summaries *all,
                const struct render_style *style);

#endif
