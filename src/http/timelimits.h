/* The time limits of an easy handle: the plan's, and the end of the run that it must not outlast. */
#ifndef FETCHBENCH_HTTP_TIMELIMITS_H
#define FETCHBENCH_HTTP_TIMELIMITS_H

#include <curl/curl.h>
#include <stdbool.h>

#include "http/client.h"

/* Those that do not change. A driver keeps them itself; else, with `alone`, libcurl does. Nonzero when
 * libcurl refuses one. */
unsigned timelimits_apply(CURL *easy, const struct client *client, bool alone);

/* Before each time that a handle is performed alone: it ends at the moment at which the run cuts it off, if
 * that comes before the plan's limit; never before it, and at most 2 ms after. */
void timelimits_renew(CURL *easy, const struct client *client);

#endif
