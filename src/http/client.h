/* What all requests of a run share: the plan's request, the resolved names, the header list. Made once in the
 * measured process before the clock starts; then constant, so any thread may use it. */
#ifndef FETCHBENCH_HTTP_CLIENT_H
#define FETCHBENCH_HTTP_CLIENT_H

#include <curl/curl.h>

#include "base/err.h"
#include "plan/plan.h"
#include "record/recording.h"

/* What was found out of one of the plan's targets before the clock. */
struct client_host {
    size_t address_count;
    struct curl_slist *resolve; /* its entry for CURLOPT_RESOLVE, NULL for a literal address */
    enum error_class failure;   /* of every request that leads here; ERROR_NONE: they can be sent */
    char why[RECORDING_EXAMPLE];
};

struct client {
    const struct plan *plan;
    struct recording *recording;
    struct client_host *hosts;          /* one per target of the plan, in their order */
    size_t most_addresses;              /* of any host */
    char first_url[TEMPLATE_URL_BYTES]; /* request 0's: all requests' where the URLs are constant */
    struct curl_slist *headers;
};

/* Sets up libcurl and resolves each of the plan's hosts once, writing the first one's addresses to the
 * recording's facts. A host that does not resolve fails the requests that lead to it; none that does is an
 * error. 0, or -1 with err filled and *class saying what kind of failure it was. Close with client_close. */
int client_open(struct client *c, const struct plan *plan, struct recording *recording,
                enum error_class *class, struct err *err);
void client_close(struct client *c);

#endif
