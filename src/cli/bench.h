/* The main job, once its words are settings. */
#ifndef FETCHBENCH_CLI_BENCH_H
#define FETCHBENCH_CLI_BENCH_H

#include "cli/invocation.h"
#include "cli/rank.h"

/* Runs the plan and makes the report; shown and judged, unless it is a rank's: that is written and no more.
 */
enum cli_outcome bench_run(struct invocation *v, struct rank *rank, struct err *err);

#endif
