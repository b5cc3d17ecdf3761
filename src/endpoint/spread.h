/* The connections, spread over many libmicrohttpd daemons on one libev loop. Each daemon walks all of its
 * suspended connections whenever one is resumed, so no daemon is given many: that is what keeps thousands of
 * held answers punctual. One thread. */
#ifndef FETCHBENCH_ENDPOINT_SPREAD_H
#define FETCHBENCH_ENDPOINT_SPREAD_H

#include "base/err.h"
#include "endpoint/service.h"

#include <ev.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <sys/socket.h>

#define SPREAD_SHARDS 64

struct shard {
    struct spread *spread;
    struct MHD_Daemon *daemon;
    ev_io watcher; /* on the daemon's epoll descriptor */
    unsigned connections;
    LIST_HEAD(exchanges, exchange) exchanges; /* one for each connection */
    bool is_touched;                          /* has work of which its epoll descriptor tells nothing */
};

struct spread {
    struct ev_loop *loop;
    struct service *service;
    struct shard shards[SPREAD_SHARDS];
    struct shard *touched[SPREAD_SHARDS];
    size_t touched_count;
    /* Called after a daemon ran because of its clients, with context. */
    void (*ran)(void *context);
    /* Called when a connection has ended and its descriptor is about to be closed. */
    void (*freed)(void *context);
    void *context;
};

/* loop and service are borrowed. ran, freed and context are set by the caller before connections are added.
 * On failure nothing is left to close. */
int spread_open(struct spread *s, struct ev_loop *loop, struct service *service, struct err *err);
/* Ends all connections. No connection may be suspended: resume them first. */
void spread_close(struct spread *s);

/* Takes a connected, non-blocking socket in any case; -1 when it could not be served and was closed. */
int spread_add(struct spread *s, int fd, const struct sockaddr *peer, socklen_t peer_bytes);

/* Looks after every connection: see exchange_look_after. */
void spread_look_after(struct spread *s);

/* Notes that a connection of this shard was added or resumed; spread_run_touched then lets the noted ones
 * work. */
void spread_touch(struct shard *shard);
void spread_run_touched(struct spread *s);

#endif
