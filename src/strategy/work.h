/* The work source: hands out the run's tickets, each of its share's numbers once and in order, until there
 * are no more or the run is to stop. Any thread of the run may take. */
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
    int64_t requests;            /* so many tickets */
    struct share share;          /* of a plan, whose numbers they have: without one from 0 on */
    int64_t until_ns;            /* hand out none from this moment on; 0: no such moment */
    const struct load *load;     /* says when each is due; NULL: a closed loop, at once */
    int64_t origin_ns;           /* when the run began, which the load counts its moments from */
    int64_t think_ns;            /* pause of a slot between an answer and its next request */
};

/* The clock of a run by that plan starts: sets when it is over, in the recording too, and when requests are
 * due. The plan is borrowed. */
void work_start(struct work *w, const struct plan *plan, int64_t go_ns);

/* True with the next ticket in *ticket, or false when there is no more. In an open loop it may be due only
 * later, when a slot that is free waits for it. The cursor is the taker's own, zeroed when a run begins. */
bool work_take(struct work *w, struct load_cursor *cursor, struct ticket *ticket);

/* The same for a thread that has nothing else to do: it waits for the ticket's moment. */
bool work_await(struct work *w, struct load_cursor *cursor, struct ticket *ticket);

/* Whether nothing more is to be begun. */
bool work_is_over(const struct work *w);

/* So many tickets that were taken are not begun, since it is over. */
void work_give_back(struct work *w, size_t count);

/* The pause of a thread's slot that came free at that moment; 0: it carried nothing yet. */
void work_pause(const struct work *w, int64_t free_ns);

/* How those who drive requests on a loop keep its time. */
struct pace_rules work_rules(const struct work *w, const struct plan *plan);

#endif
