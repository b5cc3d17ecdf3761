/* What all requests of a run share: the plan's request, the resolved names, the header list. Made once in the
 * measured process before the clock starts; then constant, so any thread may use it. */
#ifndef FETCHBENCH_HTTP_CLIENT_H
#define FETCHBENCH_HTTP_CLIENT_H

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

#include "base/err.h"
#include "plan/plan.h"
#include "record/recording.h"

/* What was found out of one of the plan's targets before the clock. */
struct client_host {
    size_t address_count;       /* 0 where they are left to be looked up for each connection */
    char *addresses;            /* the same, "a,[b]"; NULL for none */
    struct curl_slist *resolve; /* what CURLOPT_RESOLVE takes, NULL for nothing to tell */
    bool shares;                /* its lists are the first host's */
    enum error_class failure;   /* of every request that leads here; ERROR_NONE: they can be sent */
    char why[RECORDING_EXAMPLE];
};

struct client {
    const struct plan *plan;
    const struct urls *urls; /* of the run's entry */
    struct recording *recording;
    struct client_host *hosts; /* one per target of the plan, in their order, and the ceiling's behind them */
    size_t first_host, host_count;      /* those that the run's requests lead to */
    size_t most_addresses;              /* of any host */
    bool resolves_each;                 /* there is a name to be looked up for each connection */
    bool uses_tls;                      /* for any of them */
    char first_url[TEMPLATE_URL_BYTES]; /* request 0's: all requests' where the URLs are constant */
    struct curl_slist *headers, *connect_to;
    X509_STORE *authorities; /* see http/authorities.h */
    struct bodywork work;    /* done with each body */
    int save_folder;         /* a descriptor, -1 where bodies are not saved */
};

/* Sets up libcurl and, unless the plan wants that for each connection, resolves the names that connections to
 * the plan's hosts need (see http/route.h), writing the first one's addresses to the recording's facts. A
 * host that does not resolve fails the requests that lead to it; none that does is an error. 0, or -1 with
 * err filled and *class saying what kind of failure it was. Close with client_close. */
int client_open(struct client *c, const struct plan *plan, const struct plan_entry *entry,
                struct recording *recording, enum error_class *class, struct err *err);
void client_close(struct client *c);

#endif
