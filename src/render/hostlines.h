/* The parts of a load, host by host, as lines of a table and what sets one apart in words. */
#ifndef FETCHBENCH_RENDER_HOSTLINES_H
#define FETCHBENCH_RENDER_HOSTLINES_H

#include "render/notes.h"

/* One host: medians over the rounds of the first line of the page's table; NaN where none has a figure. */
struct host_line {
    const struct report_host *host;
    double requests, requests_per_s, p50_s, p99_s, cpu_us_per_request;
    double skew_s;      /* of any run the one farthest from 0 */
    const char *matter; /* a word for each thing that is the matter; "" for nothing */
};

struct host_lines {
    struct host_line *items; /* of hosts that are not lost, by rank */
    size_t count;
    size_t with_matter;
    bool has_skews;
};

struct host_lines hostlines_make(const struct notes *n);

/* "rank 3 (node3)", clean and unmarked. */
const char *hostlines_name(const struct notes *n, const struct report_host *host);

/* What is the matter with a host over all of its runs: each remark once, with how many runs have the like. */
const char *hostlines_matter(const struct notes *n, const struct report_host *host);

#endif
