/* What the system lets this process have. */
#ifndef FETCHBENCH_BASE_LIMITS_H
#define FETCHBENCH_BASE_LIMITS_H

/* Raises the soft limit of open descriptors to the hard one, for this process and the children it forks from
 * then on. Best effort: with a lower limit fewer connections fit. */
void limits_raise_descriptors(void);

#endif
