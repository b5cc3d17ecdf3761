/* How a load is bounded and paced, from which it follows what of its runs can be compared at all. */
#ifndef FETCHBENCH_PLAN_LOADKIND_H
#define FETCHBENCH_PLAN_LOADKIND_H

#include "plan/plan.h"

enum load_kind {
    LOAD_COUNTED, /* a closed loop of so many requests: the time differs */
    LOAD_TIMED,   /* a closed loop for so long: what it comes to differs */
    LOAD_OPEN,    /* sent at a rate: latency differs */
};

/* Of a plan that plan_finish has seen. */
enum load_kind loadkind_of(const struct plan *plan);

#endif
