/* What a run's ticks tell together. */
#include "run/trace.h"

#include <math.h>

#define LEAST_INTERVALS 20
#define TICKS_OF_BATCH 4
#define MOST_BATCHES 30
#define TIMER_NS 100000 /* by which a timer is late where nobody else wants the processor */

/* Over some of the ticks: request-seconds in flight as counted, and as the requests' own times have it. */
struct stretch {
    double length_ns, counted, expected;
};

/* Between two neighbours the number in flight is taken as their mean. */
static struct stretch between(const struct trace_tick *from, const struct trace_tick *to) {
    double length_ns = (double)(to->at_ns - from->at_ns);
    return (struct stretch){
        .length_ns = length_ns,
        .counted = length_ns * (double)(from->in_flight + to->in_flight) / 2,
        .expected = (double)(to->held_ns - from->held_ns) + (double)(to->ages_ns - from->ages_ns),
    };
}

static struct stretch sum_of(const struct trace_tick *ticks, size_t first, size_t last) {
    struct stretch sum = {0};
    for (size_t i = first; i < last; i++) {
        struct stretch one = between(&ticks[i], &ticks[i + 1]);
        sum.length_ns += one.length_ns;
        sum.counted += one.counted;
        sum.expected += one.expected;
    }
    return sum;
}

/* Where mostly the same number is in flight, ticks may have met no other at all, and nothing varies. But what
 * is counted is whole, so it varies at least as much as two neighbouring numbers with that mean. */
static double least_error(double expected, size_t ticks) {
    double part = expected - floor(expected);
    return sqrt(part * (1 - part) / (double)ticks);
}

/* Four standard errors by Student's t over as many by the normal distribution. (Abramowitz and
 * Stegun 26.7.5.)
 */
static double of_few(double freedom) {
    return 1 + 4.25 / freedom + 16.04 / (freedom * freedom);
}

/* Of the mean difference, as a ratio of sums over batches. */
static double standard_error(const struct trace_tick *ticks, size_t intervals, const struct stretch *whole) {
    size_t batches = intervals / TICKS_OF_BATCH;
    batches = batches > MOST_BATCHES ? MOST_BATCHES : batches;
    double mean = (whole->counted - whole->expected) / whole->length_ns, squares = 0;
    for (size_t b = 0; b < batches; b++) {
        struct stretch one = sum_of(ticks, intervals * b / batches, intervals * (b + 1) / batches);
        squares += pow(one.counted - one.expected - mean * one.length_ns, 2);
    }
    double count = (double)batches;
    return sqrt(squares * count / (count - 1)) / whole->length_ns * of_few(count - 1);
}

/* A tick that is late sees what is in flight after those have begun or ended that did so meanwhile: on a busy
 * machine that is mostly when the client has just gone to sleep. At times twice as many as on average do. */
static double bias_of(const struct run_trace *t) {
    const struct trace_tick *first = &t->ticks[0], *last = &t->ticks[t->tick_count - 1];
    double late_ns = 0, ended = (double)(last->completed - first->completed + last->failed - first->failed);
    for (size_t i = 0; i < t->tick_count; i++)
        late_ns += fmax(0, (double)t->ticks[i].late_ns - TIMER_NS);
    return 2 * ended / (double)(last->at_ns - first->at_ns) * late_ns / (double)t->tick_count;
}

bool trace_flight(const struct run_trace *t, struct trace_flight *out) {
    if (t->tick_count < LEAST_INTERVALS + 1)
        return false;
    size_t intervals = t->tick_count - 1;
    struct stretch whole = sum_of(t->ticks, 0, intervals);
    if (whole.length_ns <= 0)
        return false;
    double expected = whole.expected / whole.length_ns, least = least_error(expected, intervals);
    *out = (struct trace_flight){.window_s = whole.length_ns / 1e9,
                                 .mean = whole.counted / whole.length_ns,
                                 .expected = expected,
                                 .standard_error = fmax(standard_error(t->ticks, intervals, &whole), least),
                                 .bias = bias_of(t)};
    return true;
}

/* The first tick from that one on that is not before the moment; the last where all are. */
static size_t seek(const struct run_trace *t, size_t from, double at_ns) {
    while (from + 1 < t->tick_count && (double)t->ticks[from].at_ns < at_ns)
        from++;
    return from;
}

bool trace_means(const struct run_trace *t, double means_s[TRACE_PARTS]) {
    if (t->tick_count < 2 * TRACE_PARTS)
        return false;
    const struct trace_tick *ticks = t->ticks;
    double first_ns = (double)ticks[0].at_ns;
    double length_ns = (double)ticks[t->tick_count - 1].at_ns - first_ns;
    size_t from = 0;
    for (size_t part = 0; part < TRACE_PARTS; part++) {
        size_t to = seek(t, from, first_ns + length_ns * (double)(part + 1) / TRACE_PARTS);
        double completed = (double)(ticks[to].completed - ticks[from].completed);
        double sum_ns = (double)(ticks[to].latency_ns - ticks[from].latency_ns);
        means_s[part] = completed > 0 ? sum_ns / completed / 1e9 : (double)NAN;
        from = to;
    }
    return true;
}
