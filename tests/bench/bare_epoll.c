/* The floor of a client that waits by epoll: one loop, C kept connections, a request's bytes sent whole, an
 * answer's counted and not looked at. Nothing is recorded. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "bare_peer.h"

#define EVENTS 512

struct connection {
    int fd;
    size_t got; /* of the answer */
};

struct bench {
    struct bare_task task;
    struct bare_peer peer;
    int epoll;
    struct connection *all;
    long issued, ended;
};

static _Noreturn void give_up(const char *what) {
    perror(what);
    exit(1);
}

static void issue(struct bench *b, struct connection *c) {
    if (b->issued == b->task.requests)
        return;
    b->issued++;
    c->got = 0;
    if (send(c->fd, b->peer.request, b->peer.request_bytes, MSG_NOSIGNAL) != (ssize_t)b->peer.request_bytes)
        give_up("send");
}

static void take(struct bench *b, struct connection *c) {
    static char answer[16384];
    ssize_t got = recv(c->fd, answer, sizeof answer, 0);
    if (got <= 0)
        give_up("recv");
    c->got += (size_t)got;
    if (c->got < b->peer.answer_bytes)
        return;
    b->ended++;
    issue(b, c);
}

static void start(struct bench *b) {
    b->epoll = epoll_create1(EPOLL_CLOEXEC);
    b->all = calloc((size_t)b->task.connections, sizeof *b->all);
    if (b->epoll < 0 || !b->all)
        give_up("epoll_create1");
    for (long i = 0; i < b->task.connections; i++) {
        struct connection *c = &b->all[i];
        c->fd = bare_peer_connect(&b->peer);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        if (epoll_ctl(b->epoll, EPOLL_CTL_ADD, c->fd, &event))
            give_up("epoll_ctl");
    }
    for (long i = 0; i < b->task.connections; i++)
        issue(b, &b->all[i]);
}

int main(int argc, char **argv) {
    static struct bench b;
    struct epoll_event events[EVENTS];
    bare_open(&b.task, argc, argv);
    bare_peer_find(&b.peer, &b.task);
    start(&b);
    while (b.ended < b.task.requests) {
        int count = epoll_wait(b.epoll, events, EVENTS, -1);
        if (count < 0)
            give_up("epoll_wait");
        for (int i = 0; i < count; i++)
            take(&b, events[i].data.ptr);
    }
    free(b.all);
    return bare_report(&b.task, 0);
}
