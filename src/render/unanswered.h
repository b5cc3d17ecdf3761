/* Sentences on requests that had to wait or had no answer, and what that does to the percentiles. */
#ifndef FETCHBENCH_RENDER_UNANSWERED_H
#define FETCHBENCH_RENDER_UNANSWERED_H

#include "render/notes.h"

/* Requests that waited for a connection, and spells without any answer. */
void unanswered_say_waits(const struct notes *n);

/* Requests without an answer when a run was over: unfinished, cut off, or never begun. */
void unanswered_say(const struct notes *n);

#endif
