/* From words to keys. */
#include "cli/metricword.h"

#include <stddef.h>
#include <string.h>

const char *metricword_find(const char *word) {
    static const struct {
        const char *word, *metric;
    } metrics[] = {
        {"wall", "wall_s"},         {"p50", "latency_p50_s"},      {"p99", "latency_p99_s"},
        {"memory", "memory_bytes"}, {"cpu", "cpu_us_per_request"},
    };
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
        if (strcmp(metrics[i].word, word) == 0)
            return metrics[i].metric;
    return NULL;
}
