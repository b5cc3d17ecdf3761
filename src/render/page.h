/* Text laid out in columns of a terminal. A report may hold what a server sent, so texts are cleaned before
 * they are shown: nothing in them can move the cursor. Pure functions; strings live in the arena or in the
 * caller's buffer. */
#ifndef FETCHBENCH_RENDER_PAGE_H
#define FETCHBENCH_RENDER_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/memory.h"

#define PAGE_FIGURE 32 /* bytes that the figures below take at most */

enum tint { TINT_NONE, TINT_GOOD, TINT_BAD };

/* What begins that tint on a terminal, "" for TINT_NONE. */
extern const char *const page_tints[];

/* A copy with control characters, broken UTF-8 and, unless utf8, everything beyond ASCII replaced by '?'.
 * NULL gives an empty text. */
char *page_clean(struct arena *a, const char *text, bool utf8);

/* How many columns clean text takes. */
size_t page_columns(const char *text);

/* Clean text in at most `columns` columns (at least 4), an ellipsis in the middle standing for what was cut.
 */
char *page_shorten(struct arena *a, const char *text, size_t columns, bool utf8);

/* Appends clean text as a paragraph of lines of at most `width` columns, all but the first indented by
 * `indent`. */
void page_paragraph(struct buf *out, const char *text, size_t width, size_t indent);

/* Figures; NaN and what is out of all bounds give "-". At most 6 columns each. */
const char *page_duration(char out[PAGE_FIGURE],
                          double seconds); /* "853us", "20.1ms", "1.24s", "2m05s", "3.1h" */
const char *page_number(char out[PAGE_FIGURE], double value);  /* "0.03", "14.2", "853", "12.3k" */
const char *page_count(char out[PAGE_FIGURE], double count);   /* "0", "99999", "123k" */
const char *page_factor(char out[PAGE_FIGURE], double factor); /* "0.03x", "14.2x" */
/* All digits, in groups: "100,000"; "?" below 0. */
const char *page_grouped(char out[PAGE_FIGURE], long long count);

#endif
