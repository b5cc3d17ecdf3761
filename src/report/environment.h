/* What the machine is that measured. What cannot be read is unknown. */
#ifndef FETCHBENCH_REPORT_ENVIRONMENT_H
#define FETCHBENCH_REPORT_ENVIRONMENT_H

#include <stdbool.h>

#include "report/report.h"

/* Fills r->environment. `root` is put before the path of every file read: "" but in tests. */
void environment_capture(struct report *r, const char *root);

/* Whether an IP address, as text, is one of this machine's. */
bool environment_is_own_address(const char *address);

#endif
