/* From a trace to the slices of a report. */
#include "report/slices.h"

#include <math.h>

static double seconds(int64_t ns) {
    return ns < 0 ? NAN : (double)ns / 1e9;
}

/* Of the requests that there are, those that the rates make due before a moment. */
static double due_before(const struct plan *plan, int64_t until_ns) {
    return load_is_open(&plan->load) ? fmin(load_expected(&plan->load, until_ns), (double)plan->requests)
                                     : NAN;
}

void slices_fill(struct report *r, struct report_run *run, const struct run_result *result) {
    const struct run_trace *trace = result->trace;
    for (size_t i = 0; trace && i < trace->slice_count; i++) {
        const struct trace_slice *from = &trace->slices[i];
        struct report_slice *to = report_list_add(r, &run->slices, sizeof *to);
        *to = (struct report_slice){
            .t_s = seconds(from->from_ns),
            .length_s = seconds(from->until_ns - from->from_ns),
            .due = due_before(result->plan, from->until_ns) - due_before(result->plan, from->from_ns),
            .completed = from->completed,
            .failed = from->failed,
            .in_flight = from->in_flight,
            .p50_s = seconds(from->p50_ns),
            .p99_s = seconds(from->p99_ns),
            .bytes = from->bytes,
        };
    }
}
