/* What the first answer of a run tells about the target: protocol, TLS, address, Server header. */
#ifndef FETCHBENCH_HTTP_OBSERVE_H
#define FETCHBENCH_HTTP_OBSERVE_H

#include <curl/curl.h>
#include <stddef.h>

#include "http/client.h"

/* To be called with every header line as it arrives, while the connection is known; slot is the request's in
 * the recording. Cheap once the first answer has been seen. Any thread, any process of the run. */
void observe_header(const struct client *c, CURL *easy, size_t slot, const char *line, size_t length);

#endif
