/* Whether two reports can be parts of one. */
#ifndef FETCHBENCH_COMPARE_ALIKE_H
#define FETCHBENCH_COMPARE_ALIKE_H

#include "compare/merge.h"

enum alike {
    ALIKE_ROUNDS, /* the same plan on the same kind of machine; only the number of rounds may differ */
    ALIKE_SHARES, /* the same plan but for how much of it each does, on any machines */
};

/* Both are alike in that way. 0, or -1 with err filled (ERR_USAGE), which names the keys in which they
 * differ.
 */
int alike_check_two(enum alike kind, const struct merge_part *a, const struct merge_part *b, struct err *err);

/* All are alike the first, and none is given twice. */
int alike_check(enum alike kind, const struct merge_part *parts, size_t count, struct err *err);

#endif
