/* The embedded httpbin-style HTTP/1.1 server. One loop, no threads: the caller's process serves, or a child
 * that it forks after endpoint_open. Paths are those of `endpoint_describe`. Not for several threads. */
#ifndef FETCHBENCH_ENDPOINT_ENDPOINT_H
#define FETCHBENCH_ENDPOINT_ENDPOINT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/served.h"

#include <stdbool.h>
#include <stdint.h>

struct endpoint;

struct endpoint_options {
    const char *listen; /* "127.0.0.1:8080", "[::1]:0", ":8080" (loopback); port 0 takes a free one */
    bool open_to_all;   /* may listen beyond loopback */
    bool tls; /* HTTPS, with the certificate and key of these files of PEM, or with one made for localhost,
               * 127.0.0.1 and ::1 when certificate_file is NULL */
    const char *certificate_file;
    const char *key_file;          /* NULL: the key is in certificate_file too */
    struct served_answers *served; /* of its answers, borrowed; NULL: nobody looks */
    bool pretty; /* JSON indented by two, as httpbin does in debug mode; else compact, as it does by itself */
    const char *access_log;  /* file for a line per answer; NULL: none */
    int64_t stall_at_ns;     /* from so long after the first request on nothing leaves, */
    int64_t stall_length_ns; /* for so long; 0: never */
};

/* Binds and listens, so that clients may connect from now on, and nothing more: no thread, and no other
 * descriptor but the access log's. On failure -1: ERR_USAGE for an address that is none, or is beyond
 * loopback without open_to_all, for files that hold no certificate and its key, and a log that cannot be
 * written. */
int endpoint_open(struct endpoint **out, const struct endpoint_options *options, struct err *err);

/* The certificate that it shows, as PEM; NULL without TLS. Borrowed for the endpoint's life. */
const char *endpoint_certificate(const struct endpoint *e);

/* Where it listens, numeric: "127.0.0.1:43211", "[::1]:8080". */
void endpoint_address(const struct endpoint *e, char out[64]);

/* Serves until stop_fd (borrowed; -1: for ever) becomes readable. Raises the soft limit of descriptors to the
 * hard one and sets the timer slack of the calling thread. Returns 0, or -1 when it could not start. After it
 * clients that are still connected have been cut off. */
int endpoint_run(struct endpoint *e, int stop_fd, struct err *err);

/* Appends a line for each path, for --help: "pattern\twhat it answers". */
void endpoint_describe(struct buf *out);

/* Stops listening and frees. NULL is allowed. After a fork each process closes its own. */
void endpoint_close(struct endpoint *e);

#endif
