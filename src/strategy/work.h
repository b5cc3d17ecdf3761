/* The work source: hands out the run's tickets, each number once and in order, until there are no more or the
 * run is to stop. Any thread of the run may take. */
#ifndef FETCHBENCH_STRATEGY_WORK_H
#define FETCHBENCH_STRATEGY_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "http/pace.h"
#include "plan/load.h"
#include "plan/plan.h"
#include "record/recording.h"

struct work {
    struct recording *recording; /* counts what was handed out */
    int64_t requests;            /* tickets 0 to requests - 1 */
    int64_t until_ns;            /* hand out none from this moment on; 0: no such moment */
    const struct load *load;     /* says when each is due; NULL: a closed loop, at once */
    int64_t origin_ns;           /* what the load counts its moments from */
};

/* True with the next ticket in *ticket, or false when there is no more. In an open loop it may be due only
 * later, when a slot that is free waits for it. The cursor is the taker's own, zeroed when a run begins. */
bool work_take(struct work *w, struct load_cursor *cursor, struct ticket *ticket);

/* How those who drive requests on a loop keep its time. */
struct pace_rules work_rules(const struct work *w, const struct plan *plan);

#endif
