/* The buffers into which a ring receives: the kernel takes the next one when bytes have come, so that links
 * which wait need none. One ring's, one thread. */
#ifndef FETCHBENCH_WIRE_URINGBUFFERS_H
#define FETCHBENCH_WIRE_URINGBUFFERS_H

#include <liburing.h>
#include <stdbool.h>
#include <stddef.h>

#define URING_BUFFERS_GROUP 0

struct uring_buffers {
    struct io_uring_buf_ring *ring;
    char *memory;
    size_t *used; /* of each buffer */
    unsigned count;
    size_t bytes; /* of each */
    size_t mapped_bytes;
    bool shared; /* the kernel fills a buffer piece by piece, for whoever receives */
};

/* Gives the ring, which need not be enabled yet, buffers that suit so many links. 0, or an errno and nothing
 * to close. */
int uring_buffers_open(struct uring_buffers *b, struct io_uring *ring, size_t links);
/* After the ring. */
void uring_buffers_close(struct uring_buffers *b);

/* The bytes of a completion that has a buffer; they live until it is given back, and may be changed, with the
 * one before them. Completions are to be taken in the order in which they came. */
char *uring_buffers_data(const struct uring_buffers *b, const struct io_uring_cqe *cqe);
void uring_buffers_return(struct uring_buffers *b, const struct io_uring_cqe *cqe);

#endif
