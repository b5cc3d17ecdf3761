#include "ranks/clocks.h"

void clock_estimate_add(struct clock_estimate *e, int64_t sent_ns, int64_t answered_ns, int64_t heard_ns) {
    int64_t round_trip_ns = heard_ns - sent_ns;
    if (e->exchanges++ > 0 && round_trip_ns >= e->round_trip_ns)
        return;
    e->at_ns = answered_ns;
    e->offset_ns = answered_ns - (sent_ns + round_trip_ns / 2);
    e->round_trip_ns = round_trip_ns;
}
