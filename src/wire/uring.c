/* io_uring: sends of a turn of the loop go out together with the wait for what comes, and one receive serves
 * a kept connection for all its answers. A completion belongs to the connection whose generation it carries;
 * those of connections that were dropped are let go. */
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "wire/address.h"
#include "wire/poller.h"
#include "wire/uringbuffers.h"
#include "wire/uringring.h"

#define EVENTS 64 /* told in one look */
#define GENERATIONS 0xFFFFFFU
#define AT_ONCE_BYTES                                                                                        \
    ((size_t)16 << 10) /* that a connection with nothing under way takes without waiting                     \
                        */
#define NS_PER_S 1000000000

enum what { STOP, CONNECT, RECEIVE, SEND, SEND_QUIETLY, CANCEL };

struct link {
    int fd; /* -1: none */
    uint32_t generation;
    uint32_t pending; /* operations whose end will be told */
    bool connecting;
    bool waits;  /* for a buffer, before it can receive again */
    bool queued; /* among those that were parked */
};

/* Links that wait for a buffer, in the order in which they are to have one. */
struct parking {
    uint32_t *links;
    size_t first, count;
    size_t credit; /* buffers that have come back since one was parked or sent on */
};

struct poller {
    struct poller_setup setup;
    struct io_uring ring;
    struct uring_buffers buffers;
    struct link *links;
    struct parking parking;
    pid_t owner; /* the thread that has enabled the ring, 0: none */
    bool watching;
    struct io_uring_sqe *last; /* the send that was put in last, NULL once something followed or it is off */
    size_t last_link;
    struct io_uring_sqe lost; /* takes what there is no room for, when memory has run out */
};

static int set_up(struct poller *p) {
    size_t links = p->setup.links;
    int code = uring_ring_make(&p->ring, links);
    if (code)
        return code;
    code = uring_buffers_open(&p->buffers, &p->ring, links);
    if (!code && p->setup.lasting) {
        code = -io_uring_register_files_sparse(&p->ring, (unsigned)links);
        if (code)
            uring_buffers_close(&p->buffers);
    }
    if (code)
        io_uring_queue_exit(&p->ring);
    return code;
}

static void take_down(struct poller *p) {
    io_uring_queue_exit(&p->ring);
    uring_buffers_close(&p->buffers);
}

static void free_poller(struct poller *p) {
    free(p->parking.links);
    free(p->links);
    free(p);
}

static void uring_close(struct poller *p) {
    if (!p)
        return;
    take_down(p);
    for (size_t i = 0; i < p->setup.links; i++)
        if (p->links[i].fd >= 0)
            close(p->links[i].fd);
    free_poller(p);
}

static int uring_open(struct poller **out, const struct poller_setup *setup, struct err *err) {
    struct poller *p = memory_zalloc(1, sizeof *p);
    p->setup = *setup;
    p->links = memory_zalloc(setup->links, sizeof *p->links);
    p->parking.links = memory_zalloc(setup->links, sizeof *p->parking.links);
    for (size_t i = 0; i < setup->links; i++)
        p->links[i].fd = -1;
    int code = set_up(p);
    if (code) {
        free_poller(p);
        errno = code;
        return err_set_errno(err, "io_uring cannot be used");
    }
    *out = p;
    return 0;
}

static void submit(struct poller *p) {
    p->last = NULL;
    if (io_uring_sq_ready(&p->ring))
        io_uring_submit(&p->ring);
}

static struct io_uring_sqe *entry(struct poller *p) {
    p->last = NULL;
    struct io_uring_sqe *sqe = io_uring_get_sqe(&p->ring);
    if (sqe)
        return sqe;
    submit(p);
    sqe = io_uring_get_sqe(&p->ring);
    return sqe ? sqe : &p->lost;
}

/* Once it is prepared, which forgets flags. */
static void label(struct poller *p, struct io_uring_sqe *sqe, size_t link, enum what what, unsigned flags) {
    uint64_t generation = p->links[link].generation & GENERATIONS;
    io_uring_sqe_set_flags(sqe, flags | (p->setup.lasting ? IOSQE_FIXED_FILE : 0U));
    io_uring_sqe_set_data64(sqe, (uint64_t)what << 56 | generation << 32 | link);
    p->links[link].pending += what != SEND_QUIETLY;
}

static int file_of(const struct poller *p, size_t link) {
    return p->setup.lasting ? (int)link : p->links[link].fd;
}

/* A connection that carries one answer is closed when it is whole, and nothing is to be armed then. */
static void receive(struct poller *p, size_t link, bool later) {
    struct io_uring_sqe *sqe = entry(p);
    if (p->setup.lasting)
        io_uring_prep_recv_multishot(sqe, file_of(p, link), NULL, 0, 0);
    else
        io_uring_prep_recv(sqe, file_of(p, link), NULL, 0, 0);
    sqe->ioprio |= later ? IORING_RECVSEND_POLL_FIRST : 0;
    label(p, sqe, link, RECEIVE, IOSQE_BUFFER_SELECT);
    sqe->buf_group = URING_BUFFERS_GROUP;
}

static int uring_connect(struct poller *p, size_t link, const struct sockaddr *address, socklen_t length) {
    struct link *l = &p->links[link];
    l->fd = address_socket(address, 0);
    if (l->fd < 0)
        return errno;
    if (p->setup.lasting) {
        int code = io_uring_register_files_update(&p->ring, (unsigned)link, &l->fd, 1);
        if (code < 0) {
            close(l->fd);
            l->fd = -1;
            return -code;
        }
    }
    struct io_uring_sqe *sqe = entry(p);
    io_uring_prep_connect(sqe, file_of(p, link), address, length);
    label(p, sqe, link, CONNECT, 0);
    l->connecting = true;
    return 0;
}

/* Success of a small send need not be told. Two of a link in a row are linked, so that the second cannot
 * overtake the first. */
static bool uring_send(struct poller *p, size_t link, const char *data, size_t length, bool lasting) {
    bool quietly = lasting && p->setup.lasting && length <= AT_ONCE_BYTES;
    struct io_uring_sqe *before = p->last_link == link ? p->last : NULL;
    if (io_uring_sq_space_left(&p->ring) < 2) {
        submit(p);
        before = NULL;
    }
    if (before)
        before->flags |= IOSQE_IO_LINK;
    struct io_uring_sqe *sqe = entry(p);
    io_uring_prep_send(sqe, file_of(p, link), data, length, MSG_NOSIGNAL | MSG_WAITALL);
    label(p, sqe, link, quietly ? SEND_QUIETLY : SEND, quietly ? IOSQE_CQE_SKIP_SUCCESS : 0);
    if (quietly) {
        p->last = sqe;
        p->last_link = link;
    }
    return quietly;
}

/* Operations under way hold the socket open, so that closing it alone would end nothing. */
static void end_pending(struct poller *p, size_t link) {
    struct link *l = &p->links[link];
    if (l->connecting) {
        struct io_uring_sqe *sqe = entry(p);
        io_uring_prep_cancel_fd(sqe, file_of(p, link), p->setup.lasting ? IORING_ASYNC_CANCEL_FD_FIXED : 0);
        io_uring_sqe_set_flags(sqe, IOSQE_CQE_SKIP_SUCCESS);
        io_uring_sqe_set_data64(sqe, (uint64_t)CANCEL << 56);
    }
    submit(p);
    shutdown(l->fd, SHUT_RDWR);
    int none = -1;
    if (p->setup.lasting)
        io_uring_register_files_update(&p->ring, (unsigned)link, &none, 1);
}

static void uring_drop(struct poller *p, size_t link) {
    struct link *l = &p->links[link];
    if (l->fd < 0)
        return;
    if (p->setup.lasting || l->pending)
        end_pending(p, link);
    close(l->fd);
    *l = (struct link){.fd = -1, .generation = l->generation + 1, .queued = l->queued};
}

static void park(struct poller *p, size_t link) {
    struct parking *q = &p->parking;
    struct link *l = &p->links[link];
    l->waits = true;
    if (l->queued)
        return;
    l->queued = true;
    q->links[(q->first + q->count++) % p->setup.links] = (uint32_t)link;
}

/* One at least: when a link was parked, all buffers had come back that were out then. */
static void receive_again(struct poller *p) {
    struct parking *q = &p->parking;
    for (size_t i = 0; q->count > 0 && i <= q->credit; i++) {
        size_t link = q->links[q->first];
        q->first = (q->first + 1) % p->setup.links;
        q->count--;
        p->links[link].queued = false;
        if (p->links[link].waits)
            receive(p, link, false);
        p->links[link].waits = false;
    }
    q->credit = 0;
}

static void tell_bytes(struct poller *p, size_t link, const struct io_uring_cqe *cqe) {
    struct poller_events *to = &p->setup.events;
    struct link *l = &p->links[link];
    uint32_t generation = l->generation;
    to->received(to->user, link, uring_buffers_data(&p->buffers, cqe), (size_t)cqe->res, 0);
    if (l->generation == generation && !(cqe->flags & IORING_CQE_F_MORE))
        receive(p, link, false);
}

static void end_receive(struct poller *p, size_t link, int code) {
    struct poller_events *to = &p->setup.events;
    if (code == -ENOBUFS)
        park(p, link);
    else if (code == -EINTR || code == -EAGAIN)
        receive(p, link, true);
    else
        to->received(to->user, link, NULL, 0, -code);
}

static void take_receive(struct poller *p, size_t link, const struct io_uring_cqe *cqe, bool current) {
    if (current && !(cqe->flags & IORING_CQE_F_MORE))
        p->links[link].pending--;
    if (current && cqe->res > 0)
        tell_bytes(p, link, cqe);
    else if (current && !(cqe->flags & IORING_CQE_F_MORE))
        end_receive(p, link, cqe->res);
    if (cqe->flags & IORING_CQE_F_BUFFER) {
        uring_buffers_return(&p->buffers, cqe);
        p->parking.credit++;
    }
}

static void take_connect(struct poller *p, size_t link, int code) {
    struct poller_events *to = &p->setup.events;
    p->links[link].pending--;
    p->links[link].connecting = false;
    if (code == 0)
        receive(p, link, true);
    to->connected(to->user, link, -code);
}

/* A connection that broke has that to say to whoever receives; any other failure is to come to the same. */
static void take_send(struct poller *p, size_t link, bool told, int code) {
    struct poller_events *to = &p->setup.events;
    p->links[link].pending -= told;
    if (code < 0)
        shutdown(p->links[link].fd, SHUT_RDWR);
    else if (told)
        to->sent(to->user, link);
}

static void take(struct poller *p, const struct io_uring_cqe *cqe) {
    struct poller_events *to = &p->setup.events;
    enum what what = (enum what)(cqe->user_data >> 56);
    size_t link = (uint32_t)cqe->user_data;
    bool current = (p->links[link].generation & GENERATIONS) == (cqe->user_data >> 32 & GENERATIONS);
    if (what == RECEIVE) {
        take_receive(p, link, cqe, current);
    } else if (what == STOP) {
        p->watching = false;
        to->stopped(to->user);
    } else if (what == CONNECT && current) {
        take_connect(p, link, cqe->res);
    } else if ((what == SEND || what == SEND_QUIETLY) && current) {
        take_send(p, link, what == SEND, cqe->res);
    }
}

static void wait(struct poller *p, int64_t until_ns) {
    int64_t left_ns = until_ns ? until_ns - clock_now_ns() : 0;
    p->last = NULL;
    if (left_ns <= 0) {
        io_uring_submit_and_get_events(&p->ring);
        return;
    }
    struct __kernel_timespec left = {.tv_sec = left_ns / NS_PER_S, .tv_nsec = left_ns % NS_PER_S};
    struct io_uring_cqe *cqe = NULL;
    io_uring_submit_and_wait_timeout(&p->ring, &cqe, 1, until_ns == POLLER_NEVER_NS ? NULL : &left, NULL);
}

static void uring_look(struct poller *p, int64_t until_ns) {
    receive_again(p);
    if (io_uring_cq_ready(&p->ring))
        submit(p);
    else
        wait(p, until_ns);
    unsigned head = 0, taken = 0;
    struct io_uring_cqe *cqe = NULL;
    io_uring_for_each_cqe(&p->ring, head, cqe) {
        take(p, cqe);
        if (++taken == EVENTS)
            break;
    }
    io_uring_cq_advance(&p->ring, taken);
}

/* Readable as it may be already: it is told once more. */
static void watch_stop(struct poller *p) {
    if (p->watching)
        return;
    struct io_uring_sqe *sqe = entry(p);
    io_uring_prep_poll_add(sqe, p->setup.stop_fd, POLLIN);
    io_uring_sqe_set_flags(sqe, 0);
    io_uring_sqe_set_data64(sqe, (uint64_t)STOP << 56);
    p->watching = true;
}

/* A ring serves the thread that has enabled it, and no other: another one gets a ring of its own, with the
 * connections that were kept. */
static int move(struct poller *p) {
    take_down(p);
    p->watching = false;
    p->last = NULL;
    int code = set_up(p);
    if (!code)
        code = uring_ring_enable(&p->ring);
    p->parking.first = p->parking.count = 0;
    for (size_t i = 0; !code && i < p->setup.links; i++) {
        struct link *l = &p->links[i];
        *l = (struct link){.fd = l->fd, .generation = l->generation + 1};
        if (l->fd < 0)
            continue;
        if (p->setup.lasting && io_uring_register_files_update(&p->ring, (unsigned)i, &l->fd, 1) < 0)
            code = ENOMEM;
        receive(p, i, false);
    }
    return code;
}

static int uring_enter(struct poller *p, struct err *err) {
    pid_t self = gettid();
    int code = 0;
    if (p->owner == 0)
        code = uring_ring_enable(&p->ring);
    else if (p->owner != self)
        code = move(p);
    if (code) {
        errno = code;
        return err_set_errno(err, "io_uring cannot be used by this thread");
    }
    p->owner = self;
    watch_stop(p);
    return 0;
}

const struct poller_kind poller_uring = {
    .name = "io_uring",
    .probe = uring_ring_probe,
    .open = uring_open,
    .close = uring_close,
    .enter = uring_enter,
    .connect = uring_connect,
    .send = uring_send,
    .drop = uring_drop,
    .look = uring_look,
};
