/* When the requests of a loop begin: which transfers are free, the ticket that waits for its moment (open
 * loop), and the pauses between an answer and the next request (think time). It looks at no clock: what it
 * needs of the time it is told. Members are indices below `count`. One thread. */
#ifndef FETCHBENCH_HTTP_PACE_H
#define FETCHBENCH_HTTP_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/deadlines.h"
#include "plan/load.h"

#define PACE_NEVER_NS INT64_MAX

/* Of one run. */
struct pace_rules {
    bool open;        /* requests have moments at which they are due */
    bool spin;        /* the loop never sleeps */
    int64_t think_ns; /* pause of a transfer between an answer and its next request, in a closed loop */
    int64_t until_ns; /* nothing begins from this moment on; 0: no such moment */
};

/* Gives the next request to be sent; false: there is no more. */
typedef bool pace_take(void *state, struct ticket *ticket);

struct pace {
    struct pace_rules rules;
    pace_take *take;
    void *state;
    struct pace_free {
        size_t index;
        int64_t since_ns;
    } * free; /* a stack, so that few transfers have much to do rather than all a little */
    size_t free_count;
    struct deadlines thinking;
    struct ticket ticket; /* of an open loop, taken and not begun yet: never more than one */
    bool holds_ticket, over;
};

void pace_init(struct pace *p, size_t count, pace_take *take, void *state);
void pace_fini(struct pace *p);

/* Before a run: no transfer is free and none thinks. */
void pace_start(struct pace *p, const struct pace_rules *rules);

/* The transfer is free from then on, when it was done with a request; 0: it had none before. */
void pace_rest(struct pace *p, size_t index, int64_t since_ns);

/* True with a transfer that is free no longer and what it is to begin now. */
bool pace_next(struct pace *p, int64_t now_ns, size_t *index, struct ticket *ticket);

/* The moment from which on pace_next would say more, if no transfer comes free before; it may have passed.
 * PACE_NEVER_NS: none. */
int64_t pace_moment_ns(struct pace *p);

/* Whether something is to begin even if no transfer comes free. As pace_moment_ns, it may take a ticket. */
bool pace_waits(struct pace *p);

#endif
