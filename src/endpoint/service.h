/* What every exchange of one endpoint shares: settings, counters, and scratch space. One thread. */
#ifndef FETCHBENCH_ENDPOINT_SERVICE_H
#define FETCHBENCH_ENDPOINT_SERVICE_H

#include "base/served.h"
#include "endpoint/access_log.h"
#include "endpoint/certificate.h"
#include "endpoint/delays.h"
#include "endpoint/pairs.h"
#include "endpoint/python_random.h"
#include "endpoint/sojourn.h"

#include <stdbool.h>
#include <stdint.h>

struct service {
    const char *address;                   /* borrowed: where it listens, numeric */
    bool pretty;                           /* JSON indented */
    const struct certificate *certificate; /* borrowed: for TLS; NULL: without */
    struct served_answers *served;         /* borrowed; NULL: not counted */
    struct access_log *access_log;         /* borrowed: NULL: none */
    struct stall stall;
    int64_t sojourns;      /* requests for /sojourn so far */
    int64_t queue_free_ns; /* when /sojourn?queue=1 has done all that has come */
    char server[64];       /* the Server header */
    struct delays delays;
    struct python_random random;   /* for what a request did not seed */
    struct python_random unstable; /* the sequence of failures that unstable_seed began */
    struct buf unstable_seed;
    struct pairs args; /* scratch of the answer being made */
    struct pairs headers;
    struct buf scratch;
};

/* A service without TLS, a log or a stall, unless those are set then. address is borrowed for the service's
 * life. */
int service_init(struct service *s, const char *address, bool pretty, struct err *err);
void service_fini(struct service *s);

#endif
