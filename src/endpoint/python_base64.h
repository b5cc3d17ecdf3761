/* Base64 as Python's b64decode reads it: bytes that are not of the alphabet are passed over. Pure. */
#ifndef FETCHBENCH_ENDPOINT_PYTHON_BASE64_H
#define FETCHBENCH_ENDPOINT_PYTHON_BASE64_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Appends what text stands for; with is_urlsafe - and _ are + and /, too. -1 when it ends within a group of
 * four that is not padded, after which out holds a part. */
int python_base64_decode(struct buf *out, const char *text, size_t length, bool is_urlsafe);

#endif
