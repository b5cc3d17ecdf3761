/* curl_multi driven by a libev loop: what carries many transfers at once on one thread. One driver belongs to
 * one thread. */
#ifndef FETCHBENCH_HTTP_DRIVER_H
#define FETCHBENCH_HTTP_DRIVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "http/pace.h"
#include "http/transfer.h"

struct driver;

/* File descriptors that the entry's requests in flight need at most when so many drivers carry them. */
int64_t driver_descriptors(const struct plan_entry *entry, int64_t drivers);

/* What a driver asks of its owner, never inside a libcurl callback. */
struct driver_owner {
    pace_take *take; /* the next request to be sent */
    /* Begins it with a transfer that is free: true when that was added (driver_add) or has been given to
     * `done` since; false when the request was over at once, and the transfer is free for another. */
    bool (*begin)(void *state, struct transfer *t, const struct ticket *ticket);
    /* What was added is over: add it again, or record it and say that it is free (driver_rest). */
    void (*done)(void *state, struct transfer *t, CURLcode code);
    /* It was in flight when the run ended, and has been taken out of libcurl's hands. */
    void (*cancel)(void *state, struct transfer *t);
    void (*turn)(void *state); /* after each turn of the loop, at its top; NULL for none */
    void *state;
    size_t lane; /* of the recording, where the turns of the loop are counted */
};

/* A driver for `count` transfers (opened with TRANSFER_STOP_BY_DRIVER, borrowed, addressed by their place in
 * the array) that stops when stop_fd becomes readable. 0, or -1 with err filled. */
int driver_open(struct driver **out, struct transfer *transfers, size_t count, struct driver_owner owner,
                int stop_fd, struct err *err);
void driver_close(struct driver *d);

/* Hands a transfer that was begun to libcurl, which takes its first steps; called by `done`, before control
 * returns to the loop, or after the loop's next look at the sockets if what is over was answered while it was
 * being sent. Now and then it looks at the sockets itself, so that the answers to the first of many do not
 * wait until the last is sent. 0, or -1 when libcurl refuses it; the transfer is then not in flight. */
int driver_add(struct driver *d, struct transfer *t);

/* The transfer has carried its request: in a closed loop without pauses it begins the next at once. */
void driver_rest(struct driver *d, struct transfer *t);

/* Begins requests as the rules say and carries them, until there are no more and none is in flight, or the
 * stop descriptor is readable, or the recording's cut_ns has come: what is in flight then is cancelled. */
void driver_run(struct driver *d, const struct pace_rules *rules);

#endif
