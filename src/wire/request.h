/* The bytes of HTTP/1.1 requests (RFC 9112), with the header fields that libcurl would send and in its order:
 * made once where all requests are the same, else from the URL of each. */
#ifndef FETCHBENCH_WIRE_REQUEST_H
#define FETCHBENCH_WIRE_REQUEST_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "http/client.h"

#define REQUEST_WITH_HEAD ((size_t)16 << 10) /* a body up to that goes out in one piece with its head */

struct requests {
    const struct client *client;
    struct buf method; /* "GET " */
    struct buf *hosts; /* per target: "Host: ..." */
    struct buf fields; /* the rest, with the blank line, and a small body */
    CURLU *url;        /* for URLs that need libcurl's rules */
    char *constant;    /* the bytes of every request, NULL where they differ */
    size_t constant_bytes;
    const char *body; /* what follows apart from the head; NULL for nothing */
    size_t body_bytes;
    bool to_head; /* HEAD: answers have no body */
};

/* 0, or -1 with err filled. Close it with requests_fini in either case. One thread. */
int requests_init(struct requests *r, const struct client *c, struct err *err);
void requests_fini(struct requests *r);

/* Appends to `out` the request for that URL, which leads to that target. False when it is no URL that can be
 * sent. */
bool requests_write(struct requests *r, const char *url, size_t target, struct buf *out);

#endif
