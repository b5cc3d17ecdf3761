/* What all requests of a run share: the plan's request, the resolved names, the header list. Made once in the
 * measured process before the clock starts; then constant, so any thread may use it. */
#ifndef FETCHBENCH_HTTP_CLIENT_H
#define FETCHBENCH_HTTP_CLIENT_H

#include <curl/curl.h>

#include "base/err.h"
#include "http/target.h"
#include "plan/plan.h"
#include "record/recording.h"

struct client {
    const struct plan *plan;
    struct recording *recording;
    struct target target;
    size_t address_count;               /* that the host resolved to */
    char first_url[TEMPLATE_URL_BYTES]; /* request 0's: all requests' where the template is constant */
    struct curl_slist *headers;
    struct curl_slist *resolve; /* what CURLOPT_RESOLVE takes, NULL for a literal address */
};

/* Sets up libcurl and resolves the plan's host, writing the addresses to the recording's facts. 0, or -1 with
 * err filled and *class saying what kind of failure it was. Close with client_close. */
int client_open(struct client *c, const struct plan *plan, struct recording *recording,
                enum error_class *class, struct err *err);
void client_close(struct client *c);

#endif
