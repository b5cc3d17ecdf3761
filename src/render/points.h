/* What is particular to sweeps and ceilings: the names of points, where the winner changes, and how near each
 * label came to what it can do. Texts live in the notes' arena. */
#ifndef FETCHBENCH_RENDER_POINTS_H
#define FETCHBENCH_RENDER_POINTS_H

#include "render/notes.h"

/* "10 at once", "delay=20ms", "delay=20ms, 10 at once": what tells that point of plan.sweep from the others.
 * Clean and unmarked; "every point" for an index that is none. */
const char *points_name(struct arena *a, const struct report *report, int64_t point, bool utf8);

/* The same, what a user wrote of it marked as the form does. */
const char *points_marked_name(const struct notes *n, int64_t point);

/* The label of a line of the table with its point, or with what else tells it from another of that label:
 * "async (10 at once)". */
const char *points_label(const struct notes *n, const struct summary *s);

/* A sentence for each change of the winner, or the one that is ahead at every point. */
void points_append_crossovers(struct buf *out, const struct notes *n);

/* The share that each label had of its rate against the embedded endpoint, where it was run against it. */
void points_say_ceilings(const struct notes *n);

#endif
