/* What the ways of merging share. */
#ifndef FETCHBENCH_COMPARE_MERGEPARTS_H
#define FETCHBENCH_COMPARE_MERGEPARTS_H

#include "compare/merge.h"

/* Once the first report has all runs: notes of what it was made and when, and makes anew what follows from
 * its runs. */
void mergeparts_conclude(const char *as, const struct merge_part *parts, size_t count);

#endif
