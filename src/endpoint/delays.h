/* Answers held back until they are due: a heap of due times behind one timerfd, so that any number may wait
 * and each is let go to the microsecond. One thread. */
#ifndef FETCHBENCH_ENDPOINT_DELAYS_H
#define FETCHBENCH_ENDPOINT_DELAYS_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct delay {
    int64_t due_ns;
    void *item;
};

struct delays {
    struct delay *heap; /* heap[0] is due first */
    size_t count;
    size_t capacity;
    int timer_fd;     /* readable once something is due */
    int64_t armed_ns; /* what the timer is set to; 0: not set */
};

int delays_init(struct delays *d, struct err *err);
void delays_fini(struct delays *d);

/* Holds item (borrowed) until due_ns of CLOCK_MONOTONIC. -1 when memory runs out. */
int delays_add(struct delays *d, int64_t due_ns, void *item);

/* Takes one item that is due at now_ns (INT64_MAX: any), earliest first; NULL when there is none. */
void *delays_take(struct delays *d, int64_t now_ns);

/* Sets the timer to what is due first, and makes timer_fd unreadable until then. Call after taking. */
void delays_arm(struct delays *d);

#endif
