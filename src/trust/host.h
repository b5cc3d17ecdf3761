/* What of a machine stands in the way of measuring well, before anything is measured. Pure: plain numbers in,
 * rows out. What can be told of a run as well is told by the same check. Thresholds are ours. */
#ifndef FETCHBENCH_TRUST_HOST_H
#define FETCHBENCH_TRUST_HOST_H

#include "trust/trust.h"

#define TRUST_HOST_FOUND 160 /* bytes of what was found, in words */

/* NaN or -1 for unknown. */
struct trust_host {
    int64_t processors_online, processors_allowed;
    double quota;    /* processors' worth that the control group allows; NaN: no limit */
    double load;     /* processors' worth that others use, over a look */
    int64_t files;   /* that a process may have open, at most */
    int64_t threads; /* that the control group allows; -1: no limit */
    int64_t ports, time_wait, backlog;
    double clock_step_s, clock_call_s;
    double late_s;                      /* by which a short sleep ends late, median */
    const char *clocksource, *governor; /* NULL: not told */
    struct trust_facts run;             /* those of steal, throttling and frequency */
};

struct trust_host_check {
    const char *id;
    enum trust_status (*judge)(const struct trust_host *h, char found[TRUST_HOST_FOUND]);
    const char *advice;
};

/* The table; ended by id NULL. */
extern const struct trust_host_check trust_host_checks[];

#endif
