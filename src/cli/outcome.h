/* What became of a series, as facts, and the one outcome that they come to. */
#ifndef FETCHBENCH_CLI_OUTCOME_H
#define FETCHBENCH_CLI_OUTCOME_H

#include <stdbool.h>

#include "cli/cli.h"
#include "report/report.h"
#include "run/result.h"

/* Zeroed: all went well. */
struct outcome {
    int signal;            /* that interrupted it; 0: none */
    bool failed;           /* it could not be carried out, and the caller's err tells why */
    bool broken;           /* a run crashed or was killed, or an output could not be written */
    bool rank_lost;        /* of several that sent the load together, the share of one is missing */
    bool too_many_failed;  /* a run without one success, or with too large a share of failures */
    bool threshold_broken; /* a --fail-on is broken, or could not be judged */
    bool regressed;        /* slower than the baseline beyond the margin */
    bool inconclusive;     /* no verdict where one was asked for */
};

/* Adds how one run ended. A larger share of failures than max_errors (0 to 1) is too many. */
void outcome_add_run(struct outcome *o, const struct run_result *result, double max_errors);

/* Adds how each run of a report ended, likewise. */
void outcome_add_report(struct outcome *o, const struct report *r, double max_errors);

/* The first that applies, in the order of the exit statuses. */
enum cli_outcome outcome_first(const struct outcome *o);

#endif
