/* Whether an MPI launcher started this process, and the module that speaks its language. */
#ifndef FETCHBENCH_RANKS_LAUNCH_H
#define FETCHBENCH_RANKS_LAUNCH_H

#include <stdbool.h>

#include "base/err.h"
#include "ranks/transport.h"

/* By the variables that launchers set for each process. */
bool launch_is_by_mpi(void);

/* Whether Open MPI's mpirun keeps this process to some processors, which the user may not have asked for. */
bool launch_is_bound(void);

/* Takes them out of the environment, so that what this process starts is not taken for a rank. */
void launch_forget(void);

/* Of a process that knows of no other: 0, or -1 with err filled where its launcher started several, which
 * would each do all. Its text is empty but in the first. */
int launch_check_alone(struct err *err);

/* Loads the module, from beside the program or from where it was installed, and starts it. 0, or -1 with err
 * filled. */
int launch_open(struct transport *t, struct err *err);

#endif
