/* One libev loop: the listening socket, the timer of held answers, the stop signal, and the shards. */
#include "endpoint/server.h"

#include "base/clock.h"
#include "base/memory.h"
#include "endpoint/exchange.h"
#include "endpoint/spread.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

#define ACCEPTS_PER_TURN 256
#define ACCEPT_PAUSE_S 0.1

struct server {
    struct ev_loop *loop;
    struct service *service;
    struct spread spread;
    ev_io accept;
    ev_io due;
    ev_io stop;
    ev_prepare before_waiting;
    ev_timer look_after;
    ev_timer accept_pause; /* runs while there is no descriptor left for a new connection */
};

/* Notes the shards of everything that is due by now_ns. */
static void resume_due(struct server *s, int64_t now_ns) {
    for (;;) {
        struct exchange *x = delays_take(&s->service->delays, now_ns);
        if (!x)
            return;
        MHD_resume_connection(x->connection);
        spread_touch(x->shard);
    }
}

static void release(struct server *s) {
    resume_due(s, clock_now_ns());
    delays_arm(&s->service->delays);
    spread_run_touched(&s->spread);
}

static void on_due(struct ev_loop *loop, ev_io *watcher, int events) {
    (void)loop, (void)events;
    release(watcher->data);
}

/* A turn of many shards must not keep an answer waiting that became due meanwhile. */
static void after_shard(void *context) {
    struct server *s = context;
    const struct delays *delays = &s->service->delays;
    if (delays->count > 0 && delays->heap[0].due_ns <= clock_now_ns())
        release(s);
}

static void pause_accepting(struct server *s) {
    ev_io_stop(s->loop, &s->accept);
    ev_timer_set(&s->accept_pause, ACCEPT_PAUSE_S, 0);
    ev_timer_start(s->loop, &s->accept_pause);
}

static void resume_accepting(void *context) {
    struct server *s = context;
    ev_timer_stop(s->loop, &s->accept_pause);
    ev_io_start(s->loop, &s->accept);
}

static void on_accept_pause(struct ev_loop *loop, ev_timer *watcher, int events) {
    (void)loop, (void)events;
    resume_accepting(watcher->data);
}

/* What accept4 reports of a connection that died in the queue, or of a signal: the next may be well. */
static bool may_retry_accept(int reason) {
    return reason == EINTR || reason == ECONNABORTED || reason == EPROTO;
}

static int accept_one(struct server *s) {
    struct sockaddr_storage peer;
    socklen_t peer_bytes = sizeof peer;
    int fd = accept4(s->accept.fd, (struct sockaddr *)&peer, &peer_bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (may_retry_accept(errno))
            return 0;
        if (errno != EAGAIN)
            pause_accepting(s);
        return -1;
    }
    int yes = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes); /* a slower answer at worst */
    (void)spread_add(&s->spread, fd, (const struct sockaddr *)&peer,
                     peer_bytes); /* closes it when it cannot */
    return 0;
}

static void on_accept(struct ev_loop *loop, ev_io *watcher, int events) {
    (void)loop, (void)events;
    struct server *s = watcher->data;
    int left = ACCEPTS_PER_TURN;
    while (left > 0 && accept_one(s) == 0)
        left--;
    spread_run_touched(&s->spread);
}

static void on_look_after(struct ev_loop *loop, ev_timer *watcher, int events) {
    (void)loop, (void)events;
    struct server *s = watcher->data;
    spread_look_after(&s->spread);
}

static void on_before_waiting(struct ev_loop *loop, ev_prepare *watcher, int events) {
    (void)loop, (void)events;
    access_log_flush(watcher->data);
}

static void on_stop(struct ev_loop *loop, ev_io *watcher, int events) {
    (void)watcher, (void)events;
    ev_break(loop, EVBREAK_ALL);
}

static void watch(struct server *s, ev_io *watcher, void (*call)(struct ev_loop *, ev_io *, int), int fd) {
    ev_io_init(watcher, call, fd, EV_READ);
    watcher->data = s;
    ev_io_start(s->loop, watcher);
}

static void serve(struct server *s, int listen_fd, int stop_fd) {
    s->spread.ran = after_shard;
    s->spread.freed = resume_accepting;
    s->spread.context = s;
    ev_timer_init(&s->accept_pause, on_accept_pause, ACCEPT_PAUSE_S, 0);
    s->accept_pause.data = s;
    ev_timer_init(&s->look_after, on_look_after, EXCHANGE_LOOK_AFTER_S, EXCHANGE_LOOK_AFTER_S);
    s->look_after.data = s;
    ev_timer_start(s->loop, &s->look_after);
    ev_set_priority(&s->due, EV_MAXPRI);
    watch(s, &s->due, on_due, s->service->delays.timer_fd);
    watch(s, &s->accept, on_accept, listen_fd);
    ev_prepare_init(&s->before_waiting, on_before_waiting);
    s->before_waiting.data = s->service->access_log;
    if (s->service->access_log)
        ev_prepare_start(s->loop, &s->before_waiting);
    if (stop_fd >= 0)
        watch(s, &s->stop, on_stop, stop_fd);
    ev_run(s->loop, 0);
    /* libmicrohttpd does not stop with suspended connections. They are not run again, so nothing goes out
     * early. */
    resume_due(s, INT64_MAX);
    s->spread.freed = NULL;
}

int server_run(int listen_fd, int stop_fd, struct service *service, struct err *err) {
    struct server *s = memory_zalloc(1, sizeof *s);
    int result = -1;
    s->service = service;
    s->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
    if (!s->loop) {
        err_set_errno(err, "cannot make an event loop");
    } else if (!spread_open(&s->spread, s->loop, service, err)) {
        serve(s, listen_fd, stop_fd);
        spread_close(&s->spread);
        result = 0;
    }
    if (s->loop)
        ev_loop_destroy(s->loop);
    free(s);
    return result;
}
