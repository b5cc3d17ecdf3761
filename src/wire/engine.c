/* Time for the fetches of one thread: who begins when, until when each may take, and how long to sleep. */
#include "wire/engine.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/wait.h"
#include "http/deadlines.h"
#include "wire/fetch.h"

#define SENDS_PER_LOOK 16
#define DESCRIPTORS 3 /* of an engine itself */

struct engine {
    struct engine_setup setup;
    struct recording *recording;
    struct fetches *fetches;
    struct pace pace;
    struct deadlines whole;   /* of requests in flight */
    struct deadlines connect; /* of those that had not been sent when last looked at */
    bool *in_flight;
    size_t flying;
    bool stopped;
    int64_t cut_ns;   /* when the run is over, whatever is in flight; PACE_NEVER_NS: it has no such end */
    int64_t began_ns; /* the turn of the loop in which something was done; 0: nothing was */
};

int64_t engine_descriptors(const struct plan_entry *entry, int64_t engines) {
    return entry->connections * entry->concurrency + DESCRIPTORS * engines;
}

static void on_busy(void *user) {
    struct engine *e = user;
    if (!e->began_ns)
        e->began_ns = clock_now_ns();
}

static void end_turn(struct engine *e) {
    if (e->began_ns)
        recording_turn(e->recording, e->setup.lane, clock_now_ns() - e->began_ns);
    e->began_ns = 0;
}

static void fly(struct engine *e, size_t slot) {
    int64_t start_ns = fetch_start_ns(e->fetches, slot);
    e->in_flight[slot] = true;
    e->flying++;
    deadlines_add(&e->whole, slot, start_ns);
    if (!fetch_is_sent(e->fetches, slot))
        deadlines_add(&e->connect, slot, start_ns);
}

static void land(struct engine *e, size_t slot) {
    e->in_flight[slot] = false;
    e->flying--;
    deadlines_remove(&e->whole, slot);
    deadlines_remove(&e->connect, slot);
}

/* Begins the next request, if its moment has come and a slot is free. */
static bool begin_next(struct engine *e, int64_t now_ns) {
    struct ticket ticket;
    size_t slot = 0;
    int64_t free_ns = 0;
    if (!pace_next(&e->pace, now_ns, &slot, &ticket))
        return false;
    if (fetch_begin(e->fetches, slot, &ticket, &free_ns))
        fly(e, slot);
    else
        pace_rest(&e->pace, slot, free_ns);
    return true;
}

/* Those whose moment has come; a few, so that the sockets are looked at in between. */
static void begin_due(struct engine *e) {
    for (int i = 0; i < SENDS_PER_LOOK && pace_waits(&e->pace); i++)
        if (!begin_next(e, clock_now_ns()))
            return;
}

static void on_over(void *user, size_t slot, int64_t free_ns) {
    struct engine *e = user;
    land(e, slot);
    pace_rest(&e->pace, slot, free_ns);
    if (e->pace.rules.open)
        begin_due(e);
    else
        while (begin_next(e, 0)) {
        }
}

static void on_again(void *user, size_t slot) {
    struct engine *e = user;
    deadlines_remove(&e->connect, slot);
    deadlines_add(&e->connect, slot, clock_now_ns());
}

static void on_stopped(void *user) {
    struct engine *e = user;
    e->stopped = true;
}

static void time_out(struct engine *e, size_t slot, const char *what, const struct deadlines *of) {
    char example[RECORDING_EXAMPLE];
    snprintf(example, sizeof example, "%s within %g s", what, (double)of->limit_ns / 1e9);
    fetch_fail(e->fetches, slot, fetch_is_sent(e->fetches, slot) ? ERROR_TIMEOUT : ERROR_CONNECT_TIMEOUT,
               example);
}

static void end_late(struct engine *e) {
    int64_t now_ns = clock_now_ns();
    while (deadlines_next_ns(&e->whole) <= now_ns)
        time_out(e, e->whole.first, "no whole answer", &e->whole);
    while (deadlines_next_ns(&e->connect) <= now_ns) {
        if (fetch_is_sent(e->fetches, e->connect.first))
            deadlines_remove(&e->connect, e->connect.first);
        else
            time_out(e, e->connect.first, "not connected", &e->connect);
    }
}

static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* Until when the loop may sleep: early where requests are due, since whoever sleeps is woken late, and from
 * there on it looks at the sockets all the time (0). */
static int64_t sleep_until_ns(struct engine *e) {
    if (e->pace.rules.spin)
        return 0;
    int64_t moment_ns = pace_moment_ns(&e->pace);
    if (e->pace.rules.open && moment_ns != PACE_NEVER_NS)
        moment_ns -= WAIT_EARLY_NS;
    moment_ns = earlier(moment_ns, e->cut_ns);
    moment_ns = earlier(moment_ns, deadlines_next_ns(&e->whole));
    return earlier(moment_ns, deadlines_next_ns(&e->connect));
}

static void look(struct engine *e, int64_t until_ns) {
    end_turn(e);
    fetch_look(e->fetches, until_ns);
}

static bool carries_on(struct engine *e) {
    if (e->stopped || (e->cut_ns != PACE_NEVER_NS && clock_now_ns() >= e->cut_ns))
        return false;
    return e->flying || pace_waits(&e->pace);
}

/* In a closed loop each slot begins its first request at once, and the answers to the first of many do not
 * wait until the last is sent; in an open loop the first slot becomes the uppermost. */
static void set_out(struct engine *e) {
    bool open = e->pace.rules.open;
    size_t count = e->setup.slots;
    for (size_t i = 0; i < count && !e->pace.over && !e->stopped; i++) {
        pace_rest(&e->pace, open ? count - 1 - i : i, 0);
        while (!open && begin_next(e, 0)) {
        }
        if (!open && i % SENDS_PER_LOOK == SENDS_PER_LOOK - 1)
            look(e, 0);
    }
    begin_due(e);
}

static void break_off_all(struct engine *e) {
    e->pace.over = true;
    for (size_t i = 0; e->flying && i < e->setup.slots; i++)
        if (e->in_flight[i])
            fetch_fail(e->fetches, i, ERROR_CANCELLED, "");
}

int engine_run(struct engine *e, const struct pace_rules *rules, struct err *err) {
    int64_t cut_ns = e->recording->facts->cut_ns;
    e->stopped = false;
    e->cut_ns = cut_ns ? cut_ns : PACE_NEVER_NS;
    pace_start(&e->pace, rules);
    if (fetch_enter(e->fetches, err))
        return -1;
    set_out(e);
    while (carries_on(e)) {
        look(e, sleep_until_ns(e));
        end_late(e);
        begin_due(e);
    }
    end_turn(e);
    break_off_all(e);
    return 0;
}

int engine_open(struct engine **out, const struct engine_setup *setup, struct err *err) {
    struct engine *e = memory_zalloc(1, sizeof *e);
    const struct plan *plan = setup->client->plan;
    e->setup = *setup;
    e->recording = setup->client->recording;
    e->in_flight = memory_zalloc(setup->slots, sizeof *e->in_flight);
    pace_init(&e->pace, setup->slots, setup->take, setup->state);
    deadlines_init(&e->whole, setup->slots, plan->timeout_ns);
    deadlines_init(&e->connect, setup->slots, plan->connect_timeout_ns);
    struct fetch_setup fetches = {
        .client = setup->client,
        .kind = setup->kind,
        .owner = {.over = on_over, .again = on_again, .busy = on_busy, .stopped = on_stopped, .user = e},
        .first_slot = setup->first_slot,
        .slots = setup->slots,
        .links = (size_t)setup->entry->connections,
        .lane = setup->lane,
        .stop_fd = e->recording->stop_fd};
    if (fetch_open(&e->fetches, &fetches, err)) {
        engine_close(e);
        return -1;
    }
    *out = e;
    return 0;
}

void engine_close(struct engine *e) {
    if (!e)
        return;
    fetch_close(e->fetches);
    pace_fini(&e->pace);
    deadlines_fini(&e->whole);
    deadlines_fini(&e->connect);
    free(e->in_flight);
    free(e);
}
