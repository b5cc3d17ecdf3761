/* A run over time, as its parent saw it. Slices are differences of what had been recorded, and add up to the
 * run's counts; ticks are glances at a few running sums and at the slots, for what can be told of a run as a
 * whole from many of them. Neither holds anything of a warm-up. Plain data and pure functions. */
#ifndef FETCHBENCH_RUN_TRACE_H
#define FETCHBENCH_RUN_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_TICKS 2048 /* at most; when there are as many, every other one is dropped */
#define TRACE_PARTS 30

/* Sums since go. They are read while others count on, so within a tick they may be a few requests apart. */
struct trace_tick {
    int64_t at_ns;   /* since go */
    int64_t late_ns; /* by which it was taken later than it was to be */
    int64_t completed, failed;
    int64_t held_ns;    /* for how long those completed held a slot: service time and work on their bodies */
    int64_t latency_ns; /* of those completed; in a closed loop their service time */
    int64_t in_flight;  /* slots that carried a request then */
    int64_t ages_ns;    /* for how long those had */
};

struct trace_slice {
    int64_t from_ns, until_ns;        /* since go */
    int64_t completed, failed, bytes; /* received within it */
    int64_t in_flight;                /* at its end */
    int64_t p50_ns, p99_ns;           /* latency of those completed within it, -1 for none */
};

struct run_trace {
    const struct trace_tick *ticks;
    size_t tick_count;
    const struct trace_slice *slices; /* one follows the other without a gap */
    size_t slice_count;
};

/* Requests in flight from the first tick to the last, by two ways that know nothing of each other. */
struct trace_flight {
    double window_s;
    double mean;           /* as counted from the slots, weighted by time */
    double expected;       /* by how long requests took, as recorded: Little's law */
    double standard_error; /* of the difference of the two, from batches of ticks: where they are few so much
                              larger that four of it are as rare as of a normal deviate */
    double bias;           /* at most, because ticks that wait for a processor see what others let them see */
};

/* Of a window, the time that all requests together spent in flight is that of those completed in it, plus the
 * ages at its end of those in flight then, less those at its beginning: so the two agree in any window and
 * for any load, but for the sampling error, unless something failed or was cut off. False, and out untouched,
 * with fewer than 20 intervals between ticks. (Little 1961; batch means: Law and Kelton, Simulation Modeling
 * and Analysis, 9.5.3.) */
bool trace_flight(const struct run_trace *t, struct trace_flight *out);

/* The mean latency of what was completed in each of TRACE_PARTS stretches of equal length from the first tick
 * to the last; NaN for one without a completion. False, and means_s untouched, with fewer ticks than two for
 * each stretch. */
bool trace_means(const struct run_trace *t, double means_s[TRACE_PARTS]);

#endif
