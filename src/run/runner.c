/* The parent's side of a run: order it, watch it, stop it, and draw up its result. */
#include "run/runner.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/processors.h"
#include "plan/order.h"
#include "run/glance.h"
#include "run/interrupt.h"
#include "run/quiet.h"
#include "run/tracer.h"
#include "run/verdict.h"
#include "strategy/strategy.h"

#define TICK_NS INT64_C(200000000)
#define DRAIN_NS INT64_C(50000000) /* a ring goes round in at least 16 of them */
#define DRAIN_BATCH 1024
#define DRAIN_MANY (RING_ROOM / 4)        /* a run of fewer requests is not disturbed at all */
#define QUIET_NS INT64_C(2000000000)      /* for the connections of the run before to be gone */
#define STOP_GRACE_NS INT64_C(2000000000) /* for a stopped child to cancel what is in flight */
#define SAMPLING_SHARE 200 /* memory and threads are each looked at for at most 1/200 of the time */
#define DRAWING_SHARE 50   /* the progress is shown for at most 1/50: many lanes make it dear */

static const struct footprint unknown_footprint = {
    .pss_bytes = -1, .shmem_pss_bytes = -1, .private_bytes = -1};

struct watch {
    const struct plan *plan;
    const struct launcher *launcher;
    struct recording *recording;
    const struct run_listener *listener;
    struct run_end end;
    pid_t program; /* whose tree end.peak is, 0: the measured process's own */
    struct glance glance;
    struct tracer tracer;
    int interrupts_seen;
    int64_t started_ns, kill_at_ns; /* kill_at_ns: 0 for never */
    int64_t next_tick_ns, next_footprint_ns, next_scheduling_ns, next_drain_ns;
    struct scheduling_watch scheduling;
    struct quiet quiet;
    struct ring_entry *drained; /* DRAIN_BATCH of them, where the listener wants samples */
};

static size_t lanes_of(const struct plan_entry *entry) {
    return strategy_lanes(strategy_find(entry->strategy), entry, processors_allowed());
}

size_t runner_lanes(const struct plan *plan) {
    size_t most = 1;
    for (size_t i = 0; i < plan->entry_count; i++) {
        size_t lanes = lanes_of(&plan->entries[i]);
        most = lanes > most ? lanes : most;
    }
    return most;
}

/* Of an outside program's run its tree alone is looked at: what was seen before was our own process. */
static pid_t choose_tree(struct watch *w) {
    pid_t program = w->recording->facts->program;
    if (program != w->program)
        w->end.peak = unknown_footprint;
    w->program = program;
    return program ? program : w->end.pid;
}

/* When to look again at what it took since `begun_ns` to look at. */
static int64_t next_look_ns(int64_t begun_ns) {
    return begun_ns + TICK_NS + (clock_now_ns() - begun_ns) * SAMPLING_SHARE;
}

/* Before go, threads do what is no part of the run; one alone looks after itself. */
static void sample_scheduling(struct watch *w, int64_t now_ns) {
    if (now_ns < w->next_scheduling_ns || !w->recording->facts->go_ns ||
        verdict_is_of_one_thread(w->glance.feed.entry))
        return;
    scheduling_watch_look(&w->scheduling, choose_tree(w), now_ns);
    w->next_scheduling_ns = next_look_ns(now_ns);
}

static void sample_footprint(struct watch *w, int64_t now_ns) {
    if (now_ns < w->next_footprint_ns)
        return;
    struct footprint now = footprint_of_tree(choose_tree(w));
    footprint_raise(&w->end.peak, &now);
    w->next_footprint_ns = next_look_ns(now_ns);
}

static int64_t later(int64_t a_ns, int64_t b_ns) {
    return a_ns > b_ns ? a_ns : b_ns;
}

static void tick(struct watch *w, int64_t now_ns) {
    if (now_ns < w->next_tick_ns)
        return;
    if (w->listener->tick) {
        glance_take(&w->glance, w->recording, now_ns);
        w->listener->tick(w->listener->state, &w->glance.feed);
    }
    w->next_tick_ns = later(now_ns + TICK_NS, now_ns + (clock_now_ns() - now_ns) * DRAWING_SHARE);
}

static void give_samples(const struct watch *w, size_t count, int64_t until_ns) {
    struct run_samples samples = {.entry = w->glance.feed.entry,
                                  .baseline_repeat = w->glance.feed.baseline_repeat,
                                  .round = w->glance.feed.round,
                                  .go_ns = w->recording->facts->go_ns,
                                  .entries = w->drained,
                                  .count = count,
                                  .until_ns = until_ns};
    w->listener->samples(w->listener->state, &samples);
}

static bool is_time_to_drain(const struct watch *w, bool over) {
    if (!w->drained || !w->recording->facts->go_ns)
        return false; /* before go, what stands in the ring is the warm-up's */
    return over || w->listener->samples_at_once || ring_waiting(&w->recording->ring) >= DRAIN_MANY;
}

static void drain(struct watch *w, bool over) {
    int64_t begun_ns = clock_now_ns();
    w->next_drain_ns = begun_ns + DRAIN_NS;
    if (!is_time_to_drain(w, over))
        return;
    size_t count = DRAIN_BATCH;
    while (count == DRAIN_BATCH) {
        count = ring_take(&w->recording->ring, w->drained, DRAIN_BATCH, over);
        give_samples(w, count, count == DRAIN_BATCH ? 0 : begun_ns);
    }
}

/* What a child had in flight when it had to be killed counts as cancelled, so it has a sample as well. */
static void give_cancelled(struct watch *w) {
    const struct recording *r = w->recording;
    for (size_t i = 0; w->drained && i < r->slot_count; i++) {
        int64_t ticket = atomic_load(&r->slots[i].ticket_plus_1) - 1;
        int64_t start_ns = atomic_load(&r->slots[i].start_ns);
        if (ticket < 0)
            continue;
        w->drained[0].ticket = ticket;
        w->drained[0].sample = sample_ended_early(start_ns, w->end.ended_ns, ERROR_CANCELLED);
        w->drained[0].sample.worker = i & SAMPLE_WORKERS;
        give_samples(w, 1, 0);
    }
}

static void kill_now(struct watch *w) {
    w->kill_at_ns = 0;
    launcher_kill(w->launcher);
}

static void heed_interrupts(struct watch *w, int64_t now_ns) {
    int count = interrupt_count();
    if (count == w->interrupts_seen)
        return;
    w->interrupts_seen = count;
    w->end.interrupted = true;
    w->glance.feed.stopping = true;
    w->next_tick_ns = now_ns;
    recording_stop(w->recording);
    w->kill_at_ns = count > 1 ? now_ns : now_ns + STOP_GRACE_NS;
}

/* Whoever runs a program ends it in time by itself, so that what it told can still be read. */
static int64_t time_allowed(const struct watch *w) {
    bool ends_itself = strategy_find(w->glance.feed.entry->strategy)->capabilities & RUNS_PROGRAM;
    return w->plan->run_timeout_ns + (ends_itself ? STOP_GRACE_NS : 0);
}

static void heed_time(struct watch *w, int64_t now_ns) {
    if (w->recording->facts->reading && w->interrupts_seen < 2)
        return;
    if (w->kill_at_ns && now_ns >= w->kill_at_ns)
        kill_now(w);
    int64_t passed_ns = now_ns - w->started_ns - recording_waited_ns(w->recording, now_ns);
    if (w->end.timed_out || passed_ns < time_allowed(w))
        return;
    w->end.timed_out = true;
    kill_now(w);
}

/* Nobody else is left to end what the measured process may have started. */
static void kill_group(pid_t leader) {
    if (leader > 0)
        kill(-leader, SIGKILL);
}

/* True when the run is over. */
static bool take_event(struct watch *w) {
    struct launcher_event event = launcher_next(w->launcher);
    switch (event.kind) {
    case LAUNCHER_STARTED:
        w->end.pid = event.pid;
        return false;
    case LAUNCHER_FAILED:
        w->end.fork_errno = event.failed_errno;
        return true;
    case LAUNCHER_ENDED:
        w->end.waited = true;
        w->end.wait_status = event.wait_status;
        w->end.rusage = event.rusage;
        return true;
    case LAUNCHER_GONE:
        w->end.launcher_gone = true;
        kill_group(w->end.pid);
        return true;
    }
    return true;
}

static int64_t sooner(int64_t a_ns, int64_t b_ns) {
    return a_ns < b_ns ? a_ns : b_ns;
}

static int64_t time_to_wait_ns(const struct watch *w) {
    int64_t next_ns = sooner(w->next_tick_ns, tracer_next_ns(&w->tracer));
    int64_t wait_ns = (w->drained ? sooner(next_ns, w->next_drain_ns) : next_ns) - clock_now_ns();
    return wait_ns > 0 ? wait_ns : 0;
}

/* True when the run is over. */
static bool wait_and_hear(struct watch *w) {
    const struct run_listener *l = w->listener;
    struct pollfd fds[] = {{.fd = w->launcher->socket, .events = POLLIN},
                           {.fd = w->recording->ready_fd, .events = POLLIN},
                           {.fd = l->heard ? l->control_fd : -1, .events = POLLIN}};
    bool any = interrupt_poll(fds, sizeof fds / sizeof fds[0], time_to_wait_ns(w)) > 0;
    int64_t now_ns = clock_now_ns();
    heed_interrupts(w, now_ns);
    heed_time(w, now_ns);
    if (any && fds[0].revents && take_event(w))
        return true;
    if (any && fds[1].revents && recording_take_ready(w->recording) && l->ready)
        l->ready(l->state, &w->glance.feed);
    if (any && fds[2].revents)
        l->heard(l->state);
    return false;
}

static void watch_run(struct watch *w) {
    while (!wait_and_hear(w)) {
        int64_t now_ns = clock_now_ns();
        tracer_look(&w->tracer, now_ns);
        if (now_ns >= w->next_drain_ns)
            drain(w, false);
        if (w->end.pid) {
            sample_scheduling(w, now_ns);
            sample_footprint(w, now_ns);
        }
        tick(w, now_ns);
    }
    int64_t program_ended_ns = w->recording->facts->program_ended_ns;
    w->end.ended_ns = program_ended_ns ? program_ended_ns : clock_now_ns();
    choose_tree(w);
    w->end.scheduling = scheduling_watch_shares(&w->scheduling);
    w->end.host_after = host_counters_read("");
}

static void begin_watch(struct watch *w, const struct plan_entry *entry) {
    w->end = (struct run_end){.peak = unknown_footprint, .scheduling = scheduling_shares_unknown()};
    w->program = 0;
    glance_begin(&w->glance, w->plan, entry);
    w->started_ns = clock_now_ns();
    tracer_begin(&w->tracer, w->plan, entry, w->recording, w->started_ns);
    w->next_tick_ns = w->started_ns;
    w->next_drain_ns = w->started_ns;
    w->next_footprint_ns = w->started_ns;
    w->next_scheduling_ns = w->started_ns;
    scheduling_watch_reset(&w->scheduling);
    w->end.host_before = host_counters_read("");
}

/* Which places they lead to is known once addresses were looked up. */
static int64_t count_time_wait(struct watch *w) {
    quiet_set_places(&w->quiet, w->plan, w->glance.feed.entry, w->recording->facts);
    return quiet_count_time_wait(&w->quiet);
}

static int give_result(struct watch *w, struct run_result *result, struct err *err) {
    if (!w->recording->facts->go_ns)
        recording_forget(w->recording); /* it did not come to more than its warm-up */
    drain(w, true);
    tracer_end(&w->tracer, w->end.ended_ns);
    struct recording_totals *totals = recording_totals_open(w->recording);
    result->plan = w->plan;
    result->entry = w->glance.feed.entry;
    result->recording = w->recording;
    result->totals = totals;
    result->trace = &w->tracer.trace;
    result->time_wait = count_time_wait(w);
    verdict_of_run(&w->end, result);
    if (result->reason == RUN_INTERRUPTED)
        give_cancelled(w);
    int failed = w->listener->finished ? w->listener->finished(w->listener->state, result, err) : 0;
    recording_totals_close(totals);
    return failed;
}

static int run_once(struct watch *w, size_t slot, struct err *err) {
    size_t entry_index = plan_slot_entry(w->plan, slot);
    const struct plan_entry *entry = &w->plan->entries[entry_index];
    struct run_result result = {.round = w->glance.feed.round,
                                .order = w->glance.feed.place,
                                .baseline_repeat = plan_slot_is_repeat(w->plan, slot)};
    w->glance.feed.point = plan_point_of(w->plan, entry);
    w->glance.feed.baseline_repeat = result.baseline_repeat;
    size_t lanes = lanes_of(entry);
    if (recording_reset(w->recording, w->plan->requests, (size_t)entry->concurrency, lanes, err))
        return -1;
    if (w->listener->starts_by_word)
        recording_start_by_word(w->recording);
    begin_watch(w, entry);
    if (launcher_start(w->launcher, entry_index, lanes))
        w->end.launcher_gone = true;
    else
        watch_run(w);
    int failed = give_result(w, &result, err);
    if (!failed && w->end.launcher_gone)
        failed = err_set(err, ERR_INTERNAL, "the launcher of the measured processes has died");
    return failed;
}

/* Whether there is to be another run, once its predecessor's connections are gone. */
static bool is_clear_for_next(struct watch *w) {
    if (w->glance.feed.entry && !interrupt_count()) {
        quiet_set_places(&w->quiet, w->plan, w->glance.feed.entry, w->recording->facts);
        quiet_wait(&w->quiet, QUIET_NS);
    }
    return !interrupt_count();
}

static int run_round(struct watch *w, struct err *err) {
    size_t slots[ORDER_SLOTS], count = plan_slots(w->plan);
    int failed = 0;
    plan_order(w->plan, w->glance.feed.round, slots);
    for (size_t i = 0; i < count && !failed && is_clear_for_next(w); i++) {
        w->glance.feed.place = (int64_t)i + 1;
        failed = run_once(w, slots[i], err);
    }
    return failed;
}

int runner_execute(const struct plan *plan, const struct launcher *launcher, struct recording *recording,
                   const struct run_listener *listener, struct err *err) {
    struct watch w = {.plan = plan, .launcher = launcher, .recording = recording, .listener = listener};
    glance_open(&w.glance);
    if (listener->samples)
        w.drained = memory_zalloc(DRAIN_BATCH, sizeof *w.drained);
    tracer_open(&w.tracer);
    quiet_open(&w.quiet);
    scheduling_watch_open(&w.scheduling);
    w.glance.feed.rounds = plan->rounds;
    w.glance.feed.places = (int64_t)plan_slots(plan);
    int failed = 0;
    while (!failed && !interrupt_count() && w.glance.feed.round < w.glance.feed.rounds) {
        w.glance.feed.round++;
        failed = run_round(&w, err);
        if (!failed && !interrupt_count() && listener->rounds)
            w.glance.feed.rounds = listener->rounds(listener->state, w.glance.feed.round);
    }
    scheduling_watch_close(&w.scheduling);
    quiet_close(&w.quiet);
    tracer_close(&w.tracer);
    free(w.drained);
    glance_close(&w.glance);
    return failed;
}
