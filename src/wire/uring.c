/* io_uring: sends of a turn of the loop go out together with the wait for what comes, and one receive serves
 * a kept connection for all its answers. A completion belongs to the connection whose generation it carries;
 * those of connections that were dropped are let go. */
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "http/deadlines.h"
#include "wire/address.h"
#include "wire/poller.h"
#include "wire/uringbuffers.h"
#include "wire/uringring.h"

#define EVENTS 64 /* told in one look */
#define GENERATIONS 0xFFFFFFU
#define LINK_AND_GENERATION (UINT64_MAX >> 8)
#define STOP (URING_MUTED - 1)
#define NO_LINK SIZE_MAX
#define AT_ONCE_BYTES ((size_t)16 << 10) /* that an idle connection takes without waiting */

enum what { CONNECT, RECEIVE, SEND, SEND_QUIETLY };

struct link {
    int fd; /* -1: none */
    uint32_t generation;
    uint32_t pending; /* operations whose end will be told */
    int error;        /* that a send met, and took from whoever receives */
    bool connecting;
    bool holds; /* back the last byte that came */
    char held;
};

struct poller {
    struct poller_setup setup;
    struct io_uring ring;
    struct uring_buffers buffers;
    struct link *links;
    struct deadlines parked; /* a queue of links that wait for a buffer before they can receive again */
    size_t returned;         /* buffers, since some of them were let go */
    pid_t owner;             /* the thread that has enabled the ring, 0: none */
    bool watching;
    struct io_uring_sqe *last; /* the send that was put in last, NULL once something followed or it is off */
    size_t last_link;
    size_t
        told_link; /* of the told send that was put in last and not submitted yet; NO_LINK: there is none */
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

static void free_poller(struct poller *p) {
    deadlines_fini(&p->parked);
    free(p->links);
    free(p);
}

static void uring_close(struct poller *p) {
    if (!p)
        return;
    io_uring_queue_exit(&p->ring);
    uring_buffers_close(&p->buffers);
    for (size_t i = 0; i < p->setup.links; i++)
        if (p->links[i].fd >= 0)
            close(p->links[i].fd);
    free_poller(p);
}

static int uring_open(struct poller **out, const struct poller_setup *setup, struct err *err) {
    struct poller *p = memory_zalloc(1, sizeof *p);
    p->setup = *setup;
    p->told_link = NO_LINK;
    p->links = memory_zalloc(setup->links, sizeof *p->links);
    deadlines_init(&p->parked, setup->links, 0);
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
    p->told_link = NO_LINK;
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

static uint64_t tag(const struct poller *p, size_t link, enum what what) {
    return (uint64_t)what << 56 | (uint64_t)(p->links[link].generation & GENERATIONS) << 32 | link;
}

/* Once it is prepared, which forgets flags. */
static void label(struct poller *p, struct io_uring_sqe *sqe, size_t link, enum what what, unsigned flags) {
    io_uring_sqe_set_flags(sqe, flags | (p->setup.lasting ? IOSQE_FIXED_FILE : 0U));
    io_uring_sqe_set_data64(sqe, tag(p, link, what));
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
    } else {
        p->told_link = link;
    }
    return quietly;
}

/* Operations under way hold the socket open, so that closing it alone would end nothing. A request that was
 * not written yet is not, but a TLS connection's goodbye is. */
static void end_pending(struct poller *p, size_t link) {
    if (p->told_link == link)
        submit(p);
    p->last = NULL;
    uring_ring_take_back(&p->ring, LINK_AND_GENERATION, tag(p, link, 0));
    shutdown(p->links[link].fd, SHUT_RDWR);
    if (!p->links[link].connecting)
        return;
    struct io_uring_sqe *sqe = entry(p);
    io_uring_prep_cancel64(sqe, tag(p, link, CONNECT), 0);
    uring_ring_mute(sqe);
}

static void uring_drop(struct poller *p, size_t link) {
    struct link *l = &p->links[link];
    int none = -1;
    if (l->fd < 0)
        return;
    if (p->setup.lasting || l->pending)
        end_pending(p, link);
    if (p->setup.lasting)
        io_uring_register_files_update(&p->ring, (unsigned)link, &none, 1);
    close(l->fd);
    deadlines_remove(&p->parked, link);
    *l = (struct link){.fd = -1, .generation = l->generation + 1};
}

/* One at least: when a link was parked, all buffers had come back that were out then. */
static void receive_again(struct poller *p) {
    for (size_t i = 0; i <= p->returned && p->parked.first != DEADLINES_NONE; i++) {
        size_t link = p->parked.first;
        deadlines_remove(&p->parked, link);
        receive(p, link, false);
    }
    p->returned = 0;
}

/* Where more was there already, the last byte waits for it: a request may be sent upon an answer's last byte,
 * and what came before that was sent is not its answer. */
static void tell_bytes(struct poller *p, size_t link, const struct io_uring_cqe *cqe) {
    struct poller_events *to = &p->setup.events;
    struct link *l = &p->links[link];
    uint32_t generation = l->generation;
    char *data = uring_buffers_data(&p->buffers, cqe);
    size_t length = (size_t)cqe->res + l->holds;
    if (l->holds)
        *--data = l->held;
    l->holds = p->setup.lasting && cqe->flags & IORING_CQE_F_SOCK_NONEMPTY;
    if (l->holds)
        l->held = data[--length];
    if (length > 0)
        to->received(to->user, link, data, length, 0);
    if (l->generation == generation && !(cqe->flags & IORING_CQE_F_MORE))
        receive(p, link, false);
}

static void tell_end(struct poller *p, size_t link, int error) {
    struct poller_events *to = &p->setup.events;
    struct link *l = &p->links[link];
    uint32_t generation = l->generation;
    char held = l->held;
    if (l->holds)
        to->received(to->user, link, &held, 1, 0);
    if (l->generation == generation)
        to->received(to->user, link, &held, 0, error);
}

static void end_receive(struct poller *p, size_t link, int code) {
    if (code == -ENOBUFS)
        deadlines_add(&p->parked, link, 1);
    else if (code == -EINTR || code == -EAGAIN)
        receive(p, link, true);
    else
        tell_end(p, link, code ? -code : p->links[link].error);
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
        p->returned++;
    }
}

static void take_connect(struct poller *p, size_t link, int code) {
    p->links[link].pending--;
    p->links[link].connecting = false;
    if (code == 0)
        receive(p, link, true);
    p->setup.events.connected(p->setup.events.user, link, -code);
}

/* The connection is shut where one failed, so that the reader hears of it in any case. */
static void take_send(struct poller *p, size_t link, bool told, int code) {
    struct poller_events *to = &p->setup.events;
    struct link *l = &p->links[link];
    l->pending -= told;
    if (code < 0) {
        l->error = l->error ? l->error : -code;
        shutdown(l->fd, SHUT_RDWR);
    } else if (told) {
        to->sent(to->user, link);
    }
}

/* Readable as it may be already: it is told once more. */
static void watch_stop(struct poller *p) {
    if (p->watching)
        return;
    struct io_uring_sqe *sqe = entry(p);
    io_uring_prep_poll_add(sqe, p->setup.stop_fd, POLLIN);
    io_uring_sqe_set_flags(sqe, 0);
    io_uring_sqe_set_data64(sqe, STOP);
    p->watching = true;
}

/* It may have been meant for the run before, and taken back since. */
static void take_stop(struct poller *p) {
    struct pollfd fd = {.fd = p->setup.stop_fd, .events = POLLIN};
    p->watching = false;
    if (poll(&fd, 1, 0) == 1)
        p->setup.events.stopped(p->setup.events.user);
    else
        watch_stop(p);
}

static void take(struct poller *p, const struct io_uring_cqe *cqe) {
    if (cqe->user_data >= STOP) {
        if (cqe->user_data == STOP)
            take_stop(p);
        return;
    }
    enum what what = (enum what)(cqe->user_data >> 56);
    size_t link = (uint32_t)cqe->user_data;
    bool current = (p->links[link].generation & GENERATIONS) == (cqe->user_data >> 32 & GENERATIONS);
    if (what == RECEIVE)
        take_receive(p, link, cqe, current);
    else if (current && what == CONNECT)
        take_connect(p, link, cqe->res);
    else if (current)
        take_send(p, link, what == SEND, cqe->res);
}

static void uring_look(struct poller *p, int64_t until_ns) {
    receive_again(p);
    p->last = NULL;
    p->told_link = NO_LINK;
    if (io_uring_cq_ready(&p->ring))
        submit(p);
    else
        uring_ring_wait(&p->ring, until_ns);
    unsigned head = 0, taken = 0;
    struct io_uring_cqe *cqe = NULL;
    io_uring_for_each_cqe(&p->ring, head, cqe) {
        take(p, cqe);
        if (++taken == EVENTS)
            break;
    }
    io_uring_cq_advance(&p->ring, taken);
}

/* A ring serves the thread that has enabled it, and no other: another one gets a ring of its own, with the
 * connections that were kept. */
static int move(struct poller *p) {
    io_uring_queue_exit(&p->ring);
    uring_buffers_close(&p->buffers);
    p->watching = false;
    p->last = NULL;
    int code = set_up(p);
    if (!code)
        code = uring_ring_enable(&p->ring);
    for (size_t i = 0; !code && i < p->setup.links; i++) {
        struct link *l = &p->links[i];
        deadlines_remove(&p->parked, i);
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
