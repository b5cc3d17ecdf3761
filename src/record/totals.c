/* What a recording holds, read while its run is on or after it. */
#include <stdlib.h>

#include "base/memory.h"
#include "record/recording.h"

void recording_peek(const struct recording *r, enum measure m, struct recording_peek *peek) {
    struct histogram *times = peek->times;
    histogram_reset(times);
    *peek = (struct recording_peek){.times = times};
    for (size_t i = 0; i < r->lane_count; i++) {
        const struct lane *lane = &r->lanes[i];
        peek->completed += atomic_load_explicit(&lane->counts.completed, memory_order_relaxed);
        peek->failed += atomic_load_explicit(&lane->counts.failed, memory_order_relaxed);
        histogram_add(times, &lane->histograms[m]);
    }
}

struct recording_flight recording_flight(const struct recording *r, int64_t now_ns) {
    struct recording_flight flight = {0};
    for (size_t i = 0; i < r->slot_count; i++) {
        if (!atomic_load_explicit(&r->slots[i].ticket_plus_1, memory_order_acquire))
            continue;
        int64_t age_ns = now_ns - atomic_load_explicit(&r->slots[i].start_ns, memory_order_relaxed);
        flight.count++;
        flight.oldest_ns = age_ns > flight.oldest_ns ? age_ns : flight.oldest_ns;
        flight.ages_ns += age_ns > 0 ? age_ns : 0;
    }
    return flight;
}

static uint64_t load(const _Atomic uint64_t *counter) {
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static int64_t sum_ns(const struct lane *lane, enum measure m) {
    return atomic_load_explicit(&lane->histograms[m].sum_ns, memory_order_relaxed);
}

struct recording_sums recording_sum(const struct recording *r) {
    struct recording_sums sums = {0};
    for (size_t i = 0; i < r->lane_count; i++) {
        const struct lane *lane = &r->lanes[i];
        sums.completed += load(&lane->counts.completed);
        sums.failed += load(&lane->counts.failed);
        sums.bytes_received += load(&lane->counts.bytes_received);
        sums.service_ns += sum_ns(lane, MEASURE_SERVICE);
        sums.work_ns += sum_ns(lane, MEASURE_WORK);
        sums.latency_ns += sum_ns(lane, MEASURE_LATENCY);
    }
    return sums;
}

static void add_lane(struct recording_totals *t, const struct lane *lane) {
    const struct lane_counts *c = &lane->counts;
    t->completed += load(&c->completed);
    t->failed += load(&c->failed);
    t->cancelled += load(&c->cancelled);
    t->unfinished += load(&c->unfinished);
    t->waited += load(&c->waited);
    t->retries += load(&c->retries);
    t->redirects += load(&c->redirects);
    t->connections_opened += load(&c->connections_opened);
    t->connections_reused += load(&c->connections_reused);
    t->tls_resumed += load(&c->tls_resumed);
    t->bytes_received += load(&c->bytes_received);
    t->bytes_sent += load(&c->bytes_sent);
    t->samples_lost += load(&c->samples_lost);
    for (int i = 0; i < ERROR_CLASSES; i++)
        t->errors[i] += load(&c->errors[i]);
    for (int i = 0; i < RECORDING_STATUSES; i++)
        t->statuses[i] += load(&c->statuses[i]);
    for (int m = 0; m < MEASURES; m++)
        histogram_add(&t->histograms[m], &lane->histograms[m]);
}

struct recording_totals *recording_totals_open(const struct recording *r) {
    struct recording_totals *t = memory_zalloc(1, sizeof *t);
    t->histograms = memory_zalloc(MEASURES, sizeof *t->histograms);
    for (size_t i = 0; i < r->lane_count; i++)
        add_lane(t, &r->lanes[i]);
    return t;
}

void recording_totals_close(struct recording_totals *t) {
    if (!t)
        return;
    free(t->histograms);
    free(t);
}
