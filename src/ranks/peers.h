/* One row per rank, of what it told and what became of it, and what that comes to for all: who is still
 * waited for, and whether a run can begin. Whoever owns the rows fills them. Pure. */
#ifndef FETCHBENCH_RANKS_PEERS_H
#define FETCHBENCH_RANKS_PEERS_H

#include <stdbool.h>
#include <stdint.h>

#include "ranks/message.h"

/* Zeroed: nothing was heard of it yet. */
struct peer {
    char host[256];
    int64_t heard_ns;
    int64_t ready, passed; /* numbers of runs, 0 for none yet */
    int64_t round, rounds; /* the last that it had, 0 for none yet, and as many as it wants in all */
    bool here, ran, done, lost;
    bool gone; /* and it is not spoken to any more */
    struct ranks_progress progress;
};

struct peers_muster {
    bool all_came;  /* nobody is to be waited for before the run begins */
    bool any_waits; /* for it */
    bool all_ran;   /* all runs, as far as ranks are left */
};

/* Whether its report is still to come. */
bool peer_is_left(const struct peer *p);
/* Whether it waits for that run to begin. */
bool peer_waits_for(const struct peer *p, int64_t run);

struct peers_muster peers_muster(const struct peer *peers, int64_t size, int64_t run);
/* The first rank that works, NULL for none. */
const struct peer *peers_foremost(const struct peer *peers, int64_t size);

#endif
