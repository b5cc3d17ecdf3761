/* How far another host's clock is from ours, by ping-pong (Cristian's algorithm): it answered somewhere
 * between our sending and our hearing of it, so the exchange with the least round trip says it best, to half
 * of that. Pure. */
#ifndef FETCHBENCH_RANKS_CLOCKS_H
#define FETCHBENCH_RANKS_CLOCKS_H

#include <stdint.h>

/* Zeroed: nothing is known. */
struct clock_estimate {
    int64_t exchanges;
    int64_t at_ns;         /* of their clock, when it was measured */
    int64_t offset_ns;     /* their clock less ours */
    int64_t round_trip_ns; /* the least; the offset is wrong by half of it at most */
};

/* Another exchange: sent and heard are of our clock, answered of theirs. */
void clock_estimate_add(struct clock_estimate *e, int64_t sent_ns, int64_t answered_ns, int64_t heard_ns);

#endif
