/* A stack per target, threaded through one array, and a queue through all. */
#include "wire/pool.h"

#include <stdlib.h>

#include "base/memory.h"

#define NONE SIZE_MAX

void pool_init(struct pool *p, size_t count, size_t targets) {
    *p = (struct pool){.targets = targets};
    p->places = memory_zalloc(count, sizeof *p->places);
    p->newest = memory_zalloc(targets + 1, sizeof *p->newest);
    deadlines_init(&p->resting, count, 1);
    for (size_t i = 0; i <= targets; i++)
        p->newest[i] = NONE;
    for (size_t i = count; i > 0; i--)
        pool_put(p, i - 1, targets);
}

void pool_fini(struct pool *p) {
    free(p->places);
    free(p->newest);
    deadlines_fini(&p->resting);
}

static size_t take_out(struct pool *p, size_t link) {
    const struct pool_place *gone = &p->places[link];
    if (gone->after == NONE)
        p->newest[gone->target] = gone->before;
    else
        p->places[gone->after].before = gone->before;
    if (gone->before != NONE)
        p->places[gone->before].after = gone->after;
    deadlines_remove(&p->resting, link);
    return link;
}

size_t pool_take(struct pool *p, size_t target) {
    if (p->newest[target] != NONE)
        return take_out(p, p->newest[target]);
    if (p->newest[p->targets] != NONE)
        return take_out(p, p->newest[p->targets]);
    return take_out(p, p->resting.first);
}

void pool_put(struct pool *p, size_t link, size_t target) {
    size_t before = p->newest[target];
    p->places[link] = (struct pool_place){.before = before, .after = NONE, .target = target};
    if (before != NONE)
        p->places[before].after = link;
    p->newest[target] = link;
    deadlines_add(&p->resting, link, 0);
}
