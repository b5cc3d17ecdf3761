/* Where all of a plan's URLs lead. */
#ifndef FETCHBENCH_HTTP_TARGETS_H
#define FETCHBENCH_HTTP_TARGETS_H

#include "base/err.h"
#include "plan/plan.h"

/* Takes every URL of the plan apart, once, and fills the plan's targets: each host and port once, in the
 * order of their first request; with a ceiling, where its URLs lead stands behind the last. 0, or -1 with err
 * filled (ERR_USAGE), naming the line of a list: a text that is no URL, a host that {i} and its like would
 * change, or more than PLAN_TARGETS of them. */
int targets_find(struct plan *plan, struct err *err);

#endif
