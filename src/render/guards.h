/* What made a guarded run fail, in sentences. */
#ifndef FETCHBENCH_RENDER_GUARDS_H
#define FETCHBENCH_RENDER_GUARDS_H

#include "render/notes.h"

/* On the page, before all else: thresholds that are broken, regressions beyond --fail-on-regression, and on
 * which there is no conclusion. Nothing where none is. */
void guards_say_failed(const struct notes *n);

/* On the page: that no threshold is broken and nothing regressed; nothing where neither was asked for. */
void guards_say_held(const struct notes *n);

/* Appends what is broken as plain lines, "p99 of async is 231ms, which breaks p99>200ms", for standard error.
 */
void guards_append(struct buf *out, const struct report *report, bool utf8);

#endif
