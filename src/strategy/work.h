/* The work source: hands out the run's tickets, each number once, until there are no more or the run is to
 * stop. Any thread of the run may take. */
#ifndef FETCHBENCH_STRATEGY_WORK_H
#define FETCHBENCH_STRATEGY_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "record/recording.h"

struct work {
    struct recording *recording; /* counts what was handed out */
    int64_t requests;            /* tickets 0 to requests - 1 */
    int64_t until_ns;            /* hand out none from this moment on; 0: no such moment */
};

/* True with the next ticket in *ticket, or false when there is no more. */
bool work_take(struct work *w, int64_t *ticket);

#endif
