/* One sentence of the notes around the table, and the parts of it that others wrote. */
#ifndef FETCHBENCH_RENDER_SENTENCE_H
#define FETCHBENCH_RENDER_SENTENCE_H

#include "render/notes.h"

/* Adds a sentence to the page, wrapped. */
void sentence_say(const struct notes *n, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Text that others wrote, a user or a server, as the form marks it; the second in at most `columns` columns.
 * NULL is "". Lives in the notes' arena. */
const char *sentence_clean(const struct notes *n, const char *text);
const char *sentence_shorten(const struct notes *n, const char *text, size_t columns);

/* Text of ours that came by way of a report: unmarked, as long as it has nothing that markup is made of. */
const char *sentence_plain(const struct notes *n, const char *text);

/* A copy with a capital at its beginning. */
const char *sentence_begin(struct arena *a, const char *text);

/* The label of a line of the table, likewise. */
const char *sentence_label(const struct notes *n, const struct summary *s);

#endif
