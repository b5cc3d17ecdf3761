/* What `fetchbench compare` shows of two reports: a table of medians by the judged metric, and a line with
 * the verdict for each label. Files' names and labels are others' text and shown as such. */
#ifndef FETCHBENCH_RENDER_BETWEEN_H
#define FETCHBENCH_RENDER_BETWEEN_H

#include "compare/between.h"
#include "render/renderer.h"

/* Appends the page of the comparisons of `shown` that are between those two; all of `shown`'s have been made
 * by between_fill. `format` is "text" or "markdown". */
void between_show(const struct report *shown, const struct between *b, const char *format,
                  const struct render_style *style, struct buf *out);

#endif
