/* Base64 as RFC 4648, section 4, has it: the standard alphabet, padded, in one line. */
#ifndef FETCHBENCH_BASE_BASE64_H
#define FETCHBENCH_BASE_BASE64_H

#include "base/buf.h"

#include <stddef.h>

/* Appends the encoding of `length` bytes; data may be NULL when there are none. */
void base64_append(struct buf *out, const void *data, size_t length);

#endif
