/* One row per figure, in the order of the table. */
#include "render/columns.h"

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
    {{"", "at", "once"}, page_count, concurrency, TINT_NONE},
    {{"", "", "time"}, page_duration, wall, TINT_GOOD},
    {{"", "", "req/s"}, page_number, rate, TINT_GOOD},
    {{"", "", "p50"}, page_duration, p50, TINT_NONE},
    {{"", "", "p99"}, page_duration, p99, TINT_NONE},
    {{"", "", "failed"}, page_count, failed, TINT_BAD},
    {{"not", "2xx", "/3xx"}, page_count, other_status, TINT_BAD},
    {{"CPU", "us", "/req"}, page_number, cpu, TINT_NONE},
    {{"ctx", "switch", "/req"}, page_number, switches, TINT_NONE},
    {{"", "memory", "MiB"}, page_number, memory, TINT_NONE},
    {{"times", "as", "fast"}, page_factor, times, TINT_GOOD},
};
#define COLUMNS (sizeof columns / sizeof columns[0])

size_t columns_shown(const struct summaries *all) {
    return all->count > 1 ? COLUMNS : COLUMNS - 1;
}

enum tint column_tint(const struct column *c, const struct summary *s, const struct summary *fastest) {
    if (c->tint == TINT_GOOD)
        return s == fastest ? TINT_GOOD : TINT_NONE;
    return c->tint == TINT_BAD && c->value(s) > 0 ? TINT_BAD : TINT_NONE;
}
