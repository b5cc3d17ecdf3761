/* The percent-encoding of URLs, and the pairs of a query or form. Pure functions that append to a buffer. */
#ifndef FETCHBENCH_BASE_PERCENT_H
#define FETCHBENCH_BASE_PERCENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The byte that %XX at text stands for, or -1 where there is none. */
int percent_byte(const char *text, size_t length);

/* Decodes %XX to bytes, which need not be UTF-8; a % that begins none stays. */
void percent_decode(struct buf *out, const char *text, size_t length, bool plus_is_space);

/* The same for a name or value of a query or form, as Python's web servers read it: + is a space, and what
 * then is not UTF-8 becomes U+FFFD. scratch is emptied and used. */
void percent_decode_value(struct buf *out, struct buf *scratch, const char *text, size_t length);

/* A name and its value as they stand in a query, encoded; a part without = has an empty value. */
struct percent_pair {
    const char *name, *value;
    size_t name_bytes, value_bytes;
};

/* The first pair of what begins at *at, which is moved beyond it; empty parts are passed over. False when
 * there is no more before `end`. */
bool percent_next_pair(const char **at, const char *end, struct percent_pair *out);

#endif
