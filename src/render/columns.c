/* One row per figure, in the order of the table. */
#include "render/columns.h"

#include <math.h>
#include <string.h>

static double concurrency(const struct summary *s) {
    return (double)s->concurrency;
}
static double wall(const struct summary *s) {
    return s->wall_s;
}
static double rate(const struct summary *s) {
    return s->requests_per_s;
}
static double p50(const struct summary *s) {
    return s->p50_s;
}
static double p99(const struct summary *s) {
    return s->p99_s;
}
static double failed(const struct summary *s) {
    return (double)s->failed;
}
static double other_status(const struct summary *s) {
    return (double)s->other_status;
}
static double cpu(const struct summary *s) {
    return s->cpu_us_per_request;
}
static double switches(const struct summary *s) {
    return s->switches_per_request;
}
static double memory(const struct summary *s) {
    return s->memory_bytes / 1048576;
}
static double times(const struct summary *s) {
    return s->times_as_fast;
}

const struct column columns[] = {
    {{"", "at", "once"}, page_count, concurrency, NULL, false},
    {{"", "", "time"}, page_duration, wall, "wall_s", false},
    {{"", "", "req/s"}, page_number, rate, "wall_s", false},
    {{"", "", "p50"}, page_duration, p50, "latency_p50_s", false},
    {{"", "", "p99"}, page_duration, p99, "latency_p99_s", false},
    {{"", "", "failed"}, page_count, failed, NULL, true},
    {{"not", "2xx", "/3xx"}, page_count, other_status, NULL, true},
    {{"CPU", "us", "/req"}, page_number, cpu, "cpu_us_per_request", false},
    {{"ctx", "switch", "/req"}, page_number, switches, NULL, false},
    {{"", "memory", "MiB"}, page_number, memory, "memory_bytes", false},
    {{"times", "as", "fast"}, page_factor, times, "wall_s", false},
};
#define COLUMNS (sizeof columns / sizeof columns[0])

size_t columns_shown(const struct summaries *all) {
    return all->count > 1 ? COLUMNS : COLUMNS - 1;
}

enum tint column_tint(const struct column *c, const struct summary *s) {
    if (c->is_fault)
        return c->value(s) > 0 ? TINT_BAD : TINT_NONE;
    return c->metric && s->ahead_by && !isnan(c->value(s)) && strcmp(c->metric, s->ahead_by) == 0 ? TINT_GOOD
                                                                                                  : TINT_NONE;
}
