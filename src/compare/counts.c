/* Sums of what runs counted. */
#include "compare/counts.h"

#include <math.h>

void counts_add(int64_t *into, int64_t from) {
    int64_t most = REPORT_INTEGER_LIMIT - 1;
    if (*into < 0 || from < 0)
        *into = -1;
    else
        *into = from < most - *into ? *into + from : most;
}

void counts_raise(double *into, double from) {
    *into = fmax(*into, from);
}

void counts_add_requests(struct report_requests *into, const struct report_requests *from) {
    counts_add(&into->total, from->total);
    counts_add(&into->completed, from->completed);
    counts_add(&into->failed, from->failed);
    counts_add(&into->cancelled, from->cancelled);
    counts_add(&into->unfinished, from->unfinished);
    counts_add(&into->not_started, from->not_started);
    counts_add(&into->retries, from->retries);
    counts_add(&into->redirects, from->redirects);
    counts_add(&into->waited, from->waited);
    counts_add(&into->overdue, from->overdue);
    counts_raise(&into->oldest_unfinished_s, from->oldest_unfinished_s);
    counts_raise(&into->oldest_not_started_s, from->oldest_not_started_s);
}

void counts_add_client(struct report_client *into, const struct report_client *from) {
    into->cpu_includes_setup = into->cpu_includes_setup || from->cpu_includes_setup;
    counts_add(&into->voluntary_switches, from->voluntary_switches);
    counts_add(&into->involuntary_switches, from->involuntary_switches);
    if (from->max_rss_bytes > into->max_rss_bytes) /* of one process */
        into->max_rss_bytes = from->max_rss_bytes;
    counts_add(&into->max_pss_bytes, from->max_pss_bytes);
    counts_add(&into->recorder_bytes, from->recorder_bytes);
    counts_add(&into->memory_bytes, from->memory_bytes);
    counts_add(&into->threads, from->threads);
    counts_add(&into->processes, from->processes);
    counts_add(&into->connections_opened, from->connections_opened);
    counts_add(&into->connections_reused, from->connections_reused);
    counts_add(&into->tls_resumed, from->tls_resumed);
}
