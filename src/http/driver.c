/* Transfers over several groups of one loop: their first steps, their time limits, and who begins when. */
#include "http/driver.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/wait.h"
#include "http/alarm.h"
#include "http/deadlines.h"
#include "http/groups.h"

#define SENDS_PER_LOOK 16
#define DESCRIPTORS 5           /* of a driver itself */
#define DESCRIPTORS_PER_GROUP 2 /* that a CURLM needs besides its connections' */

struct driver {
    struct ev_loop *loop;
    ev_io stop;
    bool stopped;
    ev_timer limits;          /* runs until the first deadline of either kind */
    struct deadlines whole;   /* of requests in flight */
    struct deadlines connect; /* of those that had not been sent when last looked at */
    struct driver_owner owner;
    struct groups groups;
    struct transfer *transfers;
    bool *in_flight;
    struct transfer **held; /* a ring: in flight, but given to libcurl, or free, only at the next turn */
    size_t held_first, held_count;
    bool settling, holding, looking;
    size_t count, flying, sends;
    struct pace pace;
    struct alarm alarm;
    int64_t cut_ns;   /* when the run is over, whatever is in flight; PACE_NEVER_NS: it has no such end */
    int64_t began_ns; /* the turn of the loop in which something was done; 0: nothing was */
};

int64_t driver_descriptors(const struct plan_entry *entry, int64_t drivers) {
    int64_t groups = entry->concurrency / GROUP_TRANSFERS + drivers;
    return entry->connections * entry->concurrency + DESCRIPTORS_PER_GROUP * groups + DESCRIPTORS * drivers;
}

static struct group *group_of(struct driver *d, const struct transfer *t) {
    return &d->groups.items[(size_t)(t - d->transfers) % d->groups.count];
}

/* A turn of the loop is what keeps it from its next look at the sockets; it begins with the first thing done.
 */
static void begin_turn(struct driver *d) {
    if (!d->began_ns)
        d->began_ns = clock_now_ns();
}

static void end_turn(struct driver *d) {
    if (d->began_ns)
        recording_turn(d->transfers[0].flight.client->recording, d->owner.lane, clock_now_ns() - d->began_ns);
    d->began_ns = 0;
}

static void take_out(struct driver *d, struct transfer *t) {
    curl_multi_remove_handle(group_of(d, t)->multi, t->easy);
    size_t index = (size_t)(t - d->transfers);
    deadlines_remove(&d->whole, index);
    deadlines_remove(&d->connect, index);
    d->in_flight[index] = false;
    d->flying--;
}

static void give_finished(struct driver *d, struct group *g) {
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
static void settle(struct driver *d, struct group *g) {
    int running = 0;
    begin_turn(d);
    d->settling = true;
    give_finished(d, g);
    d->holding = true;
    while (g->kick) {
        g->kick = false;
        curl_multi_socket_action(g->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        give_finished(d, g);
    }
    d->settling = d->holding = false;
}

/* Begins the next request, if its moment has come and a transfer is free. */
static bool begin_next(struct driver *d, int64_t now_ns) {
    struct ticket ticket;
    size_t index = 0;
    if (!pace_next(&d->pace, now_ns, &index, &ticket))
        return false;
    if (!d->owner.begin(d->owner.state, &d->transfers[index], &ticket))
        pace_rest(&d->pace, index, d->transfers[index].flight.free_ns);
    return true;
}

/* Those whose moment has come; a few, so that the sockets are looked at in between. */
static void begin_due(struct driver *d) {
    for (int i = 0; i < SENDS_PER_LOOK && pace_waits(&d->pace); i++)
        if (!begin_next(d, clock_now_ns()))
            return;
}

static void time_out(struct driver *d, size_t index, const char *what, const struct deadlines *of) {
    struct transfer *t = &d->transfers[index];
    struct group *g = group_of(d, t);
    take_out(d, t);
    snprintf(t->error_text, sizeof t->error_text, "%s within %g s", what, (double)of->limit_ns / 1e9);
    d->owner.done(d->owner.state, t, CURLE_OPERATION_TIMEDOUT);
    settle(d, g);
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
    begin_due(d);
}

static void on_ready(void *user, struct group *g, curl_socket_t fd, int mask) {
    struct driver *d = user;
    int running = 0;
    begin_turn(d);
    if (mask)
        curl_multi_socket_action(g->multi, fd, mask, &running);
    settle(d, g);
    begin_due(d);
}

static void on_socket_open(void *user, int fd) {
    struct driver *d = user;
    groups_note_opened(&d->groups, fd);
}

static void on_stop(struct ev_loop *loop, ev_io *io, int events) {
    (void)events;
    struct driver *d = io->data;
    d->stopped = true;
    ev_break(loop, EVBREAK_ALL);
}

int driver_open(struct driver **out, struct transfer *transfers, size_t count, struct driver_owner owner,
                int stop_fd, struct err *err) {
    struct driver *d = memory_zalloc(1, sizeof *d);
    *d = (struct driver){.owner = owner, .transfers = transfers, .count = count};
    d->in_flight = memory_zalloc(count, sizeof *d->in_flight);
    d->held = memory_zalloc(count, sizeof(struct transfer *));
    pace_init(&d->pace, count, owner.take, owner.state);
    d->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
    d->groups = (struct groups){.loop = d->loop, .ready = on_ready, .user = d};
    const struct plan *plan = transfers[0].flight.client->plan;
    int failed =
        d->loop ? alarm_open(&d->alarm, d->loop, err) : err_set(err, ERR_INTERNAL, "libev gave no loop");
    if (failed || groups_open(&d->groups, count, plan, err)) {
        driver_close(d);
        return -1;
    }
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
    groups_close(&d->groups);
    alarm_close(&d->alarm);
    if (d->loop)
        ev_loop_destroy(d->loop);
    pace_fini(&d->pace);
    deadlines_fini(&d->whole);
    deadlines_fini(&d->connect);
    free(d->in_flight);
    free(d->held);
    free(d);
}

static int hand_over(struct driver *d, struct transfer *t) {
    struct group *g = group_of(d, t);
    if (curl_multi_add_handle(g->multi, t->easy) != CURLM_OK)
        return -1;
    size_t index = (size_t)(t - d->transfers);
    deadlines_add(&d->whole, index, t->flight.sample.start_ns);
    deadlines_add(&d->connect, index, t->flight.sample.start_ns);
    if (!ev_is_active(&d->limits))
        arm_limits(d);
    g->kick = true;
    return 0;
}

static void hold(struct driver *d, struct transfer *t) {
    d->held[(d->held_first + d->held_count++) % d->count] = t;
}

static void release(struct driver *d, struct transfer *t) {
    size_t index = (size_t)(t - d->transfers);
    if (!d->in_flight[index]) {
        pace_rest(&d->pace, index, t->flight.free_ns);
        return;
    }
    if (hand_over(d, t)) {
        take_out(d, t);
        d->owner.done(d->owner.state, t, CURLE_FAILED_INIT);
    }
    settle(d, group_of(d, t));
}

static void release_held(struct driver *d) {
    for (size_t left = d->held_count; left > 0; left--) {
        struct transfer *t = d->held[d->held_first];
        d->held_first = (d->held_first + 1) % d->count;
        d->held_count--;
        release(d, t);
    }
}

static void look(struct driver *d, int flags) {
    end_turn(d);
    d->looking = true;
    ev_run(d->loop, flags);
    release_held(d);
    d->looking = false;
}

int driver_add(struct driver *d, struct transfer *t) {
    if (d->holding)
        hold(d, t);
    else if (hand_over(d, t))
        return -1;
    d->in_flight[t - d->transfers] = true;
    d->flying++;
    if (d->settling)
        return 0;
    settle(d, group_of(d, t));
    if (!d->looking && ++d->sends % SENDS_PER_LOOK == 0)
        look(d, EVRUN_NOWAIT);
    return 0;
}

void driver_rest(struct driver *d, struct transfer *t) {
    if (d->pace.rules.open && d->holding) {
        hold(d, t);
        return;
    }
    pace_rest(&d->pace, (size_t)(t - d->transfers), t->flight.free_ns);
    while (!d->pace.rules.open && begin_next(d, 0)) {
    }
}

/* When the loop is to be up by itself: early where requests are due, since whoever sleeps is woken late. */
static int64_t wake_ns(struct driver *d) {
    int64_t moment_ns = pace_moment_ns(&d->pace);
    if (d->pace.rules.open && moment_ns != PACE_NEVER_NS)
        moment_ns -= WAIT_EARLY_NS;
    return moment_ns < d->cut_ns ? moment_ns : d->cut_ns;
}

/* From there on the loop looks at the sockets all the time. */
static int way_to_look(struct driver *d) {
    if (d->held_count > 0 || d->pace.rules.spin)
        return EVRUN_NOWAIT;
    int64_t moment_ns = wake_ns(d);
    if (moment_ns == PACE_NEVER_NS)
        return EVRUN_ONCE;
    if (moment_ns <= clock_now_ns())
        return EVRUN_NOWAIT;
    alarm_set(&d->alarm, moment_ns);
    return EVRUN_ONCE;
}

static bool carries_on(struct driver *d) {
    if (d->stopped || (d->cut_ns != PACE_NEVER_NS && clock_now_ns() >= d->cut_ns))
        return false;
    return d->flying || d->held_count || pace_waits(&d->pace);
}

/* The owner comes last: it may have been told that the last of all is over. */
static void go_on(struct driver *d) {
    begin_due(d);
    if (d->owner.turn)
        d->owner.turn(d->owner.state);
}

/* In a closed loop each begins its first request at once; in an open loop the first becomes the uppermost. */
static void set_out(struct driver *d) {
    bool open = d->pace.rules.open;
    for (size_t i = 0; i < d->count && !d->pace.over; i++) {
        struct transfer *t = &d->transfers[open ? d->count - 1 - i : i];
        t->flight.free_ns = 0;
        driver_rest(d, t);
    }
    go_on(d);
}

static void cancel_all(struct driver *d) {
    d->held_count = 0;
    for (size_t i = 0; d->flying && i < d->count; i++)
        if (d->in_flight[i]) {
            take_out(d, &d->transfers[i]);
            d->owner.cancel(d->owner.state, &d->transfers[i]);
        }
}

void driver_run(struct driver *d, const struct pace_rules *rules) {
    int64_t cut_ns = d->transfers[0].flight.client->recording->facts->cut_ns;
    d->stopped = false;
    d->cut_ns = cut_ns ? cut_ns : PACE_NEVER_NS;
    pace_start(&d->pace, rules);
    ev_now_update(d->loop);
    ev_io_start(d->loop, &d->stop);
    set_out(d);
    while (carries_on(d)) {
        look(d, way_to_look(d));
        go_on(d);
    }
    end_turn(d);
    ev_io_stop(d->loop, &d->stop);
    ev_timer_stop(d->loop, &d->limits);
    cancel_all(d);
}
