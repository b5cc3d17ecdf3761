/* How far several ranks are together. Pure. */
#ifndef FETCHBENCH_RANKS_PROGRESS_H
#define FETCHBENCH_RANKS_PROGRESS_H

#include "ranks/message.h"

/* Adds another rank's, if it is at the same run: counts and rates, of which either may not be known. The rest
 * stays as it is. */
void progress_add(struct ranks_progress *sum, const struct ranks_progress *other);

#endif
