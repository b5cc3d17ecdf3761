/* Thresholds that were broken, in sentences. */
#ifndef FETCHBENCH_RENDER_GUARDS_H
#define FETCHBENCH_RENDER_GUARDS_H

#include "render/notes.h"

/* On the page: what is broken, or that nothing is; nothing where there are no thresholds. */
void guards_say(const struct notes *n);

/* Appends what is broken as plain lines, "p99 of async is 231ms, over 200ms", for standard error. */
void guards_append(struct buf *out, const struct report *report, bool utf8);

#endif
