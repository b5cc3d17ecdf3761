/* What the options say together of when requests are sent and when a run is over: --requests, --duration,
 * --rate, --arrivals, --ramp, --stages, --deadline, --grace, --think-time and --spin. */
#ifndef FETCHBENCH_PLAN_SCHEDULE_H
#define FETCHBENCH_PLAN_SCHEDULE_H

#include <stdbool.h>

#include "base/err.h"
#include "plan/plan.h"

/* Resolves them: fills the plan's load and duration, its requests (as many as are due where a time is given;
 * left at 0 where nothing says) and, last, its run_timeout_ns where none was given. 0, or -1 with err filled:
 * one sentence that names the options. */
int schedule_resolve(struct plan *plan, struct err *err);

/* Once the number of requests is known too: bounds on how long they take, and the time limit of a run. */
int schedule_finish(struct plan *plan, struct err *err);

/* The option that asks for an open loop, as typed; NULL for a closed one. */
const char *schedule_rate_option(const struct plan *plan);

/* Whether a run may be over before all its requests were sent. */
bool schedule_ends_by_time(const struct plan *plan);

#endif
