/* Reports of different invocations against each other: every label that both have, the newer over the older.
 * Their rounds are not paired, so the ratio is that of Hodges and Lehmann over all pairs with Mann and
 * Whitney's interval (stats/ranksum.h). No baseline ran in both, so the margin is widened by the wider noise
 * floor of the two, each of its own invocation. */
#ifndef FETCHBENCH_COMPARE_BETWEEN_H
#define FETCHBENCH_COMPARE_BETWEEN_H

#include <stdbool.h>

#include "compare/keys.h"
#include "report/report.h"

struct between {
    struct named_report old, fresh;
    const char *metric; /* that gets the verdict; NULL for the newer report's own */
    double margin;      /* what counts as a difference is at least that; 0 for 2 % */
    bool force;         /* keys that differ are warnings among the reasons, not refusals */
};

/* Labels that both plans have. */
size_t between_common(const struct report *old, const struct report *fresh);

/* A sentence on what no run could mend, in r's arena: keys of the plan or machine that differ (unless
 * forced), no label in common, too few rounds in the older report. NULL when there is nothing. The newer
 * report needs a plan and an environment alone. */
const char *between_obstacle(struct report *r, const struct between *b);

/* Appends the comparisons to into->comparisons, which may be the newer report itself: `between` names both,
 * `paired` is false, `rounds` is the lesser number. Both reports' own comparisons have been filled
 * (compare_fill), since their noise floors are taken from there. Everything lives in into's arena. */
void between_fill(struct report *into, const struct between *b);

enum regression {
    REGRESSION_NONE,  /* concluded: none is slower beyond the margin */
    REGRESSION_FOUND, /* one is, with its whole interval */
    REGRESSION_OPEN,  /* no conclusion, or nothing to conclude from */
};

/* A conclusion has both a verdict and an interval on one side of the margin. */
enum regression regression_of_one(const struct report_comparison *c, double margin);

/* Of all primary comparisons between invocations, or of those within one. */
enum regression regression_of(const struct report *r, bool between, double margin);

#endif
