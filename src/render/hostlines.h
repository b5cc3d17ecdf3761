/* The parts of a load, host by host, as lines of a table and what sets one apart in words. */
#ifndef FETCHBENCH_RENDER_HOSTLINES_H
#define FETCHBENCH_RENDER_HOSTLINES_H

#include "render/notes.h"

/* One host: medians over the rounds of a line of the page's table; NaN where none has a figure. */
struct host_line {
    const struct report_host *host;
    double requests, requests_per_s, p50_s, p99_s, cpu_us_per_request;
    double skew_s;
    const char *words; /* one for each kind of remark, with commas; "" for none */
};

struct host_lines {
    const struct summary *summary;
    struct host_line *items; /* of hosts of which there is anything, by rank */
    size_t count;
    size_t with_remarks;
    bool has_skews;
};

struct host_lines hostlines_make(const struct notes *n, const struct summary *s);

/* "rank 3 (node3)", clean and unmarked. */
const char *hostlines_name(const struct notes *n, const struct report_host *host);

/* The remarks on a host in the rounds of a line: one of each kind, with how many rounds have the like. */
const char *hostlines_remarks(const struct notes *n, const struct report_host *host, const struct summary *s);

#endif
