/* What rank 0 makes of its words before anything runs, for all ranks: what cannot be shared is refused, and
 * what people are to know of the plan is said once. */
#ifndef FETCHBENCH_CLI_RANKPLAN_H
#define FETCHBENCH_CLI_RANKPLAN_H

#include <stdint.h>

#include "cli/invocation.h"

/* What the plan is, as far as rank 0 alone can tell: its own share, of so many. 0; or 1 where there is
 * nothing to run, with *outcome, and err filled where that is a failure. End with invocation_close in either
 * case. */
int rankplan_prepare(struct invocation *v, int64_t ranks, int argc, char **argv, enum cli_outcome *outcome,
                     struct err *err);

#endif
