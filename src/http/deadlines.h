/* Requests in flight in the order of their deadlines, where all have the same limit: a queue, so that adding
 * and removing cost nothing worth measuring. (libcurl's own timers are a tree and a list per handle, several
 * percent of a small request.) Members are indices below `count`. One thread. */
#ifndef FETCHBENCH_HTTP_DEADLINES_H
#define FETCHBENCH_HTTP_DEADLINES_H

#include <stddef.h>
#include <stdint.h>

#define DEADLINES_NONE SIZE_MAX

struct deadline {
    size_t before, after; /* neighbours; DEADLINES_NONE at an end */
    int64_t due_ns;       /* 0: not in the queue */
};

struct deadlines {
    struct deadline *items;
    size_t first, last;
    int64_t limit_ns;
};

void deadlines_init(struct deadlines *d, size_t count, int64_t limit_ns);
void deadlines_fini(struct deadlines *d);

/* Adds a member that is not in the queue, due limit_ns after start_ns, or with the one added before if that
 * is later. */
void deadlines_add(struct deadlines *d, size_t index, int64_t start_ns);
/* Removes a member; one that is not in the queue is left alone. */
void deadlines_remove(struct deadlines *d, size_t index);

/* When the first is due; INT64_MAX when the queue is empty. */
int64_t deadlines_next_ns(const struct deadlines *d);

#endif
