/* The file of --samples: every request of every run on a line of its own, run after run. Samples are spooled
 * as they come, which costs a copy and never blocks on the target, and become lines by a thread: after each
 * run, or as they come where the target is no regular file and wants them in the order of completion.
 *
 * Everything here is called by one thread. What goes wrong is remembered, and told at the end: a run is never
 * stopped because its samples cannot be written. */
#ifndef FETCHBENCH_SAMPLES_SAMPLES_H
#define FETCHBENCH_SAMPLES_SAMPLES_H

#include <stdbool.h>

#include "base/err.h"
#include "run/runner.h"

struct samples;

struct samples_target {
    const char *path; /* "-": standard output. CSV where it ends in .csv, else NDJSON */
    bool is_file;     /* a regular file, or one to be made: written after each run, in blocks */
    bool issued;      /* in the order of tickets, not of completion */
};

/* Opens the target, emptying a file, and the spool. NULL with err filled (ERR_OUTPUT) when that cannot be. */
struct samples *samples_open(const struct samples_target *target, struct err *err);

/* Whether lines are written while a run is on, so that samples should come as requests end. */
bool samples_are_streamed(const struct samples *s);

/* Once nothing more is to be forked. 0, or -1 with err filled. */
int samples_start(struct samples *s, struct err *err);

/* Takes samples of the run that is on. */
void samples_put(struct samples *s, const struct run_samples *batch);

/* Waits until every line of the run that is over is written: the next one is to be measured alone. An
 * interrupt (run/interrupt.h) ends the wait for a target that takes nothing for two seconds, a further one
 * at once. */
void samples_end_run(struct samples *s, const struct run_result *result);

/* What went wrong first; kind ERR_NONE for nothing. */
const struct err *samples_failure(const struct samples *s);

/* s may be NULL. 0, or -1 with err filled as samples_failure says, or because the file could not be closed.
 */
int samples_close(struct samples *s, struct err *err);

#endif
