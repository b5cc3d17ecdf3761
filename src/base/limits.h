/* What the system lets this process have. */
#ifndef FETCHBENCH_BASE_LIMITS_H
#define FETCHBENCH_BASE_LIMITS_H

#include <stdint.h>

/* Raises the soft limit of open descriptors to the hard one, for this process and the children it forks from
 * then on. Best effort: with a lower limit fewer connections fit. Returns what it was before, 0 where that is
 * unknown. */
int64_t limits_raise_descriptors(void);

/* Sets the soft limit to what limits_raise_descriptors returned; nothing for 0. */
void limits_restore_descriptors(int64_t soft);

/* Makes room in the process's table for as many more descriptors at once. Where threads share the table the
 * kernel enlarges it only after a pause of all processors (an RCU grace period), in which whoever opens a
 * socket waits: 10 ms and more. Best effort; before there are threads. */
void limits_make_room(int64_t descriptors);

#endif
