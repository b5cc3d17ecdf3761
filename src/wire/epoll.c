/* Edge-triggered epoll: a connection is told to the kernel once, and from then on a request costs one write,
 * one read and its part of a wait for many. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "wire/address.h"
#include "wire/poller.h"

#define EVENTS 64 /* told in one look */
#define BUFFER_BYTES ((size_t)64 << 10)
#define BUFFERS 8       /* of one link in one turn: others, and the clock, are to be looked at as well */
#define STOP UINT64_MAX /* among the events' data */
#define NS_PER_S 1000000000
#define NS_PER_MS 1000000

struct link {
    int fd; /* -1: none */
    uint32_t generation;
    bool connecting;
    bool ended;       /* the reader has yet to hear so: nothing is written any more */
    bool withholds;   /* a byte that was read, */
    char withheld;    /* which comes before those that were not */
    int error;        /* that a write met, and took from the reader */
    const char *rest; /* still to be written */
    size_t rest_bytes;
};

struct poller {
    struct poller_events events;
    struct link *links;
    size_t count;
    int fd;
    char *buffer;
    bool coarse; /* epoll_pwait2 is not to be had */
};

static void epoll_shut(struct poller *p) {
    if (!p)
        return;
    for (size_t i = 0; i < p->count; i++)
        if (p->links[i].fd >= 0)
            close(p->links[i].fd);
    if (p->fd >= 0)
        close(p->fd);
    free(p->links);
    free(p->buffer);
    free(p);
}

static int epoll_start(struct poller **out, const struct poller_setup *setup, struct err *err) {
    struct poller *p = memory_zalloc(1, sizeof *p);
    *p = (struct poller){.events = setup->events, .count = setup->links, .fd = epoll_create1(EPOLL_CLOEXEC)};
    p->links = memory_zalloc(p->count, sizeof *p->links);
    p->buffer = memory_zalloc(1, BUFFER_BYTES);
    for (size_t i = 0; i < p->count; i++)
        p->links[i].fd = -1;
    struct epoll_event stop = {.events = EPOLLIN, .data.u64 = STOP};
    if (p->fd < 0 || epoll_ctl(p->fd, EPOLL_CTL_ADD, setup->stop_fd, &stop)) {
        epoll_shut(p);
        return err_set_errno(err, "epoll cannot be used");
    }
    *out = p;
    return 0;
}

/* Any thread may. */
static int epoll_enter(struct poller *p, struct err *err) {
    (void)p, (void)err;
    return 0;
}

static void epoll_drop(struct poller *p, size_t link) {
    struct link *l = &p->links[link];
    if (l->fd >= 0)
        close(l->fd);
    *l = (struct link){.fd = -1, .generation = l->generation + 1};
}

/* Anew (EPOLL_CTL_MOD) it tells once more what is there. */
static int watch(struct poller *p, size_t link, int operation) {
    struct link *l = &p->links[link];
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.u64 = (uint64_t)l->generation << 32 | link};
    return epoll_ctl(p->fd, operation, l->fd, &event);
}

static int epoll_link(struct poller *p, size_t link, const struct sockaddr *address, socklen_t length) {
    struct link *l = &p->links[link];
    l->fd = address_socket(address, SOCK_NONBLOCK);
    if (l->fd < 0)
        return errno;
    l->connecting = true;
    if ((connect(l->fd, address, length) && errno != EINPROGRESS) || watch(p, link, EPOLL_CTL_ADD)) {
        int error = errno;
        epoll_drop(p, link);
        return error;
    }
    return 0;
}

/* The connection is shut, so that the reader hears of it in any case. */
static void give_up_writing(struct link *l, int error) {
    l->error = error;
    l->ended = true;
    shutdown(l->fd, SHUT_RDWR);
}

/* Writes on until the socket takes no more. True when all is written, or nothing ever will be. */
static bool push(struct link *l) {
    while (l->rest_bytes > 0) {
        ssize_t n = send(l->fd, l->rest, l->rest_bytes, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return false;
        if (n < 0) {
            give_up_writing(l, errno);
            return true;
        }
        l->rest += n;
        l->rest_bytes -= (size_t)n;
    }
    return true;
}

static bool epoll_send(struct poller *p, size_t link, const char *data, size_t length, bool lasting) {
    (void)lasting;
    struct link *l = &p->links[link];
    if (l->ended)
        return false;
    l->rest = data;
    l->rest_bytes = length;
    bool over = push(l);
    if (over)
        l->rest_bytes = 0;
    return over;
}

static void tell_connected(struct poller *p, size_t link) {
    struct link *l = &p->links[link];
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &error, &length))
        error = errno;
    l->connecting = false;
    p->events.connected(p->events.user, link, error);
}

/* Bytes read, 0 at the end, or minus an errno. */
static ssize_t receive(const struct link *l, char *into, size_t room) {
    ssize_t n = 0;
    do
        n = recv(l->fd, into, room, 0);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    return n == 0 && l->error ? -l->error : n;
}

/* Less than the buffer holds is all there is, unless the end has come as well. Of a full buffer the last byte
 * waits for what follows it, since a request may be sent upon an answer's last byte, and what came before
 * that was sent is not its answer. */
static void tell_received(struct poller *p, size_t link, uint32_t generation) {
    struct link *l = &p->links[link];
    ssize_t n = 1;
    for (int i = 0; l->withholds || i == 0 || (l->ended && n > 0); i++) {
        if (i == BUFFERS && watch(p, link, EPOLL_CTL_MOD) == 0)
            return;
        p->buffer[0] = l->withheld;
        n = receive(l, p->buffer + l->withholds, BUFFER_BYTES - l->withholds);
        size_t length = l->withholds + (n > 0 ? (size_t)n : 0);
        l->withholds = length == BUFFER_BYTES;
        l->withheld = p->buffer[BUFFER_BYTES - 1];
        if (length > 0)
            p->events.received(p->events.user, link, p->buffer, length - l->withholds, 0);
        if (l->generation != generation)
            return;
    }
    if (n <= 0 && n != -EAGAIN)
        p->events.received(p->events.user, link, p->buffer, 0, (int)-n);
}

static void tell(struct poller *p, const struct epoll_event *event) {
    if (event->data.u64 == STOP) {
        p->events.stopped(p->events.user);
        return;
    }
    size_t link = (uint32_t)event->data.u64;
    struct link *l = &p->links[link];
    uint32_t generation = (uint32_t)(event->data.u64 >> 32);
    if (l->generation != generation)
        return;
    if (l->connecting) {
        tell_connected(p, link);
        if (l->generation != generation)
            return;
    }
    if (l->rest_bytes > 0 && event->events & EPOLLOUT && push(l)) {
        l->rest_bytes = 0;
        p->events.sent(p->events.user, link);
    }
    if (l->generation != generation)
        return;
    l->ended |= (event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if (l->ended || event->events & EPOLLIN)
        tell_received(p, link, generation);
}

/* Before Linux 5.11, and under valgrind, one can wait for whole milliseconds alone: what is less is looked
 * through awake. */
static int wait_for_events(struct poller *p, struct epoll_event *events, int64_t until_ns) {
    bool forever = until_ns == POLLER_NEVER_NS;
    int64_t left_ns = until_ns && !forever ? until_ns - clock_now_ns() : 0;
    left_ns = left_ns > 0 ? left_ns : 0;
    struct timespec left = {.tv_sec = left_ns / NS_PER_S, .tv_nsec = left_ns % NS_PER_S};
    int count = p->coarse ? -1 : epoll_pwait2(p->fd, events, EVENTS, forever ? NULL : &left, NULL);
    p->coarse |= count < 0 && errno == ENOSYS;
    if (!p->coarse)
        return count;
    int64_t left_ms = left_ns / NS_PER_MS;
    return epoll_wait(p->fd, events, EVENTS, forever ? -1 : left_ms < INT_MAX ? (int)left_ms : INT_MAX);
}

static void epoll_look(struct poller *p, int64_t until_ns) {
    struct epoll_event events[EVENTS];
    int count = wait_for_events(p, events, until_ns);
    for (int i = 0; i < count; i++)
        tell(p, &events[i]);
}

const struct poller_kind poller_epoll = {
    .name = "epoll",
    .open = epoll_start,
    .close = epoll_shut,
    .enter = epoll_enter,
    .connect = epoll_link,
    .send = epoll_send,
    .drop = epoll_drop,
    .look = epoll_look,
};
