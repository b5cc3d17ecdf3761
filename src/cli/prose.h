/* The markup of help texts, and how they are shown on a terminal. A text is lines parted by "\n": one that
 * begins with a blank is an example and shown as it is, "term\ttext" explains a term, every other is a
 * paragraph. Empty lines mean nothing. */
#ifndef FETCHBENCH_CLI_PROSE_H
#define FETCHBENCH_CLI_PROSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define PROSE_WIDTH 80 /* no line reaches it */

enum prose_kind {
    PROSE_PARAGRAPH,
    PROSE_EXAMPLE,
    PROSE_TERM,
};

struct prose_line {
    enum prose_kind kind;
    const char *term; /* PROSE_TERM: not terminated */
    size_t term_length;
    const char *text; /* not terminated */
    size_t length;
};

/* Takes the next line off *at. False at the end. */
bool prose_next(const char **at, struct prose_line *line);

/* Appends the text from column `indent` on, paragraphs parted by empty lines and terms in a column. */
void prose_write(struct buf *out, const char *text, int indent);

/* Appends text wrapped at words into the columns from `indent` on, and ends the line; the cursor is at
 * `column`. */
void prose_wrap(struct buf *out, const char *text, size_t length, int indent, int column);

#endif
