/* The request body that --data-file names. */
#ifndef FETCHBENCH_CLI_DATAFILE_H
#define FETCHBENCH_CLI_DATAFILE_H

#include "base/err.h"
#include "plan/plan.h"

/* Reads a file of any kind, or standard input for "-", whole and byte for byte into the plan's arena as its
 * data. 0, or -1 with err filled (ERR_USAGE): it cannot be read, is too large, or the plan has data already.
 */
int datafile_read(struct plan *plan, const char *path, struct err *err);

#endif
