/* The forms that sentences have on a page: wrapped text, and Markdown as lines of a paragraph or items of a
 * list. */
#ifndef FETCHBENCH_RENDER_FORMS_H
#define FETCHBENCH_RENDER_FORMS_H

#include "render/notes.h"

extern const struct notes_form form_text;
extern const struct notes_form form_lines, form_items; /* Markdown; rows are items in both */

/* Clean text of others as a code span of Markdown; "" for none. Lives in the arena. */
const char *form_code(struct arena *a, const char *text);

/* Appends a row's first cell of a Markdown table, with `mark` on both sides of the text: "| **text** |". */
void form_append_cell(struct buf *out, const char *mark, const char *text);

#endif
