/* The floor of a client on io_uring: one ring, C kept connections as registered files, one multishot receive
 * each into provided buffers, the sends of a turn submitted together, task work deferred to the wait. An
 * answer's bytes are counted and not looked at. Nothing is recorded. */
#include <errno.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bare_peer.h"

#define BUFFERS 1024 /* a power of two */
#define BUFFER_BYTES 2048
#define GROUP 0
#define SENDING (UINT64_C(1) << 63) /* of user_data, beside the connection's number */

struct bench {
    struct bare_task task;
    struct bare_peer peer;
    struct io_uring ring;
    struct io_uring_buf_ring *buffers;
    char *memory;
    size_t *got; /* of each connection's answer */
    long issued, ended;
};

static _Noreturn void give_up(const char *what, int code) {
    fprintf(stderr, "%s: %s\n", what, strerror(code < 0 ? -code : code));
    exit(1);
}

static struct io_uring_sqe *entry(struct bench *b) {
    struct io_uring_sqe *sqe = io_uring_get_sqe(&b->ring);
    if (sqe)
        return sqe;
    int code = io_uring_submit(&b->ring);
    sqe = io_uring_get_sqe(&b->ring);
    if (code < 0 || !sqe)
        give_up("io_uring_submit", code);
    return sqe;
}

static void receive(struct bench *b, uint64_t number) {
    struct io_uring_sqe *sqe = entry(b);
    io_uring_prep_recv_multishot(sqe, (int)number, NULL, 0, 0);
    io_uring_sqe_set_flags(sqe, IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT);
    sqe->buf_group = GROUP;
    io_uring_sqe_set_data64(sqe, number);
}

static void issue(struct bench *b, uint64_t number) {
    if (b->issued == b->task.requests)
        return;
    b->issued++;
    b->got[number] = 0;
    struct io_uring_sqe *sqe = entry(b);
    io_uring_prep_send(sqe, (int)number, b->peer.request, b->peer.request_bytes, MSG_NOSIGNAL);
    io_uring_sqe_set_flags(sqe, IOSQE_FIXED_FILE | IOSQE_CQE_SKIP_SUCCESS);
    io_uring_sqe_set_data64(sqe, number | SENDING);
}

/* Given back at once, since nobody reads it. */
static void return_buffer(struct bench *b, const struct io_uring_cqe *cqe) {
    unsigned short id = (unsigned short)(cqe->flags >> IORING_CQE_BUFFER_SHIFT);
    io_uring_buf_ring_add(b->buffers, b->memory + (size_t)id * BUFFER_BYTES, BUFFER_BYTES, id,
                          io_uring_buf_ring_mask(BUFFERS), 0);
    io_uring_buf_ring_advance(b->buffers, 1);
}

static void take(struct bench *b, const struct io_uring_cqe *cqe) {
    uint64_t number = cqe->user_data & ~SENDING;
    if (cqe->user_data & SENDING) /* successes are not told */
        give_up("send", cqe->res);
    if (cqe->res <= 0 && cqe->res != -ENOBUFS)
        give_up("recv", cqe->res ? cqe->res : ECONNRESET);
    if (cqe->flags & IORING_CQE_F_BUFFER)
        return_buffer(b, cqe);
    if (!(cqe->flags & IORING_CQE_F_MORE))
        receive(b, number);
    if (cqe->res > 0)
        b->got[number] += (size_t)cqe->res;
    if (b->got[number] < b->peer.answer_bytes)
        return;
    b->ended++;
    issue(b, number);
}

static void open_ring(struct bench *b) {
    struct io_uring_params params = {.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                                              IORING_SETUP_CQSIZE,
                                     .cq_entries = 32768};
    int code = io_uring_queue_init_params(1024, &b->ring, &params);
    if (code)
        give_up("io_uring_queue_init_params", code);
    size_t ring_bytes = BUFFERS * sizeof(struct io_uring_buf), bytes = ring_bytes + BUFFERS * BUFFER_BYTES;
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        give_up("mmap", errno);
    b->buffers = (struct io_uring_buf_ring *)(void *)memory;
    b->memory = memory + ring_bytes;
    struct io_uring_buf_reg reg = {
        .ring_addr = (uint64_t)(uintptr_t)memory, .ring_entries = BUFFERS, .bgid = GROUP};
    code = io_uring_register_buf_ring(&b->ring, &reg, 0);
    if (code)
        give_up("io_uring_register_buf_ring", code);
    io_uring_buf_ring_init(b->buffers);
    for (unsigned short i = 0; i < BUFFERS; i++)
        io_uring_buf_ring_add(b->buffers, b->memory + (size_t)i * BUFFER_BYTES, BUFFER_BYTES, i,
                              io_uring_buf_ring_mask(BUFFERS), i);
    io_uring_buf_ring_advance(b->buffers, BUFFERS);
}

static void connect_all(struct bench *b) {
    size_t count = (size_t)b->task.connections;
    int *files = calloc(count, sizeof *files);
    b->got = calloc(count, sizeof *b->got);
    if (!files || !b->got)
        give_up("calloc", ENOMEM);
    for (size_t i = 0; i < count; i++)
        files[i] = bare_peer_connect(&b->peer);
    int code = io_uring_register_files(&b->ring, files, (unsigned)count);
    if (code)
        give_up("io_uring_register_files", code);
    free(files);
    for (size_t i = 0; i < count; i++) {
        receive(b, i);
        issue(b, i);
    }
}

static void turn(struct bench *b) {
    struct io_uring_cqe *cqe = NULL;
    unsigned head = 0, seen = 0;
    int code = io_uring_submit_and_wait(&b->ring, 1);
    if (code < 0 && code != -EINTR)
        give_up("io_uring_submit_and_wait", code);
    io_uring_for_each_cqe(&b->ring, head, cqe) {
        take(b, cqe);
        seen++;
    }
    io_uring_cq_advance(&b->ring, seen);
}

int main(int argc, char **argv) {
    static struct bench b;
    bare_open(&b.task, argc, argv);
    bare_peer_find(&b.peer, &b.task);
    open_ring(&b);
    connect_all(&b);
    while (b.ended < b.task.requests)
        turn(&b);
    io_uring_queue_exit(&b.ring);
    free(b.got);
    return bare_report(&b.task, 0);
}
