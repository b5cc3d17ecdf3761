/* The yardstick of the async strategy: N GETs over C easy handles driven by curl_multi_socket_action on a
 * libev loop, as well as it can be done in little code, and nothing recorded. Next requests are added and
 * kicked at once outside libcurl's callbacks, and watchers stand in a table indexed by descriptor. */
#include <ev.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "bare_handle.h"

struct group {
    CURLM *multi;
    struct bench *bench;
    ev_timer timer;
    bool kick; /* libcurl wants to be called at once */
};

struct bench {
    struct bare_task task;
    struct ev_loop *loop;
    struct ev_io *watchers;
    struct group *groups;
    size_t watcher_count;
    long issued, ended, failed;
};

static void issue(struct group *g, CURL *easy) {
    g->bench->issued++;
    curl_multi_add_handle(g->multi, easy);
    g->kick = true;
}

static void reap(struct group *g) {
    struct bench *b = g->bench;
    int left = 0;
    for (CURLMsg *m = curl_multi_info_read(g->multi, &left); m; m = curl_multi_info_read(g->multi, &left)) {
        CURL *easy = m->easy_handle;
        b->failed += m->data.result != CURLE_OK;
        b->ended++;
        curl_multi_remove_handle(g->multi, easy);
        if (b->issued < b->task.requests)
            issue(g, easy);
        else
            curl_easy_cleanup(easy);
    }
    if (b->ended == b->task.requests)
        ev_break(b->loop, EVBREAK_ALL);
}

static void act(struct group *g, curl_socket_t fd, int mask) {
    int running = 0;
    curl_multi_socket_action(g->multi, fd, mask, &running);
    reap(g);
    while (g->kick) {
        g->kick = false;
        curl_multi_socket_action(g->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        reap(g);
    }
}

static void on_socket(struct ev_loop *loop, ev_io *io, int events) {
    (void)loop;
    int mask = (events & EV_READ ? CURL_CSELECT_IN : 0) | (events & EV_WRITE ? CURL_CSELECT_OUT : 0);
    act(io->data, io->fd, mask);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events) {
    (void)loop, (void)events;
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timer_wanted(CURLM *multi, long timeout_ms, void *user) {
    (void)multi;
    struct group *g = user;
    ev_timer_stop(g->bench->loop, &g->timer);
    g->kick = g->kick || timeout_ms == 0;
    if (timeout_ms > 0) {
        ev_timer_set(&g->timer, (double)timeout_ms / 1000, 0.);
        ev_timer_start(g->bench->loop, &g->timer);
    }
    return 0;
}

/* Stopping and starting an unchanged watcher within one turn of the loop costs no system call. */
static int on_socket_wanted(CURL *easy, curl_socket_t fd, int what, void *user, void *socket_data) {
    (void)easy, (void)socket_data;
    struct group *g = user;
    struct bench *b = g->bench;
    if ((size_t)fd >= b->watcher_count)
        return -1;
    ev_io *io = &b->watchers[fd];
    int events = (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0);
    if (what != CURL_POLL_REMOVE && ev_is_active(io) && (io->events & (EV_READ | EV_WRITE)) == events)
        return 0;
    ev_io_stop(b->loop, io);
    if (what == CURL_POLL_REMOVE)
        return 0;
    ev_io_modify(io, events);
    io->data = g;
    ev_io_start(b->loop, io);
    return 0;
}

/* A new socket may have an old one's number: ev_io_set makes libev register it anew. */
static curl_socket_t on_socket_open(void *user, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    struct bench *b = user;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0 && (size_t)fd < b->watcher_count)
        ev_io_set(&b->watchers[fd], fd, EV_NONE);
    return fd;
}

static void *zeroed(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static void open_watchers(struct bench *b) {
    struct rlimit limit = {.rlim_cur = 1024};
    if (getrlimit(RLIMIT_NOFILE, &limit))
        perror("getrlimit");
    b->watcher_count = limit.rlim_cur < 1048576 ? (size_t)limit.rlim_cur : 1048576;
    b->watchers = zeroed(b->watcher_count, sizeof *b->watchers);
    for (size_t fd = 0; fd < b->watcher_count; fd++)
        ev_io_init(&b->watchers[fd], on_socket, (int)fd, EV_NONE);
}

static void open_groups(struct bench *b) {
    b->groups = zeroed((size_t)b->task.multis, sizeof *b->groups);
    for (long i = 0; i < b->task.multis; i++) {
        struct group *g = &b->groups[i];
        g->bench = b;
        g->multi = curl_multi_init();
        ev_timer_init(&g->timer, on_timer, 0., 0.);
        g->timer.data = g;
        curl_multi_setopt(g->multi, CURLMOPT_SOCKETFUNCTION, on_socket_wanted);
        curl_multi_setopt(g->multi, CURLMOPT_SOCKETDATA, g);
        curl_multi_setopt(g->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
        curl_multi_setopt(g->multi, CURLMOPT_TIMERDATA, g);
    }
}

static void start(struct bench *b) {
    for (long i = 0; i < b->task.connections && b->issued < b->task.requests; i++) {
        CURL *easy = bare_handle(&b->task);
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket_open);
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, b);
        issue(&b->groups[i % b->task.multis], easy);
    }
    for (long i = 0; i < b->task.multis; i++)
        act(&b->groups[i], CURL_SOCKET_TIMEOUT, 0);
}

int main(int argc, char **argv) {
    struct bench b = {0};
    bare_open(&b.task, argc, argv);
    bare_libcurl();
    b.loop = ev_default_loop(EVFLAG_AUTO);
    if (!b.loop) {
        fputs("libev gave no loop\n", stderr);
        return 1;
    }
    open_watchers(&b);
    open_groups(&b);
    start(&b);
    while (b.ended < b.task.requests)
        ev_run(b.loop, 0);
    int status = bare_report(&b.task, b.failed);
    for (long i = 0; i < b.task.multis; i++)
        curl_multi_cleanup(b.groups[i].multi);
    ev_loop_destroy(b.loop);
    free(b.groups);
    free(b.watchers);
    curl_global_cleanup();
    return status;
}
