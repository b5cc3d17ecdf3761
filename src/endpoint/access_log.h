/* The file of `serve --access-log`: one line of JSON for each answer. Lines are kept until access_log_flush,
 * to be called whenever the loop has nothing else to do. One thread. */
#ifndef FETCHBENCH_ENDPOINT_ACCESS_LOG_H
#define FETCHBENCH_ENDPOINT_ACCESS_LOG_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct access_log;

struct access_line {
    const char *target; /* as sent */
    size_t target_bytes;
    const char *client; /* its address */
    unsigned status;
    int64_t arrived_ns, departed_ns; /* of CLOCK_MONOTONIC */
    bool is_whole;                   /* all of the answer was sent */
};

/* Begins the file anew; path is borrowed for the log's life. -1 with ERR_USAGE when it cannot be written. */
int access_log_open(struct access_log **out, const char *path, struct err *err);

void access_log_add(struct access_log *log, const struct access_line *line);

/* Writes the lines kept. After a failure nothing more is written. */
void access_log_flush(struct access_log *log);

/* The same for the last time. -1 when not all could be written. */
int access_log_finish(struct access_log *log, struct err *err);

/* Does not flush. NULL is allowed. */
void access_log_close(struct access_log *log);

#endif
