/* Takes the trace of the run that is on from its recording. In the parent, on one thread, which looks when
 * tracer_next_ns says so and pays for it: looking takes less than a hundredth of the time, however many slots
 * and lanes there are, and a run of less than TRACER_FIRST_NS is left alone until it is over. */
#ifndef FETCHBENCH_RUN_TRACER_H
#define FETCHBENCH_RUN_TRACER_H

#include <stdint.h>

#include "plan/plan.h"
#include "record/recording.h"
#include "run/trace.h"

#define TRACER_FIRST_NS INT64_C(100000000)

/* A slice lasts a second, and the number of them stays bounded: after each TRACER_SLICES their length
 * doubles, so an hour has one for each second and a month some thirty thousand. Where looking is dear, with
 * hundreds of lanes, they last longer. */
#define TRACER_SLICES 3600

struct tracer {
    struct run_trace trace; /* valid from tracer_end to the next tracer_begin */
    /* private */
    const struct recording *recording;
    bool idle;            /* what an outside program did is told when it is over */
    enum measure latency; /* the measure that stands for it */
    int64_t go_ns, next_tick_ns, next_slice_ns;
    int64_t tick_every_ns;
    uint64_t looks;
    struct trace_tick *ticks; /* TRACE_TICKS of them */
    struct trace_slice *slices;
    size_t slice_capacity;
    struct histogram *until_now, *latest; /* of all slices so far, and of the last one */
    uint64_t failed_before, bytes_before; /* in all slices so far */
};

void tracer_open(struct tracer *t);
void tracer_close(struct tracer *t);

/* Before a run of that entry is ordered. The recording must stay until tracer_end. */
void tracer_begin(struct tracer *t, const struct plan *plan, const struct plan_entry *entry,
                  const struct recording *recording, int64_t now_ns);

/* When to look next. */
int64_t tracer_next_ns(const struct tracer *t);
/* Looks, where it is time. */
void tracer_look(struct tracer *t, int64_t now_ns);

/* When nobody records any more: adds what came since the last slice. ended_ns is when the process was gone.
 */
void tracer_end(struct tracer *t, int64_t ended_ns);

#endif
