/* Counts, rate and percentiles of the run that is on. */
#include "run/glance.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "plan/loadkind.h"

void glance_open(struct glance *g) {
    *g = (struct glance){.peek.times = memory_zalloc(1, sizeof *g->peek.times)};
}

void glance_close(struct glance *g) {
    free(g->peek.times);
}

void glance_begin(struct glance *g, const struct plan *plan, const struct plan_entry *entry) {
    g->feed.entry = entry;
    g->feed.total = loadkind_of(plan) == LOAD_TIMED ? 0 : plan->requests;
    g->feed.length_ns = plan->length_ns;
    g->latency = loadkind_of(plan) == LOAD_OPEN ? MEASURE_LATENCY : MEASURE_SERVICE;
    g->peek.completed = g->peek.failed = 0;
    g->looks = 0;
    histogram_reset(g->peek.times);
}

/* Takes the place of the oldest mark, which the rate is since. */
static double rate_since(struct glance *g, int64_t go_ns, int64_t now_ns) {
    struct glance_mark *oldest = &g->marks[g->looks % GLANCE_MARKS];
    struct glance_mark since = {.at_ns = go_ns};
    if (g->looks >= GLANCE_MARKS)
        since = *oldest;
    *oldest = (struct glance_mark){.at_ns = now_ns, .done = g->feed.done};
    g->looks++;
    return (double)(g->feed.done - since.done) * (double)CLOCK_NS_PER_S / (double)(now_ns - since.at_ns);
}

void glance_take(struct glance *g, const struct recording *recording, int64_t now_ns) {
    struct run_feed *feed = &g->feed;
    int64_t go_ns = recording->facts->go_ns;
    bool begun = go_ns && now_ns > go_ns;
    if (begun) /* what was counted before is the warm-up's */
        recording_peek(recording, g->latency, &g->peek);
    feed->done = (int64_t)(g->peek.completed + g->peek.failed);
    feed->failed = (int64_t)g->peek.failed;
    feed->elapsed_ns = begun ? now_ns - go_ns : 0;
    feed->rate_per_s = begun ? rate_since(g, go_ns, now_ns) : (double)NAN;
    feed->p50_ns = histogram_quantile_ns(g->peek.times, .5);
    feed->p99_ns = histogram_quantile_ns(g->peek.times, .99);
}
