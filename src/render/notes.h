/* The sentences around the table: what was asked of whom above it; below it what the figures mean, what
 * failed and how runs ended that did not finish. */
#ifndef FETCHBENCH_RENDER_NOTES_H
#define FETCHBENCH_RENDER_NOTES_H

#include <stdbool.h>

#include "render/page.h"
#include "render/renderer.h"
#include "render/summary.h"

struct notes;

/* An item of a list that begins with a label. */
struct notes_row {
    const char *label; /* clean, unmarked */
    size_t columns;    /* that labels of this list take, where a page has columns */
    const char *text, *word, *rest;
    enum tint tint; /* of the word, which is emphasised */
};

/* How sentences become part of a page. */
struct notes_form {
    void (*put)(struct buf *out, const char *sentence, size_t width);
    void (*put_row)(const struct notes *n, const struct notes_row *row);
    void (*put_heading)(const struct notes *n,
                        const char *heading); /* of the rows below it; marked already */
    /* Marks text that others wrote, already clean, so that it cannot be taken for markup. */
    const char *(*quote)(struct arena *a, const char *text);
};

/* What every note is made from. */
struct notes {
    const struct notes_form *form;
    struct arena *arena;
    const struct report *report;
    const struct summaries *summaries;
    const struct render_style *style;
    size_t width;
    struct buf *out;
};

void notes_head(const struct notes *n);
void notes_reading(const struct notes *n);  /* rounds, medians, what "times as fast" is of */
void notes_failures(const struct notes *n); /* errors, answers outside 2xx and 3xx, redirects, retries */
void notes_endings(const struct notes *n);  /* runs that did not finish, percentiles that are lower bounds */

/* Whether no run got as far as an address: then the table has no figure, and one sentence says it all. */
bool notes_is_unresolved(const struct notes *n);
void notes_unresolved(const struct notes *n);

#endif
