/* A sample as a line of NDJSON or CSV. Moments are seconds since go, durations seconds, both with all their
 * nanoseconds: always nine decimals. What is not known is null, or empty. Made by integer arithmetic: about
 * 0.1 us a line. */
#ifndef FETCHBENCH_SAMPLES_LINE_H
#define FETCHBENCH_SAMPLES_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/ring.h"

#define LINE_BYTES 700 /* of a line at most, its run's names apart */

/* The run that lines belong to. */
struct line_identity {
    const char *label; /* borrowed */
    int64_t round;
    bool baseline_repeat;
    int64_t point; /* of a sweep, -1 for none */
};

/* What all lines of a run share. */
struct line_run {
    bool csv;
    int64_t go_ns;
    char *names; /* its identity as it stands in a line; NULL when memory ran out */
    size_t names_length;
};

void line_run_init(struct line_run *run, bool csv, const struct line_identity *identity, int64_t go_ns);
void line_run_fini(struct line_run *run);

/* The line before all others, "" for none. */
const char *line_header(bool csv);

/* Writes the line, with its newline, to `out`, which has room for LINE_BYTES and the names. Returns its
 * length. */
size_t line_write(char *out, const struct line_run *run, const struct ring_entry *entry);

#endif
