/* Whether two reports can be parts of one. */
#ifndef FETCHBENCH_COMPARE_ALIKE_H
#define FETCHBENCH_COMPARE_ALIKE_H

#include "compare/merge.h"

enum alike {
    ALIKE_ROUNDS, /* the same plan on the same kind of machine; only the number of rounds may differ */
    ALIKE_SHARES, /* the same plan but for how much of it each does, on any machines */
};

/* Of each two parts: none is given twice, which would count what happened once as two findings, and all are
 * alike the first. 0, or -1 with err filled (ERR_USAGE), which names the keys in which they differ. */
int alike_check(enum alike kind, const struct merge_part *parts, size_t count, struct err *err);

#endif
