/* A doubly linked queue in an array. */
#include "http/deadlines.h"

#include <stdlib.h>

#include "base/memory.h"

void deadlines_init(struct deadlines *d, size_t count, int64_t limit_ns) {
    *d = (struct deadlines){.first = DEADLINES_NONE, .last = DEADLINES_NONE, .limit_ns = limit_ns};
    d->items = memory_zalloc(count, sizeof *d->items);
}

void deadlines_fini(struct deadlines *d) {
    free(d->items);
    d->items = NULL;
}

void deadlines_add(struct deadlines *d, size_t index, int64_t start_ns) {
    struct deadline *added = &d->items[index];
    *added = (struct deadline){.before = d->last, .after = DEADLINES_NONE, .due_ns = start_ns + d->limit_ns};
    if (d->last == DEADLINES_NONE) {
        d->first = index;
    } else {
        struct deadline *last = &d->items[d->last];
        last->after = index;
        added->due_ns = added->due_ns > last->due_ns ? added->due_ns : last->due_ns;
    }
    d->last = index;
}

void deadlines_remove(struct deadlines *d, size_t index) {
    struct deadline *gone = &d->items[index];
    if (!gone->due_ns)
        return;
    if (gone->before == DEADLINES_NONE)
        d->first = gone->after;
    else
        d->items[gone->before].after = gone->after;
    if (gone->after == DEADLINES_NONE)
        d->last = gone->before;
    else
        d->items[gone->after].before = gone->before;
    gone->due_ns = 0;
}

int64_t deadlines_next_ns(const struct deadlines *d) {
    return d->first == DEADLINES_NONE ? INT64_MAX : d->items[d->first].due_ns;
}
