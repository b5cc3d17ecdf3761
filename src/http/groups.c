/* Watchers stand in a table indexed by descriptor, so nothing is allocated when libcurl names a socket.
 * libcurl forgets and names a connection's socket again for every request; stopping and starting the same
 * watcher within one turn costs no system call, unless the descriptor was closed and opened in between: then
 * ev_io_set makes libev register it anew, which the open-socket callback asks for. */
#include "http/groups.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "base/memory.h"

struct watcher {
    ev_io io;
    struct group *group;
    bool reopened; /* the kernel has forgotten it since it was last started */
};

static void on_socket(struct ev_loop *loop, ev_io *io, int events) {
    (void)loop;
    const struct watcher *w = (struct watcher *)(void *)io;
    int mask = (events & EV_READ ? CURL_CSELECT_IN : 0) | (events & EV_WRITE ? CURL_CSELECT_OUT : 0);
    w->group->all->ready(w->group->all->user, w->group, io->fd, mask);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events) {
    (void)events;
    struct group *g = timer->data;
    if (g->due <= 0)
        return;
    double left = g->due - ev_now(loop);
    if (left > 0.0005) {
        ev_timer_set(timer, left, 0.);
        ev_timer_start(loop, timer);
        return;
    }
    g->due = 0;
    g->kick = true;
    g->all->ready(g->all->user, g, CURL_SOCKET_TIMEOUT, 0);
}

/* The watcher is only moved when it would come too late: one that comes early looks again. */
static int on_timer_wanted(CURLM *multi, long timeout_ms, void *user) {
    (void)multi;
    struct group *g = user;
    struct ev_loop *loop = g->all->loop;
    if (timeout_ms == 0)
        g->kick = true;
    if (timeout_ms <= 0) {
        g->due = 0;
        return 0;
    }
    g->due = ev_now(loop) + (double)timeout_ms / 1000;
    if (ev_is_active(&g->timer) && ev_timer_remaining(loop, &g->timer) <= (double)timeout_ms / 1000)
        return 0;
    ev_timer_stop(loop, &g->timer);
    ev_timer_set(&g->timer, (double)timeout_ms / 1000, 0.);
    ev_timer_start(loop, &g->timer);
    return 0;
}

static int on_socket_wanted(CURL *easy, curl_socket_t fd, int what, void *user, void *socket_data) {
    (void)easy, (void)socket_data;
    struct group *g = user;
    struct groups *all = g->all;
    if (fd < 0 || (size_t)fd >= all->watcher_count)
        return -1;
    struct watcher *w = &all->watchers[fd];
    if (!w->group) /* only now, so that a table for every descriptor allowed is not all touched */
        ev_init(&w->io, on_socket);
    if (what == CURL_POLL_REMOVE) {
        ev_io_stop(all->loop, &w->io);
        return 0;
    }
    int events = (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0);
    bool same = !w->reopened && w->group == g && (w->io.events & (EV_READ | EV_WRITE)) == events;
    if (same && ev_is_active(&w->io))
        return 0;
    if (!same) {
        ev_io_stop(all->loop, &w->io);
        ev_io_set(&w->io, fd, events);
        w->group = g;
        w->reopened = false;
    }
    ev_io_start(all->loop, &w->io);
    return 0;
}

static int open_group(struct groups *all, struct group *g, const struct plan *plan, struct err *err) {
    long connections = GROUP_TRANSFERS * (long)plan_connections(plan);
    g->all = all;
    g->timer.data = g;
    ev_init(&g->timer, on_timer);
    g->multi = curl_multi_init();
    if (!g->multi)
        return err_set_errno(err, "libcurl gave no multi handle");
    curl_multi_setopt(g->multi, CURLMOPT_SOCKETFUNCTION, on_socket_wanted);
    curl_multi_setopt(g->multi, CURLMOPT_SOCKETDATA, g);
    curl_multi_setopt(g->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
    curl_multi_setopt(g->multi, CURLMOPT_TIMERDATA, g);
    bool several = plan->http2; /* streams on a connection */
    curl_multi_setopt(g->multi, CURLMOPT_PIPELINING, (long)(several ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING));
    curl_multi_setopt(g->multi, CURLMOPT_MAXCONNECTS, connections);
    return 0;
}

int groups_open(struct groups *all, size_t transfers, const struct plan *plan, struct err *err) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return err_set_errno(err, "cannot read the limit of open files");
    all->watcher_count = limit.rlim_cur > 1048576 ? 1048576 : (size_t)limit.rlim_cur;
    all->watchers = memory_zalloc(all->watcher_count, sizeof *all->watchers);
    all->count = (transfers + GROUP_TRANSFERS - 1) / GROUP_TRANSFERS;
    all->items = memory_zalloc(all->count, sizeof *all->items);
    for (size_t i = 0; i < all->count; i++)
        if (open_group(all, &all->items[i], plan, err))
            return -1;
    return 0;
}

void groups_close(struct groups *all) {
    for (size_t i = 0; all->items && i < all->count; i++)
        if (all->items[i].multi)
            curl_multi_cleanup(all->items[i].multi);
    free(all->items);
    free(all->watchers);
    all->items = NULL;
    all->watchers = NULL;
}

void groups_note_opened(struct groups *all, int fd) {
    if ((size_t)fd < all->watcher_count)
        all->watchers[fd].reopened = true;
}
