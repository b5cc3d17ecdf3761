/* Reports of different invocations against each other: every label that both have, the newer over the older.
 * Their rounds are not paired, so the ratio is that of Hodges and Lehmann over all pairs with Mann and
 * Whitney's interval (stats/ranksum.h). No baseline ran in both, so the margin of faster and slower is
 * widened by the wider noise floor of the two, each of its own invocation. What counts as alike is not. */
#ifndef FETCHBENCH_COMPARE_BETWEEN_H
#define FETCHBENCH_COMPARE_BETWEEN_H

#include <stdbool.h>

#include "compare/keys.h"
#include "report/report.h"

/* Rounds of one invocation share what the machine was like then, and no interval over them holds the drift to
 * the next: ours. */
#define BETWEEN_MARGIN 0.05

struct between {
    struct named_report old, fresh;
    const char *metric; /* that gets the verdict; NULL for the newer report's own */
    double margin;      /* what counts as alike; 0 for BETWEEN_MARGIN */
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
    REGRESSION_NONE,  /* the whole interval is below the margin */
    REGRESSION_FOUND, /* it is above */
    REGRESSION_OPEN,  /* the margin lies in it, or there is no comparison to go by */
};

/* A label of the newer report that the older has not, so that nothing tells whether it got slower; NULL when
 * there is none. Borrowed of the newer report. */
const char *regression_unguarded(const struct report *old, const struct report *fresh);

/* A question with one side, so the interval answers it whatever the verdict's word, but for a refusal. */
enum regression regression_of_one(const struct report_comparison *c, double margin);

/* What came of it as a sentence without a full stop, in the arena; NULL where there is none. */
const char *regression_explain(struct arena *a, const struct report_comparison *c, double margin);

/* Of all primary comparisons between invocations, or of those within one. */
enum regression regression_of(const struct report *r, bool between, double margin);

#endif
