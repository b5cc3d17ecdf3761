/* Questions about one row, and about all. */
#include "ranks/peers.h"

#include <stddef.h>

bool peer_is_left(const struct peer *p) {
    return !p->lost && !p->done;
}

bool peer_waits_for(const struct peer *p, int64_t run) {
    return peer_is_left(p) && p->ready == run && p->passed < run;
}

/* Whether it is not to be waited for before that run begins. */
static bool has_come_to(const struct peer *p, int64_t run) {
    return !peer_is_left(p) || p->ran || p->ready >= run || p->passed >= run;
}

struct peers_muster peers_muster(const struct peer *peers, int64_t size, int64_t run) {
    struct peers_muster m = {.all_came = true, .all_ran = true};
    for (const struct peer *p = peers; p < peers + size; p++) {
        m.all_came = m.all_came && has_come_to(p, run);
        m.any_waits = m.any_waits || peer_waits_for(p, run);
        m.all_ran = m.all_ran && (p->ran || !peer_is_left(p));
    }
    return m;
}

const struct peer *peers_foremost(const struct peer *peers, int64_t size) {
    for (const struct peer *p = peers; p < peers + size; p++)
        if (peer_is_left(p) && !p->ran)
            return p;
    return NULL;
}
