/* Links that carry no request, where requests lead to several targets: who begins one takes the link whose
 * connection to its target came free last, else one that has no connection, else the one that has been idle
 * longest. Members are indices below `count`. One thread. */
#ifndef FETCHBENCH_WIRE_POOL_H
#define FETCHBENCH_WIRE_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "http/deadlines.h"

struct pool {
    struct pool_place {
        size_t before, after; /* neighbours in the list of its target */
        size_t target;
    } * places;
    size_t *newest;           /* per target, and behind the last that of links which lead nowhere */
    struct deadlines resting; /* all members, in the order in which they came */
    size_t targets;
};

/* All `count` links are in it and lead nowhere; there are fewer requests at once, so one can always be taken.
 */
void pool_init(struct pool *p, size_t count, size_t targets);
void pool_fini(struct pool *p);

/* Takes the link that suits that target best out of the pool. It may lead elsewhere still. */
size_t pool_take(struct pool *p, size_t target);

/* The link is free, and leads to that target or did so last. */
void pool_put(struct pool *p, size_t link, size_t target);

#endif
