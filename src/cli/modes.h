/* The entries of --mode as they were typed, and the strategies that `all` stands for. */
#ifndef FETCHBENCH_CLI_MODES_H
#define FETCHBENCH_CLI_MODES_H

#include "base/err.h"
#include "cli/settings.h"

/* Adds the entries of all --mode to the plan, async where there is none. `all` becomes every strategy that
 * can run here and do what the plan asks but programs, in the table's order; left_out names those that
 * cannot. An option of it goes to those of them that have it. 0, or -1 with err filled. */
int modes_add(struct settings *s, struct err *err);

#endif
