/* A ring of the kind that the backend needs, and whether the kernel gives one. */
#ifndef FETCHBENCH_WIRE_URINGRING_H
#define FETCHBENCH_WIRE_URINGRING_H

#include <liburing.h>
#include <stddef.h>

/* NULL when one can be had, else why not, as the poller's probe says it. */
const char *uring_ring_probe(void);

/* A ring for so many links, which serves whichever thread enables it, and no other. 0, or an errno. */
int uring_ring_make(struct io_uring *ring, size_t links);
int uring_ring_enable(const struct io_uring *ring);

#endif
