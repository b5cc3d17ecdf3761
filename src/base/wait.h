/* Waiting for a moment of CLOCK_MONOTONIC on a thread that has nothing else to do. */
#ifndef FETCHBENCH_BASE_WAIT_H
#define FETCHBENCH_BASE_WAIT_H

#include <stdbool.h>
#include <stdint.h>

/* True once the moment has come; false, and perhaps sooner, when stop_fd is readable (-1: there is none). It
 * sleeps until WAIT_EARLY_NS before and looks at the clock from there on, since the kernel wakes late. */
#define WAIT_EARLY_NS 60000
bool wait_until(int stop_fd, int64_t moment_ns);

/* The same without looking at the clock, where a little later does no harm. */
bool wait_asleep_until(int stop_fd, int64_t moment_ns);

/* How late the kernel wakes this thread from a short sleep, of which this takes some 3 ms: the median over a
 * few. */
int64_t wait_lateness_ns(void);

#endif
