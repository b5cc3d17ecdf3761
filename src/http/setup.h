/* What of an easy handle follows from the plan alone: the request, the connection, whom to trust, how to get
 * there. Callbacks, time limits and the URL are transfer.c's. */
#ifndef FETCHBENCH_HTTP_SETUP_H
#define FETCHBENCH_HTTP_SETUP_H

#include <curl/curl.h>

#include "http/client.h"

/* 0, or nonzero when libcurl refused an option. The handle borrows what the client and its plan hold. */
unsigned setup_apply(CURL *easy, const struct client *client);

#endif
