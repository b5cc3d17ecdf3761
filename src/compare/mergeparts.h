/* What the ways of merging share. */
#ifndef FETCHBENCH_COMPARE_MERGEPARTS_H
#define FETCHBENCH_COMPARE_MERGEPARTS_H

#include "report/report.h"

/* Stretches what is said of the whole - its moments, seed, whether it is complete - over a part. Nothing of
 * the part is borrowed. */
void mergeparts_span(struct report *whole, const struct report *part);

/* Adds the part's thresholds to a list of texts, each once; they are copied into whole's arena. */
void mergeparts_add_thresholds(struct report *whole, struct report_list *texts, const struct report *part);

/* Once the whole has all runs: makes anew what follows from them. */
void mergeparts_judge(struct report *whole, const struct report_list *thresholds);

#endif
