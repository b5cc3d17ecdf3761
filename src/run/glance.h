/* What whoever watches is shown of the run that is on. In the parent, on one thread. */
#ifndef FETCHBENCH_RUN_GLANCE_H
#define FETCHBENCH_RUN_GLANCE_H

#include "run/runner.h"

#define GLANCE_MARKS 6

struct glance {
    struct run_feed feed; /* what tells of rounds and places is the owner's to fill */
    /* private */
    enum measure latency; /* the measure that stands for it */
    struct recording_peek peek;
    struct glance_mark {
        int64_t at_ns, done;
    } marks[GLANCE_MARKS]; /* of the last looks, in turn */
    size_t looks;
};

void glance_open(struct glance *g);
void glance_close(struct glance *g);

/* Before a run of that entry is ordered. */
void glance_begin(struct glance *g, const struct plan *plan, const struct plan_entry *entry);

/* Fills what the feed says of the run so far. To be called about five times a second: the rate is that since
 * the call before the last GLANCE_MARKS - 1, or since go. */
void glance_take(struct glance *g, const struct recording *recording, int64_t now_ns);

#endif
