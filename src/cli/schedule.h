/* The rounds of a series: how many there are to be, how long that takes, and what is said of it on standard
 * error. With --rounds auto the number is decided once, after the least number of rounds (an internal pilot),
 * from their variance and the budget of time. */
#ifndef FETCHBENCH_CLI_SCHEDULE_H
#define FETCHBENCH_CLI_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "plan/plan.h"
#include "report/report.h"

struct schedule {
    const struct plan *plan;
    int64_t rounds; /* that there are to be, as far as is known */
    int64_t begun_ns;
    bool pauses; /* notable ones between runs */
};

/* At the start signal of the first run. Appends to `out` what can be said of the time before anything ran,
 * nothing for a single round. */
void schedule_begin(struct schedule *s, const struct plan *plan, struct buf *out);

/* After a round: decides, where it is time to, and sets the rounds in the report's plan. Appends what there
 * is to be said anew to `out`. The rounds that there are to be in all. */
int64_t schedule_go_on(struct schedule *s, int64_t round, struct report *report, struct buf *out);

/* Of `wanted` rounds those that the budget allows at the pace of the first `made`, which took so long; never
 * below `least`. */
int64_t schedule_fit(int64_t wanted, int64_t least, int64_t made, int64_t took_ns, int64_t budget_ns);

#endif
