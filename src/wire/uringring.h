/* A ring of the kind that the backend needs, and whether the kernel gives one. */
#ifndef FETCHBENCH_WIRE_URINGRING_H
#define FETCHBENCH_WIRE_URINGRING_H

#include <liburing.h>
#include <stddef.h>
#include <stdint.h>

/* NULL when one can be had, else why not, as the poller's probe says it. */
const char *uring_ring_probe(void);

/* A ring for so many links, which serves whichever thread enables it, and no other. 0, or an errno. */
int uring_ring_make(struct io_uring *ring, size_t links);
int uring_ring_enable(const struct io_uring *ring);

/* Submits, and waits for a completion as the poller's `look` does. */
void uring_ring_wait(struct io_uring *ring, int64_t until_ns);

/* Of what the operation comes to nobody is told; if it fails, a completion comes that says URING_MUTED. */
#define URING_MUTED UINT64_MAX
void uring_ring_mute(struct io_uring_sqe *sqe);

/* Takes back what has not been submitted yet and has that value in those bits of its data. */
void uring_ring_take_back(struct io_uring *ring, uint64_t bits, uint64_t value);

#endif
