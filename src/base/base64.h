/* Base64 as RFC 4648, section 4, has it: the standard alphabet, padded, in one line. */
#ifndef FETCHBENCH_BASE_BASE64_H
#define FETCHBENCH_BASE_BASE64_H

#include "base/buf.h"

#include <stddef.h>

/* Appends the encoding of `length` bytes; data may be NULL when there are none. */
void base64_append(struct buf *out, const void *data, size_t length);

/* Appends what `length` characters stand for. Strict: nothing but the alphabet, whole groups of four, padding
 * at the end alone and no bits set behind the data, so each data has one text. 0, or -1 when the text is no
 * base64 or `out` has failed. */
int base64_append_decoded(struct buf *out, const char *text, size_t length);

#endif
