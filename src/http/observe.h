/* What the first answer of a run tells about the target: protocol, TLS, address, Server header. */
#ifndef FETCHBENCH_HTTP_OBSERVE_H
#define FETCHBENCH_HTTP_OBSERVE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "http/client.h"

enum observe_state { OBSERVE_NOTHING, OBSERVE_HEADERS, OBSERVE_DONE };

/* Whether an answer has told it, so that no other need be looked at. Here, since it is asked of every header
 * line. */
static inline bool observe_is_done(const struct client *c) {
    return atomic_load_explicit(&c->recording->facts->observed, memory_order_relaxed) == OBSERVE_DONE;
}

/* The same for an answer that was read without libcurl; texts may be "". Any thread. */
void observe_answer(const struct client *c, int http_version, const char *server, const char *address,
                    const char *tls_version, const char *tls_cipher);

/* Whether the connection that the handle is about to use was made for it, by a TLS session of an earlier one.
 */
bool observe_resumed(CURL *easy);

/* To be called with every header line as it arrives, while the connection is known; slot is the request's in
 * the recording. Nothing is to be done once observe_is_done. Any thread, any process of the run. */
void observe_header(const struct client *c, CURL *easy, size_t slot, const char *line, size_t length);

#endif
