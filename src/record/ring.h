/* Samples in the order in which requests ended, in memory that the measured process writes and its parent
 * reads. While nobody takes from it, it keeps the first `room` and refuses the rest; emptied by a reader it
 * goes round. Any number of threads may put, none of which ever waits; one may take, in this process or
 * another.
 *
 * A place is given away by one atomic counter and its slot published by one store, which says whose sample it
 * is and on which turn of the ring. Standing in the order of completion, a slow request leaves no hole that
 * the others would lap. */
#ifndef FETCHBENCH_RECORD_RING_H
#define FETCHBENCH_RECORD_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/sample.h"

#define RING_KEPT 100000            /* samples that a run keeps for its own figures */
#define RING_ROOM ((size_t)1 << 18) /* of a ring that is emptied: 0.8 s at 300,000 requests a second */

struct ring_slot {
    _Atomic uint64_t tag; /* the ticket and the place, see ring.c; 0: never written */
    struct sample sample;
};

struct ring {
    struct ring_slot *slots;
    size_t room;
    _Atomic int64_t *placed, *taken; /* places given away, and read, since the start */
};

/* A sample with the ticket it belongs to. */
struct ring_entry {
    int64_t ticket;
    struct sample sample;
};

/* Slots for a run of `requests`: enough for all up to RING_KEPT, or, when it is emptied, a power of two that
 * holds them or else RING_ROOM. */
size_t ring_room(int64_t requests, bool emptied);

/* Takes over zeroed memory of ring_room slots, and two counters. */
void ring_init(struct ring *r, struct ring_slot *slots, size_t room, _Atomic int64_t *placed,
               _Atomic int64_t *taken);

/* False when there is no room. The ticket is below 2^44. `alone`: no other thread puts. */
bool ring_put(struct ring *r, int64_t ticket, const struct sample *s, bool alone);

/* Whether a sample put now has room. */
bool ring_has_room(const struct ring *r);

/* Moves the oldest samples, at most `most`, to `out` and returns how many. While the run is on it stops
 * before one that is being written; when it is `over`, it passes by what was never finished. */
size_t ring_take(struct ring *r, struct ring_entry *out, size_t most, bool over);

/* Samples that are there to be taken, or are being written. */
size_t ring_waiting(const struct ring *r);

/* How many of the first samples are still there, whether taken or not: none when there were more than
 * RING_KEPT. The one at each place below that, and its ticket; NULL where it was never finished. */
size_t ring_kept_count(const struct ring *r);
const struct sample *ring_kept(const struct ring *r, size_t place, int64_t *ticket);

/* Empties it. Only while no one puts or takes. */
void ring_forget(struct ring *r);

#endif
