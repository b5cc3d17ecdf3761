/* The socket and timer callbacks between curl_multi and libev.
 *
 * Watchers stand in a table indexed by descriptor, so nothing is allocated when libcurl names a socket.
 * libcurl forgets and names a connection's socket again for every request; stopping and starting the same
 * watcher within one turn costs no system call, unless the descriptor was closed and opened in between: then
 * ev_io_set makes libev register it anew, which the open-socket callback asks for. */
#include "http/driver.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "http/deadlines.h"

#define SENDS_PER_LOOK 16
#define DESCRIPTORS 4           /* of a driver itself */
#define DESCRIPTORS_PER_GROUP 2 /* that a CURLM needs besides its connections' */

struct watcher {
    ev_io io;
    struct group *group;
    bool reopened; /* the kernel has forgotten it since it was last started */
};

struct group {
    CURLM *multi;
    struct driver *driver;
    ev_timer timer;
    double due; /* on the loop's clock; 0: no timer wanted */
    bool kick;  /* libcurl wants to be called at once */
};

struct driver {
    struct ev_loop *loop;
    ev_io stop;
    bool stopped;
    ev_timer limits;          /* runs until the first deadline of either kind */
    struct deadlines whole;   /* of requests in flight */
    struct deadlines connect; /* of those that had not been sent when last looked at */
    struct driver_owner owner;
    struct watcher *watchers;
    size_t watcher_count;
    struct group *groups;
    size_t group_count;
    struct transfer *transfers;
    bool *in_flight;
    struct transfer **held; /* a ring: in flight, and given to libcurl at the next turn */
    size_t held_first, held_count;
    bool holding;
    size_t count, flying, sends;
};

int64_t driver_descriptors(const struct plan_entry *entry, int64_t drivers) {
    int64_t groups = entry->concurrency / DRIVER_GROUP + drivers;
    return entry->connections * entry->concurrency + DESCRIPTORS_PER_GROUP * groups + DESCRIPTORS * drivers;
}

static struct group *group_of(struct driver *d, const struct transfer *t) {
    return &d->groups[(size_t)(t - d->transfers) % d->group_count];
}

static void take_out(struct driver *d, struct transfer *t) {
    curl_multi_remove_handle(group_of(d, t)->multi, t->easy);
    size_t index = (size_t)(t - d->transfers);
    deadlines_remove(&d->whole, index);
    deadlines_remove(&d->connect, index);
    d->in_flight[index] = false;
    d->flying--;
}

static void give_finished(struct group *g) {
    struct driver *d = g->driver;
    int left = 0;
    for (CURLMsg *m = curl_multi_info_read(g->multi, &left); m; m = curl_multi_info_read(g->multi, &left)) {
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode code = m->data.result;
        struct transfer *t = NULL;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        take_out(d, t);
        d->owner.done(d->owner.state, t, code);
    }
}

/* Finished transfers may add new ones, whose first step is taken here rather than after libcurl's 0 ms timer,
 * which the loop would round up to a millisecond. A server on the same processor may have answered by the end
 * of that step; what follows such an answer is held for a turn, or one connection would starve the others. */
static void settle(struct group *g) {
    int running = 0;
    give_finished(g);
    g->driver->holding = true;
    while (g->kick) {
        g->kick = false;
        curl_multi_socket_action(g->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        give_finished(g);
    }
    g->driver->holding = false;
}

static void time_out(struct driver *d, size_t index, const char *what, const struct deadlines *of) {
    struct transfer *t = &d->transfers[index];
    struct group *g = group_of(d, t);
    take_out(d, t);
    snprintf(t->error_text, sizeof t->error_text, "%s within %g s", what, (double)of->limit_ns / 1e9);
    d->owner.done(d->owner.state, t, CURLE_OPERATION_TIMEDOUT);
    settle(g);
}

static void arm_limits(struct driver *d) {
    int64_t whole_ns = deadlines_next_ns(&d->whole), connect_ns = deadlines_next_ns(&d->connect);
    int64_t next_ns = whole_ns < connect_ns ? whole_ns : connect_ns;
    if (next_ns == INT64_MAX)
        return;
    int64_t left_ns = next_ns - clock_now_ns();
    ev_timer_stop(d->loop, &d->limits);
    ev_timer_set(&d->limits, left_ns > 0 ? (double)left_ns / 1e9 : 0., 0.);
    ev_timer_start(d->loop, &d->limits);
}

static void on_limits(struct ev_loop *loop, ev_timer *timer, int events) {
    (void)loop, (void)events;
    struct driver *d = timer->data;
    int64_t now_ns = clock_now_ns();
    while (deadlines_next_ns(&d->whole) <= now_ns)
        time_out(d, d->whole.first, "no whole answer", &d->whole);
    while (deadlines_next_ns(&d->connect) <= now_ns) {
        if (d->transfers[d->connect.first].sends)
            deadlines_remove(&d->connect, d->connect.first);
        else
            time_out(d, d->connect.first, "not connected", &d->connect);
    }
    arm_limits(d);
}

static void on_socket(struct ev_loop *loop, ev_io *io, int events) {
    (void)loop;
    struct watcher *w = (struct watcher *)(void *)io;
    struct group *g = w->group;
    int running = 0, mask = 0;
    if (events & EV_READ)
        mask |= CURL_CSELECT_IN;
    if (events & EV_WRITE)
        mask |= CURL_CSELECT_OUT;
    curl_multi_socket_action(g->multi, io->fd, mask, &running);
    settle(g);
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
    settle(g);
}

/* The watcher is only moved when it would come too late: one that comes early looks again. */
static int on_timer_wanted(CURLM *multi, long timeout_ms, void *user) {
    (void)multi;
    struct group *g = user;
    struct ev_loop *loop = g->driver->loop;
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
    struct driver *d = g->driver;
    if (fd < 0 || (size_t)fd >= d->watcher_count)
        return -1;
    struct watcher *w = &d->watchers[fd];
    if (!w->group) /* only now, so that a table for every descriptor allowed is not all touched */
        ev_init(&w->io, on_socket);
    if (what == CURL_POLL_REMOVE) {
        ev_io_stop(d->loop, &w->io);
        return 0;
    }
    int events = (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0);
    bool same = !w->reopened && w->group == g && (w->io.events & (EV_READ | EV_WRITE)) == events;
    if (same && ev_is_active(&w->io))
        return 0;
    if (!same) {
        ev_io_stop(d->loop, &w->io);
        ev_io_set(&w->io, fd, events);
        w->group = g;
        w->reopened = false;
    }
    ev_io_start(d->loop, &w->io);
    return 0;
}

static void on_socket_open(void *user, int fd) {
    struct driver *d = user;
    if ((size_t)fd < d->watcher_count)
        d->watchers[fd].reopened = true;
}

static void on_stop(struct ev_loop *loop, ev_io *io, int events) {
    (void)events;
    struct driver *d = io->data;
    d->stopped = true;
    ev_break(loop, EVBREAK_ALL);
}

static int open_group(struct driver *d, struct group *g, struct err *err) {
    long connections = DRIVER_GROUP * (long)plan_connections(d->transfers[0].client->plan);
    g->driver = d;
    g->timer.data = g;
    ev_init(&g->timer, on_timer);
    g->multi = curl_multi_init();
    if (!g->multi)
        return err_set_errno(err, "libcurl gave no multi handle");
    curl_multi_setopt(g->multi, CURLMOPT_SOCKETFUNCTION, on_socket_wanted);
    curl_multi_setopt(g->multi, CURLMOPT_SOCKETDATA, g);
    curl_multi_setopt(g->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
    curl_multi_setopt(g->multi, CURLMOPT_TIMERDATA, g);
    bool several = d->transfers[0].client->plan->http2; /* streams on a connection */
    curl_multi_setopt(g->multi, CURLMOPT_PIPELINING, (long)(several ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING));
    curl_multi_setopt(g->multi, CURLMOPT_MAXCONNECTS, connections);
    return 0;
}

static int open_watchers(struct driver *d, struct err *err) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return err_set_errno(err, "cannot read the limit of open files");
    d->watcher_count = limit.rlim_cur > 1048576 ? 1048576 : (size_t)limit.rlim_cur;
    d->watchers = memory_zalloc(d->watcher_count, sizeof *d->watchers);
    return 0;
}

int driver_open(struct driver **out, struct transfer *transfers, size_t count, struct driver_owner owner,
                int stop_fd, struct err *err) {
    struct driver *d = memory_zalloc(1, sizeof *d);
    *d = (struct driver){.owner = owner, .transfers = transfers, .count = count};
    d->group_count = (count + DRIVER_GROUP - 1) / DRIVER_GROUP;
    d->groups = memory_zalloc(d->group_count, sizeof *d->groups);
    d->in_flight = memory_zalloc(count, sizeof *d->in_flight);
    d->held = memory_zalloc(count, sizeof(struct transfer *));
    d->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
    int failed = d->loop ? open_watchers(d, err) : err_set(err, ERR_INTERNAL, "libev gave no loop");
    for (size_t i = 0; !failed && i < d->group_count; i++)
        failed = open_group(d, &d->groups[i], err);
    if (failed) {
        driver_close(d);
        return -1;
    }
    const struct plan *plan = transfers[0].client->plan;
    deadlines_init(&d->whole, count, plan->timeout_ns);
    deadlines_init(&d->connect, count, plan->connect_timeout_ns);
    ev_init(&d->limits, on_limits);
    d->limits.data = d;
    ev_io_init(&d->stop, on_stop, stop_fd, EV_READ);
    d->stop.data = d;
    for (size_t i = 0; i < count; i++) {
        transfers[i].on_socket = on_socket_open;
        transfers[i].on_socket_user = d;
    }
    *out = d;
    return 0;
}

void driver_close(struct driver *d) {
    if (!d)
        return;
    for (size_t i = 0; i < d->group_count; i++)
        if (d->groups[i].multi)
            curl_multi_cleanup(d->groups[i].multi);
    if (d->loop)
        ev_loop_destroy(d->loop);
    deadlines_fini(&d->whole);
    deadlines_fini(&d->connect);
    free(d->groups);
    free(d->in_flight);
    free(d->held);
    free(d->watchers);
    free(d);
}

static int hand_over(struct driver *d, struct transfer *t) {
    struct group *g = group_of(d, t);
    if (curl_multi_add_handle(g->multi, t->easy) != CURLM_OK)
        return -1;
    size_t index = (size_t)(t - d->transfers);
    deadlines_add(&d->whole, index, t->sample.start_ns);
    deadlines_add(&d->connect, index, t->sample.start_ns);
    if (!ev_is_active(&d->limits))
        arm_limits(d);
    g->kick = true;
    return 0;
}

int driver_add(struct driver *d, struct transfer *t) {
    if (d->holding)
        d->held[(d->held_first + d->held_count++) % d->count] = t;
    else if (hand_over(d, t))
        return -1;
    d->in_flight[t - d->transfers] = true;
    d->flying++;
    return 0;
}

static void release_held(struct driver *d) {
    for (size_t left = d->held_count; left > 0; left--) {
        struct transfer *t = d->held[d->held_first];
        d->held_first = (d->held_first + 1) % d->count;
        d->held_count--;
        if (hand_over(d, t)) {
            take_out(d, t);
            d->owner.done(d->owner.state, t, CURLE_FAILED_INIT);
        }
        settle(group_of(d, t));
    }
}

static void turn(struct driver *d, int flags) {
    ev_run(d->loop, d->held_count > 0 ? EVRUN_NOWAIT : flags);
    release_held(d);
}

void driver_send(struct driver *d, struct transfer *t) {
    settle(group_of(d, t));
    if (++d->sends % SENDS_PER_LOOK == 0)
        turn(d, EVRUN_NOWAIT);
}

bool driver_run(struct driver *d, void (*cancel)(void *state, struct transfer *t)) {
    d->stopped = false;
    ev_now_update(d->loop);
    ev_io_start(d->loop, &d->stop);
    while (d->flying && !d->stopped) {
        turn(d, EVRUN_ONCE);
        if (d->owner.turn)
            d->owner.turn(d->owner.state);
    }
    ev_io_stop(d->loop, &d->stop);
    ev_timer_stop(d->loop, &d->limits);
    d->held_count = 0;
    for (size_t i = 0; d->flying && i < d->count; i++)
        if (d->in_flight[i]) {
            take_out(d, &d->transfers[i]);
            cancel(d->owner.state, &d->transfers[i]);
        }
    return !d->stopped;
}
