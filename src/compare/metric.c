/* The table of metrics. All are times or costs: less is better. */
#include "compare/metric.h"

#include <math.h>
#include <string.h>

#define COUNTED (1U << LOAD_COUNTED)
#define TIMED (1U << LOAD_TIMED)
#define OPEN (1U << LOAD_OPEN)

static double wall_s(const struct report_run *run) {
    return run->wall_s;
}
static double time_per_request_s(const struct report_run *run) {
    return run->requests.completed > 0 ? 1 / run->requests_per_s : NAN;
}
static double latency_p50_s(const struct report_run *run) {
    return run->latency.percentiles_s.p50;
}
static double latency_p99_s(const struct report_run *run) {
    return run->latency.percentiles_s.p99;
}
static double cpu_us_per_request(const struct report_run *run) {
    return run->client.cpu_us_per_request;
}
static double memory_bytes(const struct report_run *run) {
    return (double)run->client.memory_bytes;
}

const struct metric metric_table[] = {
    {"wall_s", "wall", "wall time", wall_s, COUNTED},
    {"time_per_request_s", "throughput", "time per request", time_per_request_s, TIMED},
    {"latency_p50_s", "p50", "median latency", latency_p50_s, COUNTED | TIMED | OPEN},
    {"latency_p99_s", "p99", "p99 latency", latency_p99_s, COUNTED | TIMED | OPEN},
    {"cpu_us_per_request", "cpu", "CPU time per request", cpu_us_per_request, COUNTED | TIMED | OPEN},
    {"memory_bytes", "memory", "memory", memory_bytes, COUNTED | TIMED | OPEN},
    {0},
};

const struct metric *metric_find(const char *name) {
    for (const struct metric *m = metric_table; name && m->name; m++)
        if (strcmp(m->name, name) == 0)
            return m;
    return &metric_table[0];
}

const struct metric *metric_of_load(enum load_kind load) {
    const struct metric *m = metric_table;
    while (!(m->loads & 1U << load))
        m++;
    return m;
}

int metric_check(const struct metric *metric, enum load_kind load, struct err *err) {
    static const char *const reasons[] = {
        [LOAD_COUNTED] = "for a count of requests, of which the time is compared",
        [LOAD_TIMED] = "under a duration, which makes all runs equally long",
        [LOAD_OPEN] = "at a given rate, which all are to keep",
    };
    if (metric->loads & 1U << load)
        return 0;
    return err_set(err, ERR_USAGE, "--metric %s is of no use %s: take %s", metric->word, reasons[load],
                   metric_of_load(load)->word);
}

bool metric_is_compared(const struct metric *metric, const struct report_plan *plan) {
    return metric->loads & 1U << report_load_kind(plan) || metric == metric_find(plan->metric);
}

double metric_value(const struct metric *metric, const struct report_run *run) {
    double value = metric->figure(run);
    return value > 0 ? value : NAN;
}
