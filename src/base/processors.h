/* The processors that a process may use, and lists of them as taskset writes them. */
#ifndef FETCHBENCH_BASE_PROCESSORS_H
#define FETCHBENCH_BASE_PROCESSORS_H

#include <sched.h>
#include <stddef.h>

#include "base/err.h"

/* Reads "0", "0-1,3". 0, or -1 with err filled (ERR_USAGE) when it is no list or names a processor that this
 * process may not use. */
int processors_parse(const char *text, cpu_set_t *out, struct err *err);

/* How many this process may use; at least 1. */
size_t processors_allowed(void);

#endif
