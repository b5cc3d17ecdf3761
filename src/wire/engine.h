/* The raw engine: an HTTP/1.1 client of our own on one thread, which keeps many requests in flight over
 * connections that a backend carries. One engine belongs to one thread. */
#ifndef FETCHBENCH_WIRE_ENGINE_H
#define FETCHBENCH_WIRE_ENGINE_H

#include <stddef.h>

#include "base/err.h"
#include "http/client.h"
#include "http/pace.h"
#include "wire/poller.h"

struct engine;

struct engine_setup {
    const struct client *client;
    const struct plan_entry *entry;
    const struct poller_kind *kind;
    size_t first_slot, slots; /* of the recording, that are its own */
    size_t lane;              /* of the recording, its own too */
    pace_take *take;          /* the next request to be sent */
    void *state;
};

/* File descriptors that the entry's requests in flight need at most when so many engines carry them. */
int64_t engine_descriptors(const struct plan_entry *entry, int64_t engines);

/* 0, or -1 with err filled. Close with engine_close; NULL does nothing. */
int engine_open(struct engine **out, const struct engine_setup *setup, struct err *err);
void engine_close(struct engine *e);

/* Begins requests as the rules say and carries them, until there are no more and none is in flight, or the
 * run is to stop, or the recording's cut_ns has come: what is in flight then is broken off. 0, or -1 with err
 * filled and nothing begun. */
int engine_run(struct engine *e, const struct pace_rules *rules, struct err *err);

#endif
