/* A provided-buffer ring, registered by hand: liburing 2.3 has no call for it, nor names for what the kernel
 * learnt since. */
#include "wire/uringbuffers.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/memory.h"

#define PIECEWISE 2             /* IOU_PBUF_RING_INC, Linux 6.12 */
#define PIECES_FOLLOW (1U << 4) /* IORING_CQE_F_BUF_MORE */
#define AHEAD ((size_t)64)      /* of each buffer, where a byte may be put */
#define SHARED_BYTES ((size_t)64 << 10)
#define SHARED_LEAST 4
#define SHARED_MOST 16
#define SINGLE_BYTES ((size_t)16 << 10)
#define SINGLE_LEAST 16
#define SINGLE_MOST 256

/* struct io_uring_buf_reg, whose member `flags` is padding in liburing 2.3. */
struct registration {
    uint64_t ring_addr;
    uint32_t ring_entries;
    uint16_t group, flags;
    uint64_t reserved[3];
};

static unsigned fit(size_t wanted, unsigned least, unsigned most) {
    unsigned count = least;
    while (count < wanted && count < most)
        count *= 2;
    return count;
}

static char *place_of(const struct uring_buffers *b, unsigned id) {
    return b->memory + id * (AHEAD + b->bytes) + AHEAD;
}

static void give(struct uring_buffers *b, unsigned id, int place) {
    b->used[id] = 0;
    io_uring_buf_ring_add(b->ring, place_of(b, id), (unsigned)b->bytes, (unsigned short)id,
                          io_uring_buf_ring_mask(b->count), place);
}

static int try_kind(struct uring_buffers *b, struct io_uring *ring, uint16_t flags) {
    size_t ring_bytes = b->count * sizeof(struct io_uring_buf);
    ring_bytes = (ring_bytes + 4095) & ~(size_t)4095;
    b->mapped_bytes = ring_bytes + b->count * (AHEAD + b->bytes);
    void *memory = mmap(NULL, b->mapped_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return errno;
    struct registration r = {.ring_addr = (uint64_t)(uintptr_t)memory,
                             .ring_entries = b->count,
                             .group = URING_BUFFERS_GROUP,
                             .flags = flags};
    int code = io_uring_register_buf_ring(ring, (struct io_uring_buf_reg *)(void *)&r, 0);
    if (code) {
        munmap(memory, b->mapped_bytes);
        return -code;
    }
    b->ring = memory;
    b->memory = (char *)memory + ring_bytes;
    b->used = memory_zalloc(b->count, sizeof *b->used);
    io_uring_buf_ring_init(b->ring);
    for (unsigned i = 0; i < b->count; i++)
        give(b, i, (int)i);
    io_uring_buf_ring_advance(b->ring, (int)b->count);
    return 0;
}

int uring_buffers_open(struct uring_buffers *b, struct io_uring *ring, size_t links) {
    *b = (struct uring_buffers){
        .count = fit(links, SHARED_LEAST, SHARED_MOST), .bytes = SHARED_BYTES, .shared = true};
    int code = try_kind(b, ring, PIECEWISE);
    if (code != EINVAL)
        return code;
    *b = (struct uring_buffers){.count = fit(2 * links, SINGLE_LEAST, SINGLE_MOST), .bytes = SINGLE_BYTES};
    return try_kind(b, ring, 0);
}

void uring_buffers_close(struct uring_buffers *b) {
    if (b->ring)
        munmap(b->ring, b->mapped_bytes);
    free(b->used);
    *b = (struct uring_buffers){0};
}

static unsigned id_of(const struct io_uring_cqe *cqe) {
    return cqe->flags >> IORING_CQE_BUFFER_SHIFT;
}

char *uring_buffers_data(const struct uring_buffers *b, const struct io_uring_cqe *cqe) {
    unsigned id = id_of(cqe);
    return place_of(b, id) + b->used[id];
}

void uring_buffers_return(struct uring_buffers *b, const struct io_uring_cqe *cqe) {
    unsigned id = id_of(cqe);
    if (b->shared && cqe->flags & PIECES_FOLLOW) {
        b->used[id] += cqe->res > 0 ? (size_t)cqe->res : 0;
        return;
    }
    give(b, id, 0);
    io_uring_buf_ring_advance(b->ring, 1);
}
