/* Where a connection for a URL really goes: what --proxy, --unix-socket, --connect-to and --resolve make of
 * its host and port, by libcurl's own rules, so that what is resolved before the clock is what will be
 * connected to. Pure: nothing is looked up. */
#ifndef FETCHBENCH_HTTP_ROUTE_H
#define FETCHBENCH_HTTP_ROUTE_H

#include <stddef.h>

#include "base/err.h"
#include "http/target.h"
#include "plan/plan.h"

#define ROUTE_PLACES 2

struct route {
    struct target places[ROUTE_PLACES]; /* whose addresses are needed; they have no scheme */
    size_t count;                       /* 2 where a SOCKS proxy wants an address; 0 for a unix socket */
};

/* Whether those options are well formed and can go together. 0, or -1 with err filled (ERR_USAGE). */
int route_check(const struct plan *plan, struct err *err);

/* For a plan that passed route_check. */
void route_find(const struct plan *plan, const struct target *target, struct route *out);

/* The addresses that --resolve gives a place, "a" or "a,[b]", borrowed from the plan; NULL where it gives
 * none. */
const char *route_given(const struct plan *plan, const struct target *place);

#endif
