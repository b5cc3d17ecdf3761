/* Where one URL leads: its scheme, host and port. */
#ifndef FETCHBENCH_HTTP_TARGET_H
#define FETCHBENCH_HTTP_TARGET_H

#include "base/err.h"
#include "plan/plan.h"

/* Reads a URL. 0, or -1 with err filled (ERR_USAGE) when it is none or its scheme is not http or https. */
int target_parse(const char *url, struct target *out, struct err *err);

#endif
