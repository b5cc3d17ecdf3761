/* What went wrong, for whoever sees no page. */
#ifndef FETCHBENCH_RENDER_TROUBLES_H
#define FETCHBENCH_RENDER_TROUBLES_H

#include <stdbool.h>

#include "base/buf.h"
#include "report/report.h"

/* Appends what the page says of failures and of how runs ended, a sentence on a line, without markup. */
void troubles_append(struct buf *out, const struct report *report, bool utf8);

#endif
