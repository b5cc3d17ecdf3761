/* A bounded queue after the pattern of one sequence number per slot. */
#include "record/ring.h"

/* A tag is the ticket and, in its lowest bits, the place plus one: the turn is told by them as long as the
 * ring has no more than 2^TURN_BITS slots, and no tag of the first turn is 0. */
#define TURN_BITS 20
#define TURN_MASK ((UINT64_C(1) << TURN_BITS) - 1)
_Static_assert(RING_ROOM < TURN_MASK && RING_KEPT < RING_ROOM, "the turns of a ring are told apart");

static uint64_t turn_of(int64_t place) {
    return ((uint64_t)place + 1) & TURN_MASK;
}

size_t ring_room(int64_t requests, bool emptied) {
    if (!emptied)
        return requests < RING_KEPT ? (size_t)requests : RING_KEPT;
    size_t room = 1;
    while (room < RING_ROOM && (int64_t)room < requests)
        room *= 2;
    return room;
}

void ring_init(struct ring *r, struct ring_slot *slots, size_t room, _Atomic int64_t *placed,
               _Atomic int64_t *taken) {
    *r = (struct ring){.slots = slots, .room = room, .placed = placed, .taken = taken};
}

/* One that goes round is a power of two large; in another no place lies beyond its end. */
static struct ring_slot *slot_at(const struct ring *r, int64_t place) {
    return &r->slots[(size_t)place < r->room ? (size_t)place : (size_t)place & (r->room - 1)];
}

/* The place to write to, -1 for none. */
static int64_t claim(struct ring *r, bool alone) {
    int64_t place = atomic_load_explicit(r->placed, memory_order_relaxed);
    do {
        if (place - atomic_load_explicit(r->taken, memory_order_acquire) >= (int64_t)r->room)
            return -1;
        if (alone) {
            atomic_store_explicit(r->placed, place + 1, memory_order_relaxed);
            return place;
        }
    } while (!atomic_compare_exchange_weak_explicit(r->placed, &place, place + 1, memory_order_relaxed,
                                                    memory_order_relaxed));
    return place;
}

bool ring_has_room(const struct ring *r) {
    int64_t placed = atomic_load_explicit(r->placed, memory_order_relaxed);
    return placed - atomic_load_explicit(r->taken, memory_order_acquire) < (int64_t)r->room;
}

bool ring_put(struct ring *r, int64_t ticket, const struct sample *s, bool alone) {
    int64_t place = claim(r, alone);
    if (place < 0)
        return false;
    struct ring_slot *slot = slot_at(r, place);
    slot->sample = *s;
    uint64_t tag = (uint64_t)ticket << TURN_BITS | turn_of(place);
    atomic_store_explicit(&slot->tag, tag, memory_order_release);
    return true;
}

/* The sample at a place, or NULL while it is not there. */
static const struct sample *look(const struct ring *r, int64_t place, int64_t *ticket) {
    const struct ring_slot *slot = slot_at(r, place);
    uint64_t tag = atomic_load_explicit(&slot->tag, memory_order_acquire);
    if ((tag & TURN_MASK) != turn_of(place))
        return NULL;
    *ticket = (int64_t)(tag >> TURN_BITS);
    return &slot->sample;
}

size_t ring_take(struct ring *r, struct ring_entry *out, size_t most, bool over) {
    int64_t place = atomic_load_explicit(r->taken, memory_order_relaxed);
    int64_t end = atomic_load_explicit(r->placed, memory_order_acquire);
    size_t count = 0;
    for (; place < end && count < most; place++) {
        const struct sample *s = look(r, place, &out[count].ticket);
        if (s)
            out[count++].sample = *s;
        else if (!over)
            break;
    }
    atomic_store_explicit(r->taken, place, memory_order_release);
    return count;
}

size_t ring_waiting(const struct ring *r) {
    int64_t taken = atomic_load_explicit(r->taken, memory_order_relaxed);
    return (size_t)(atomic_load_explicit(r->placed, memory_order_relaxed) - taken);
}

size_t ring_kept_count(const struct ring *r) {
    int64_t placed = atomic_load_explicit(r->placed, memory_order_acquire);
    return placed <= RING_KEPT ? (size_t)placed : 0;
}

const struct sample *ring_kept(const struct ring *r, size_t place, int64_t *ticket) {
    return look(r, (int64_t)place, ticket);
}

void ring_forget(struct ring *r) {
    int64_t placed = atomic_load_explicit(r->placed, memory_order_acquire);
    for (size_t i = 0; i < r->room && (int64_t)i < placed; i++)
        atomic_store_explicit(&r->slots[i].tag, 0, memory_order_relaxed);
    atomic_store_explicit(r->placed, 0, memory_order_relaxed);
    atomic_store_explicit(r->taken, 0, memory_order_release);
}
