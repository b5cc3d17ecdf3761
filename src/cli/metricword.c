/* From words to keys. */
#include "cli/metricword.h"

#include <string.h>

#include "compare/metric.h"

int metricword_choose(const char *word, enum load_kind load, const char **metric, struct err *err) {
    const struct metric *m = word ? metric_table : metric_of_load(load);
    while (word && strcmp(m->word, word) != 0)
        m++; /* it is one of them: the options' table holds it to METRIC_WORDS */
    *metric = m->name;
    return metric_check(m, load, err);
}
