/* The percent-encoding of a request's target, read and shown the way httpbin (Werkzeug) does. Pure functions
 * that append to a buffer. */
#ifndef FETCHBENCH_ENDPOINT_URL_TEXT_H
#define FETCHBENCH_ENDPOINT_URL_TEXT_H

#include "base/buf.h"

#include <stddef.h>

/* Decodes %XX to bytes, which need not be UTF-8; a % that begins none stays. Bytes beyond ASCII that are not
 * quoted are read as Latin-1. */
void url_text_decode_path(struct buf *out, const char *text, size_t length);

/* A decoded path, or a query as it was sent, in the form that httpbin shows in "url": characters beyond ASCII
 * as they are (UTF-8), reserved and invalid ones quoted. scratch is emptied and used. */
void url_text_show_path(struct buf *out, const char *path, size_t length);
void url_text_show_query(struct buf *out, struct buf *scratch, const char *query, size_t length);

/* A URL for a Location header, UTF-8: unchanged when it is ASCII and one word, but for blanks around it; else
 * with what a URL may not hold quoted. */
void url_text_to_uri(struct buf *out, const char *url, size_t length);

#endif
