/* From a trace to the slices of a report. */
#include "report/slices.h"

#include <math.h>

static double seconds(int64_t ns) {
    return ns < 0 ? NAN : (double)ns / 1e9;
}

/* Counts the moments of an open loop one after the other. */
struct schedule {
    const struct plan *plan;
    struct load_cursor cursor;
    int64_t number, next_ns; /* that is due next */
};

static void find_next(struct schedule *s) {
    bool is_over = s->number >= s->plan->requests;
    s->next_ns = is_over ? LOAD_NEVER_NS : load_due_ns(&s->plan->load, &s->cursor, s->number);
}

/* Of the requests that there are, those that are due from where it was left to a moment. */
static double due_until(struct schedule *s, int64_t until_ns) {
    int64_t begun = s->number;
    if (!load_is_open(&s->plan->load))
        return NAN;
    for (; s->next_ns < until_ns; find_next(s))
        s->number++;
    return (double)(s->number - begun);
}

void slices_fill(struct report *r, struct report_run *run, const struct run_result *result) {
    const struct run_trace *trace = result->trace;
    struct schedule schedule = {.plan = result->plan};
    if (load_is_open(&result->plan->load))
        find_next(&schedule);
    for (size_t i = 0; trace && i < trace->slice_count; i++) {
        const struct trace_slice *from = &trace->slices[i];
        struct report_slice *to = report_list_add(r, &run->slices, sizeof *to);
        *to = (struct report_slice){
            .t_s = seconds(from->from_ns),
            .length_s = seconds(from->until_ns - from->from_ns),
            .due = due_until(&schedule, from->until_ns),
            .completed = from->completed,
            .failed = from->failed,
            .in_flight = from->in_flight,
            .p50_s = seconds(from->p50_ns),
            .p99_s = seconds(from->p99_ns),
            .bytes = from->bytes,
        };
    }
}
