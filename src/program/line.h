/* One line of an outside program's output: that it is ready, or what became of a request. */
#ifndef FETCHBENCH_PROGRAM_LINE_H
#define FETCHBENCH_PROGRAM_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "record/recording.h"

enum line_kind {
    LINE_OTHER, /* neither */
    LINE_READY,
    LINE_SAMPLE,
};

/* What a line says of a request; NaN where it does not say it. */
struct line_sample {
    double index, start_s, end_s, duration_s, work_s;
    int64_t bytes;
    int status; /* 0: none */
    enum error_class error;
    char example[RECORDING_EXAMPLE]; /* of the error, in words */
};

/* What kind of line it is; of a sample's index no more is asked than that it is a number. */
enum line_kind line_kind_of(const char *text, size_t length);

/* The work that a ready line acknowledges, cut to the size, "" for none. */
void line_read_work(const char *text, size_t length, char *out, size_t size);

/* Reads a sample. 0, or -1 when it is none: it is no JSON object alone, has no index, no time at all, or
 * neither an error nor a status of 100 to 599. */
int line_read(struct line_sample *out, const char *text, size_t length);

/* What line_read misses first in an object that is no sample, such as "has no status"; "" for what is no
 * object. */
void line_say_fault(const char *text, size_t length, char *out, size_t size);

#endif
