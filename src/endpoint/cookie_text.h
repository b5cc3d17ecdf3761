/* Cookies as Werkzeug reads and quotes them. Pure functions. */
#ifndef FETCHBENCH_ENDPOINT_COOKIE_TEXT_H
#define FETCHBENCH_ENDPOINT_COOKIE_TEXT_H

#include "base/buf.h"
#include "endpoint/pairs.h"

#include <stddef.h>

/* Adds the cookies of a Cookie header from `at` to end, unquoted, the first of each name; what is not UTF-8
 * becomes U+FFFD. */
void cookie_text_read(struct pairs *out, const char *at, const char *end);

/* Appends a value for Set-Cookie: quoted unless it is plain. */
void cookie_text_append_quoted(struct buf *out, const char *text, size_t length);

#endif
