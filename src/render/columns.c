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
static double done(const struct summary *s) {
    return s->done;
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
static double service_p50(const struct summary *s) {
    return s->service_p50_s;
}
static double service_p99(const struct summary *s) {
    return s->service_p99_s;
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

#define COUNTED (1U << LOAD_COUNTED)
#define TIMED (1U << LOAD_TIMED)
#define OPEN (1U << LOAD_OPEN)
#define CLOSED (COUNTED | TIMED)
#define ANY (CLOSED | OPEN)

/* In an open loop p50 and p99 are those of latency, and switches and factors give way to service time. */
static const struct column table[] = {
    {{"", "at", "once"}, page_count, concurrency, NULL, false, false, ANY},
    {{"", "", "time"}, page_duration, wall, "wall_s", false, false, COUNTED},
    {{"", "", "done"}, page_count, done, NULL, false, false, TIMED},
    {{"", "", "req/s"}, page_number, rate, "wall_s", false, false, COUNTED},
    {{"", "", "req/s"}, page_number, rate, "time_per_request_s", false, false, TIMED | OPEN},
    {{"", "", "p50"}, page_duration, p50, "latency_p50_s", false, false, ANY},
    {{"", "", "p99"}, page_duration, p99, "latency_p99_s", false, false, ANY},
    {{"", "service", "p50"}, page_duration, service_p50, NULL, false, false, OPEN},
    {{"", "service", "p99"}, page_duration, service_p99, NULL, false, false, OPEN},
    {{"", "", "failed"}, page_count, failed, NULL, true, false, ANY},
    {{"not", "2xx", "/3xx"}, page_count, other_status, NULL, true, false, ANY},
    {{"CPU", "us", "/req"}, page_number, cpu, "cpu_us_per_request", false, false, ANY},
    {{"ctx", "switch", "/req"}, page_number, switches, NULL, false, false, CLOSED},
    {{"", "memory", "MiB"}, page_number, memory, "memory_bytes", false, false, ANY},
    {{"times", "as", "fast"}, page_factor, times, "wall_s", false, true, COUNTED},
    {{"times", "as", "fast"}, page_factor, times, "time_per_request_s", false, true, TIMED},
};
#define ROWS (sizeof table / sizeof table[0])

struct columns columns_of(const struct summaries *all) {
    struct columns c = {.count = 0};
    for (size_t i = 0; i < ROWS; i++)
        if (table[i].loads & 1U << all->load && (!table[i].compares || all->count > 1))
            c.items[c.count++] = &table[i];
    return c;
}

enum tint column_tint(const struct column *c, const struct summary *s) {
    if (c->is_fault)
        return c->value(s) > 0 ? TINT_BAD : TINT_NONE;
    return c->metric && s->ahead_by && !isnan(c->value(s)) && strcmp(c->metric, s->ahead_by) == 0 ? TINT_GOOD
                                                                                                  : TINT_NONE;
}
