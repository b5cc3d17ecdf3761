/* What the answers have in common that show a request back: its parts as JSON, byte for byte as httpbin shows
 * them, and its headers as httpbin sees them. */
#ifndef FETCHBENCH_ENDPOINT_ECHO_H
#define FETCHBENCH_ENDPOINT_ECHO_H

#include "endpoint/exchange.h"

#include <stdbool.h>
#include <stddef.h>

enum echo_field {
    ECHO_ARGS = 1,
    ECHO_BODY = 2, /* data, files, form */
    ECHO_DEFLATED = 4,
    ECHO_GZIPPED = 8,
    ECHO_HEADERS = 16,
    ECHO_JSON = 32,
    ECHO_METHOD = 64,
    ECHO_ORIGIN = 128,
    ECHO_URL = 256,
};

/* Makes the reply the JSON object of these fields, enum echo_field, or-ed. */
void echo_write(struct exchange *x, unsigned fields);

/* Makes the reply so many lines, each a JSON object: url, args, headers, origin and id, the line's number
 * from 0 on. */
void echo_write_lines(struct exchange *x, int count);

/* Gathers the query into x->service->args, in the order it came. */
struct pairs *echo_args(struct exchange *x);

/* Gathers the headers, sorted, into x->service->headers: for all below. */
struct pairs *echo_headers(struct exchange *x);
/* A header's value as UTF-8, or NULL; name in Title-Case. Those of a repeated header are joined by a comma.
 * Borrowed until the next call or other use of x->service->headers. */
const char *echo_header(struct exchange *x, const char *name, size_t *value_bytes);
/* Who asks: X-Forwarded-For, or the client's address. Borrowed likewise. */
const char *echo_origin(struct exchange *x, size_t *bytes);

/* Whether a proxy adds such a header, which httpbin hides unless asked by ?show_env. */
bool echo_is_proxy_header(const char *name, size_t name_bytes);

/* Whether a proxy in front says that the client came over TLS. */
bool echo_is_secure(struct exchange *x);
/* Appends "http" or "https" accordingly, and :// and the host. */
void echo_append_base(struct exchange *x, struct buf *out);

#endif
