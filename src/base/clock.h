/* The one clock: CLOCK_MONOTONIC through the vDSO, in nanoseconds. Host-wide, so stamps of different
 * processes of one machine can be subtracted. Safe from any thread. */
#ifndef FETCHBENCH_BASE_CLOCK_H
#define FETCHBENCH_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_NS_PER_S INT64_C(1000000000)

static inline int64_t clock_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * CLOCK_NS_PER_S + t.tv_nsec;
}

/* Its smallest step, and what asking it once costs: the least of ten means. */
int64_t clock_resolution_ns(void);
double clock_cost_ns(void);

/* Writes the present moment as ISO 8601 UTC with milliseconds ("2026-01-02T03:04:05.678Z"). */
void clock_format_utc(char out[32]);

/* The same moment in the form that fits a file name ("20260102T030405Z"). */
void clock_format_utc_compact(char out[32]);

#endif
