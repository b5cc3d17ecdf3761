/* The memory that libmicrohttpd gives a connection, from which a request's head and then the head of its
 * answer are taken. Where both do not fit it closes the connection without a word, and where a URL all but
 * fills it, it waits for ever; so who asks too much is told before. Heads that do not fit at all it answers
 * itself. */
#ifndef FETCHBENCH_ENDPOINT_HEAD_H
#define FETCHBENCH_ENDPOINT_HEAD_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

#define HEAD_MEMORY_BYTES ((size_t)16 << 10) /* of a connection; wiped after each request */
#define HEAD_SPARE_BYTES ((size_t)512)       /* what the head of an answer takes without special headers */

/* Whether a target of so many bytes leaves room for anything else. */
bool head_may_have_target(size_t target_bytes);

/* Whether the head of the connection's request leaves room for an answer's of so many bytes. */
bool head_leaves(struct MHD_Connection *connection, size_t answer_bytes);

/* Answers past libmicrohttpd, which has no memory left to do it, and ends what comes from the client. Over
 * TLS nothing can be said. status is such as "414 URI Too Long". */
void head_refuse(struct MHD_Connection *connection, bool is_tls, const char *status, const char *sentence);

#endif
