/* The words of --metric. */
#ifndef FETCHBENCH_CLI_METRICWORD_H
#define FETCHBENCH_CLI_METRICWORD_H

#include "base/err.h"
#include "plan/loadkind.h"

#define METRIC_WORDS "wall|throughput|p50|p99|cpu|memory"
#define METRIC_LIKENED                                                                                       \
    "time=wall|rate=throughput|requests=throughput|latency=p50|median=p50|speed=wall|rss=memory|ram=memory"

/* The key in a report's comparisons that one of those words stands for under such a load, or NULL for what is
 * usual there. 0, or -1 with err filled (ERR_USAGE) where it would be the same for all. */
int metricword_choose(const char *word, enum load_kind load, const char **metric, struct err *err);

#endif
