/* The words of --metric. */
#ifndef FETCHBENCH_CLI_METRICWORD_H
#define FETCHBENCH_CLI_METRICWORD_H

#define METRIC_WORDS "wall|p50|p99|cpu|memory"
#define METRIC_LIKENED "time=wall|latency=p50|median=p50|speed=wall|rss=memory|ram=memory"

/* The key in a report's comparisons of one of those words; NULL for any other. */
const char *metricword_find(const char *word);

#endif
