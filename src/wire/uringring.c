/* Task work is deferred to the wait, or receives would take up buffers while nobody empties any: a kernel
 * without that is none to use. */
#include "wire/uringring.h"

#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "wire/poller.h"

#define ENTRIES 256
#define MOST_COMPLETIONS 65536
#define NS_PER_S 1000000000

int uring_ring_make(struct io_uring *ring, size_t links) {
    unsigned completions = 4 * ENTRIES;
    while (completions < 2 * links && completions < MOST_COMPLETIONS)
        completions *= 2;
    struct io_uring_params params = {.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                                              IORING_SETUP_R_DISABLED | IORING_SETUP_SUBMIT_ALL |
                                              IORING_SETUP_CQSIZE,
                                     .cq_entries = completions};
    return -io_uring_queue_init_params(ENTRIES, ring, &params);
}

static const char *why_forbidden(void) {
    char digit = '0';
    FILE *f = fopen("/proc/sys/kernel/io_uring_disabled", "re");
    if (f && fread(&digit, 1, 1, f) != 1)
        digit = '0';
    if (f)
        fclose(f);
    return digit == '0' ? "io_uring is not permitted here (by seccomp)"
                        : "io_uring is not permitted here (by kernel.io_uring_disabled)";
}

const char *uring_ring_probe(void) {
    struct io_uring ring;
    int code = uring_ring_make(&ring, 1);
    if (!code)
        io_uring_queue_exit(&ring);
    switch (code) {
    case 0:
        return NULL;
    case EPERM:
    case EACCES:
        return why_forbidden();
    case ENOSYS:
        return "this kernel has no io_uring, or seccomp hides it";
    case EINVAL:
        return "this kernel's io_uring is older than Linux 6.1";
    default:
        return "the kernel refuses to set up io_uring";
    }
}

/* liburing 2.3 declares io_uring_enable_rings and does not export it. */
int uring_ring_enable(const struct io_uring *ring) {
    return syscall(SYS_io_uring_register, ring->ring_fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0) ? errno : 0;
}

void uring_ring_wait(struct io_uring *ring, int64_t until_ns) {
    int64_t left_ns = until_ns ? until_ns - clock_now_ns() : 0;
    if (left_ns <= 0) {
        io_uring_submit_and_get_events(ring);
        return;
    }
    struct __kernel_timespec left = {.tv_sec = left_ns / NS_PER_S, .tv_nsec = left_ns % NS_PER_S};
    struct io_uring_cqe *cqe = NULL;
    io_uring_submit_and_wait_timeout(ring, &cqe, 1, until_ns == POLLER_NEVER_NS ? NULL : &left, NULL);
}

void uring_ring_mute(struct io_uring_sqe *sqe) {
    io_uring_sqe_set_flags(sqe, IOSQE_CQE_SKIP_SUCCESS);
    io_uring_sqe_set_data64(sqe, URING_MUTED);
}

void uring_ring_take_back(struct io_uring *ring, uint64_t bits, uint64_t value) {
    const struct io_uring_sq *sq = &ring->sq;
    for (unsigned i = sq->sqe_head; i != sq->sqe_tail; i++) {
        struct io_uring_sqe *sqe = &sq->sqes[i & sq->ring_mask];
        if ((sqe->user_data & bits) != value)
            continue;
        io_uring_prep_nop(sqe);
        uring_ring_mute(sqe);
    }
}
