/* Entries of a spool in a given order, within bounded memory: parts that fit are sorted and put back, then
 * merged. */
#ifndef FETCHBENCH_SAMPLES_ORDER_H
#define FETCHBENCH_SAMPLES_ORDER_H

#include "samples/spool.h"

#define ORDER_PART 65536 /* entries that are sorted at once: 7 MB */

enum order { ORDER_COMPLETED, ORDER_ISSUED };

/* In memory. Requests that ended at the same moment stand in the order of their tickets. */
void order_sort(struct ring_entry *entries, size_t count, enum order order);

/* Where order_walk takes each entry; nonzero ends the walk. */
struct order_visitor {
    int (*visit)(void *state, const struct ring_entry *entry);
    void *state;
};

/* Visits the spool's first `count` entries in order, moving them about in it. `room` has ORDER_PART entries.
 * Of parts it holds at least 32 entries each besides, so its memory grows by 3 KiB for every 65,536 entries
 * beyond 134 million. 0, or -1 with err filled, which a visitor that fails does itself. */
int order_walk(struct spool *s, int64_t count, enum order order, struct ring_entry *room,
               struct order_visitor visitor, struct err *err);

#endif
