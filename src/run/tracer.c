/* Ticks at random intervals, so that they do not keep step with a load that is even, and slices at whole
 * seconds from go. */
#include "run/tracer.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "strategy/strategy.h"

#define WAIT_FOR_GO_NS INT64_C(50000000)
#define TICK_NS INT64_C(20000000)
#define TICKING_SHARE 200 /* ticks may take 1/200 of the time, */
#define SLICING_SHARE 200 /* and slices as much */
#define SLICE_NS CLOCK_NS_PER_S
#define SHORTEST_NS (SLICE_NS / 10) /* of a last slice; what is shorter belongs to the one before */

void tracer_open(struct tracer *t) {
    *t = (struct tracer){.idle = true};
    t->ticks = memory_zalloc(TRACE_TICKS, sizeof *t->ticks);
    t->until_now = memory_zalloc(1, sizeof *t->until_now);
    t->latest = memory_zalloc(1, sizeof *t->latest);
}

void tracer_close(struct tracer *t) {
    free(t->ticks);
    free(t->slices);
    free(t->until_now);
    free(t->latest);
}

void tracer_begin(struct tracer *t, const struct plan *plan, const struct plan_entry *entry,
                  const struct recording *recording, int64_t now_ns) {
    t->trace = (struct run_trace){0};
    t->recording = recording;
    t->idle = strategy_find(entry->strategy)->capabilities & RUNS_PROGRAM;
    t->latency = load_is_open(&plan->load) ? MEASURE_LATENCY : MEASURE_SERVICE;
    t->go_ns = 0;
    t->tick_every_ns = TICK_NS;
    t->next_tick_ns = now_ns + TRACER_FIRST_NS;
    t->next_slice_ns = INT64_MAX;
    t->looks = 0;
    t->failed_before = t->bytes_before = 0;
    histogram_reset(t->until_now);
    histogram_reset(t->latest);
}

int64_t tracer_next_ns(const struct tracer *t) {
    if (t->idle)
        return INT64_MAX;
    return t->next_tick_ns < t->next_slice_ns ? t->next_tick_ns : t->next_slice_ns;
}

/* Processor time: on a busy machine the wait for one would count as well. */
static int64_t worked_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * CLOCK_NS_PER_S + t.tv_nsec;
}

static void drop_every_other(struct tracer *t) {
    size_t kept = 0;
    for (size_t i = 0; i < t->trace.tick_count; i += 2)
        t->ticks[kept++] = t->ticks[i];
    t->trace.tick_count = kept;
    t->tick_every_ns *= 2;
}

static void put_tick(struct tracer *t, int64_t now_ns) {
    struct recording_sums sums = recording_sum(t->recording);
    struct recording_flight flight = recording_flight(t->recording, now_ns);
    if (t->trace.tick_count == TRACE_TICKS)
        drop_every_other(t);
    t->ticks[t->trace.tick_count++] =
        (struct trace_tick){.at_ns = now_ns - t->go_ns,
                            .late_ns = now_ns - t->next_tick_ns,
                            .completed = (int64_t)sums.completed,
                            .failed = (int64_t)sums.failed,
                            .held_ns = sums.service_ns + sums.work_ns,
                            .latency_ns = t->latency == MEASURE_LATENCY ? sums.latency_ns : sums.service_ns,
                            .in_flight = flight.count,
                            .ages_ns = flight.ages_ns};
}

/* Between half and three halves of the interval: a load whose period is shorter than that meets each tick at
 * a moment of its own. */
static void tick(struct tracer *t, int64_t now_ns) {
    int64_t begun_ns = worked_ns();
    put_tick(t, now_ns);
    int64_t paid_ns = (worked_ns() - begun_ns) * TICKING_SHARE;
    int64_t every_ns = paid_ns > t->tick_every_ns ? paid_ns : t->tick_every_ns;
    t->next_tick_ns = now_ns + random_between(0, t->looks++, 0, every_ns / 2, every_ns / 2 * 3);
}

static struct trace_slice *new_slice(struct tracer *t) {
    if (t->trace.slice_count == t->slice_capacity) {
        size_t capacity = t->slice_capacity ? 2 * t->slice_capacity : 64;
        struct trace_slice *grown = memory_zalloc(capacity, sizeof *grown);
        for (size_t i = 0; i < t->trace.slice_count; i++)
            grown[i] = t->slices[i];
        free(t->slices);
        t->slices = grown;
        t->slice_capacity = capacity;
    }
    return &t->slices[t->trace.slice_count++];
}

static const struct trace_slice *last_slice(const struct tracer *t) {
    return t->trace.slice_count ? &t->slices[t->trace.slice_count - 1] : NULL;
}

static int64_t sliced_until_ns(const struct tracer *t) {
    const struct trace_slice *last = last_slice(t);
    return last ? last->until_ns : 0;
}

/* Puts into `latest` what the lanes have beyond all slices so far. */
static void take_latest(struct tracer *t) {
    const struct recording *r = t->recording;
    histogram_reset(t->latest);
    for (size_t i = 0; i < r->lane_count; i++)
        histogram_add(t->latest, &r->lanes[i].histograms[t->latency]);
    histogram_subtract(t->latest, t->until_now);
    histogram_add(t->until_now, t->latest);
}

static void put_slice(struct tracer *t, int64_t now_ns) {
    struct trace_slice s = {.from_ns = sliced_until_ns(t), .until_ns = now_ns - t->go_ns};
    struct recording_sums sums = recording_sum(t->recording);
    take_latest(t);
    s.completed = (int64_t)histogram_count(t->latest);
    s.failed = (int64_t)(sums.failed - t->failed_before);
    s.bytes = (int64_t)(sums.bytes_received - t->bytes_before);
    s.in_flight = recording_flight(t->recording, now_ns).count;
    s.p50_ns = histogram_quantile_ns(t->latest, .5);
    s.p99_ns = histogram_quantile_ns(t->latest, .99);
    t->failed_before = sums.failed;
    t->bytes_before = sums.bytes_received;
    *new_slice(t) = s;
}

/* Takes the last slice back, so that the next one begins where it did. `latest` must still be its. */
static void take_back(struct tracer *t) {
    const struct trace_slice *last = last_slice(t);
    t->failed_before -= (uint64_t)last->failed;
    t->bytes_before -= (uint64_t)last->bytes;
    histogram_subtract(t->until_now, t->latest);
    t->trace.slice_count--;
}

/* The next whole length of a slice since go, but not less than half of one from now, which may be late, and a
 * later one where looking would be too dear. */
static int64_t after_slice_ns(const struct tracer *t, int64_t now_ns, int64_t cost_ns) {
    int64_t length_ns = SLICE_NS << (t->trace.slice_count / TRACER_SLICES);
    int64_t passed_ns = now_ns - t->go_ns, paid_ns = passed_ns + cost_ns * SLICING_SHARE;
    int64_t nearest = (passed_ns + length_ns / 2) / length_ns + 1, cheap = paid_ns / length_ns + 1;
    return t->go_ns + (nearest > cheap ? nearest : cheap) * length_ns;
}

static void slice(struct tracer *t, int64_t now_ns) {
    int64_t begun_ns = worked_ns();
    put_slice(t, now_ns);
    t->next_slice_ns = after_slice_ns(t, now_ns, worked_ns() - begun_ns);
}

/* Whether the clock of the run is on: not while it sets up, nor while it puts things away. */
static bool is_on(struct tracer *t) {
    const struct run_facts *f = t->recording->facts;
    if (!t->go_ns && f->go_ns) {
        t->go_ns = f->go_ns;
        t->next_slice_ns = t->go_ns + SLICE_NS;
    }
    return t->go_ns && !f->end_ns;
}

void tracer_look(struct tracer *t, int64_t now_ns) {
    if (now_ns < tracer_next_ns(t))
        return;
    if (!is_on(t)) {
        t->next_tick_ns = now_ns + WAIT_FOR_GO_NS;
        t->next_slice_ns = INT64_MAX;
        return;
    }
    if (now_ns >= t->next_tick_ns)
        tick(t, now_ns);
    if (now_ns >= t->next_slice_ns)
        slice(t, now_ns);
}

/* Since go: of a run that came to its end, the last outcome; of another, the end of its process. */
static int64_t end_of_run_ns(const struct tracer *t, int64_t ended_ns) {
    const struct run_facts *f = t->recording->facts;
    int64_t end_ns = f->end_ns && f->last_outcome_ns ? f->last_outcome_ns : ended_ns;
    return end_ns > t->go_ns ? end_ns - t->go_ns : 0;
}

static bool is_empty(const struct trace_slice *s) {
    return s->completed == 0 && s->failed == 0;
}

/* What was looked at after the end, while threads were joined or the process put its things away. Whether
 * slices were among it. */
static bool drop_after(struct tracer *t, int64_t end_ns) {
    size_t taken = t->trace.slice_count;
    const struct trace_slice *last = last_slice(t);
    while (t->trace.tick_count && t->ticks[t->trace.tick_count - 1].at_ns > end_ns)
        t->trace.tick_count--;
    for (; last && last->from_ns >= end_ns && is_empty(last); last = last_slice(t))
        t->trace.slice_count--;
    return t->trace.slice_count < taken;
}

static void put_last_slice(struct tracer *t, int64_t end_ns) {
    if (t->trace.slice_count && end_ns - sliced_until_ns(t) < SHORTEST_NS)
        take_back(t);
    put_slice(t, t->go_ns + end_ns);
}

/* Where slices were dropped there is nothing beyond them, but from a thread that was held up for as long
 * between an outcome and its record. */
static void put_straggler(struct tracer *t, int64_t end_ns, int64_t ended_ns) {
    put_slice(t, ended_ns);
    if (!is_empty(last_slice(t)))
        return;
    t->trace.slice_count--;
    if (t->trace.slice_count && sliced_until_ns(t) > end_ns)
        t->slices[t->trace.slice_count - 1].until_ns = end_ns;
}

void tracer_end(struct tracer *t, int64_t ended_ns) {
    const struct run_facts *f = t->recording->facts;
    if (t->idle || !f->go_ns)
        return;
    t->go_ns = f->go_ns;
    int64_t end_ns = end_of_run_ns(t, ended_ns);
    if (drop_after(t, end_ns))
        put_straggler(t, end_ns, ended_ns);
    else
        put_last_slice(t, end_ns);
    t->trace.ticks = t->ticks;
    t->trace.slices = t->slices;
}
