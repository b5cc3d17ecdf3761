/* The table of metrics. All are times or costs: less is better. */
#include "compare/metric.h"

#include <math.h>
#include <string.h>

#define AT(member) offsetof(struct report_run, member)

const struct metric metric_table[] = {
    {"wall_s", "wall time", AT(wall_s), false},
    {"latency_p50_s", "median latency", AT(latency.percentiles_s.p50), false},
    {"latency_p99_s", "p99 latency", AT(latency.percentiles_s.p99), false},
    {"cpu_us_per_request", "CPU time per request", AT(client.cpu_us_per_request), false},
    {"memory_bytes", "memory", AT(client.memory_bytes), true},
    {NULL, NULL, 0, false},
};

const struct metric *metric_find(const char *name) {
    for (const struct metric *m = metric_table; name && m->name; m++)
        if (strcmp(m->name, name) == 0)
            return m;
    return &metric_table[0];
}

double metric_value(const struct metric *metric, const struct report_run *run) {
    const char *at = (const char *)run + metric->offset;
    double value =
        metric->is_count ? (double)*(const int64_t *)(const void *)at : *(const double *)(const void *)at;
    return value > 0 ? value : NAN;
}
