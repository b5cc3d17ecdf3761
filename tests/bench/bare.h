/* What the yardsticks share: their command line and the line of figures at the end. They link none of the
 * rooms, so that what the rooms add can be read off. Errors end the program. */
#ifndef FETCHBENCH_BENCH_BARE_H
#define FETCHBENCH_BENCH_BARE_H

#include <stdint.h>

struct bare_task {
    const char *url; /* borrowed from argv */
    long requests, connections;
    long multis; /* CURLMs that share the connections; 1 unless told */
    int64_t start_ns;
};

/* Reads "URL N C [--multis M]" and starts the clock. */
void bare_open(struct bare_task *task, int argc, char **argv);

/* Prints the figures as one line of JSON; the CPU time is that of the whole process since its start. Returns
 * the exit status: 0, or 1 when a request failed. */
int bare_report(const struct bare_task *task, long failed);

#endif
