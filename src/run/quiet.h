/* Whether this host still has sockets to the target, so that a run does not begin while the connections of
 * the one before are being closed. TIME_WAIT ones do not count. Asked of the kernel by sock_diag (netlink),
 * which filters by port and state; what cannot be asked or read is no reason to wait. Linux. */
#ifndef FETCHBENCH_RUN_QUIET_H
#define FETCHBENCH_RUN_QUIET_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"
#include "record/recording.h"

#define QUIET_PLACES 64 /* addresses with ports; of more, the first count */

/* IPv4 addresses as ::ffff:a.b.c.d. */
struct quiet_place {
    struct in6_addr address;
    in_port_t port; /* in network order */
};

struct quiet {
    int socket; /* -1: nothing can be asked */
    struct quiet_place places[QUIET_PLACES];
    size_t place_count;
    int64_t others; /* sockets that a wait did not see go: another program's, or stuck */
};

void quiet_open(struct quiet *q);
void quiet_close(struct quiet *q);

/* Makes what a run of that entry connected to the places: the addresses that the plan names itself, and those
 * that were looked up for the run, with the ports of the plan's routes. Nothing for a unix socket. */
void quiet_set_places(struct quiet *q, const struct plan *plan, const struct plan_entry *entry,
                      const struct run_facts *facts);

/* One place more. 0, or -1 when the address is none or there is no room. */
int quiet_add_place(struct quiet *q, const char *address, const char *port);

/* Sockets of this host, any program's, whose other end is one of the places; 0 where that cannot be known. */
int64_t quiet_count(const struct quiet *q);

/* Of the place with the most of them, sockets in TIME_WAIT: each keeps a local port from being used for that
 * place again. -1 where that cannot be known or there is no place. */
int64_t quiet_count_time_wait(const struct quiet *q);

/* Waits until there are none but those that an earlier wait left, at most limit_ns, or until an interrupt
 * comes. Returns how long it waited. */
int64_t quiet_wait(struct quiet *q, int64_t limit_ns);

#endif
