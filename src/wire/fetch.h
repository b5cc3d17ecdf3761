/* Requests over connections of our own: what is begun is sent, on a kept connection or a new one, its answer
 * is read, and its sample recorded. Slots carry a request each; a slot has as many links as it may leave
 * connections open, each to one host. One thread. */
#ifndef FETCHBENCH_WIRE_FETCH_H
#define FETCHBENCH_WIRE_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "http/client.h"
#include "plan/load.h"
#include "wire/poller.h"

struct fetches;

/* What the owner is told, from within `look` of the poller. */
struct fetch_owner {
    void (*over)(void *user, size_t slot,
                 int64_t free_ns);          /* its request is recorded; it may begin another */
    void (*again)(void *user, size_t slot); /* its request will be sent once more, on a new connection */
    void (*busy)(void *user);               /* something is about to be done */
    void (*stopped)(void *user);            /* the run is to stop */
    void *user;
};

struct fetch_setup {
    const struct client *client;
    const struct poller_kind *kind;
    struct fetch_owner owner;
    size_t first_slot, slots; /* of the recording: slot 0 of the fetches is its first_slot */
    size_t links;             /* that a slot has, one at least */
    size_t lane;
    int stop_fd;
};

/* 0, or -1 with err filled. Close with fetch_close; NULL does nothing. */
int fetch_open(struct fetches **out, const struct fetch_setup *setup, struct err *err);
void fetch_close(struct fetches *x);

/* True when the request is on its way; false when it was over at once: it is recorded, and free_ns says since
 * when the slot is free again. */
bool fetch_begin(struct fetches *x, size_t slot, const struct ticket *ticket, int64_t *free_ns);

/* When the slot's request was begun, and whether it has been sent: not before its connection stands, nor
 * while it waits for a new one. */
int64_t fetch_start_ns(const struct fetches *x, size_t slot);
bool fetch_is_sent(const struct fetches *x, size_t slot);

/* Ends a request that is on its way, and its connection: with an error class that `example` says in words.
 * `over` is told. */
void fetch_fail(struct fetches *x, size_t slot, enum error_class class, const char *example);

/* A new run begins, on this thread: no slot has carried a request. Connections stay. 0, or -1 with err
 * filled. */
int fetch_enter(struct fetches *x, struct err *err);

/* The poller's. */
void fetch_look(struct fetches *x, int64_t until_ns);

#endif
