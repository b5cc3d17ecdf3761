/* What is done with a report once its runs are over: judged, written, shown, and turned into an outcome. */
#ifndef FETCHBENCH_CLI_DELIVER_H
#define FETCHBENCH_CLI_DELIVER_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/outcome.h"
#include "cli/reportfile.h"
#include "cli/settings.h"
#include "report/report.h"

struct delivery {
    const struct settings *settings;
    struct report *report; /* borrowed */
    struct reportfile file;
    bool samples_on_stdout;    /* so the page goes to standard error */
    int signal;                /* that ended it before its time, 0: none */
    bool plain;                /* no colours, whatever standard output is */
    struct err samples_failed; /* why samples were lost, to be said at the end */
    struct err unwritten;      /* why the report could not be written last */
    struct err told;           /* what of that was said already */
    struct outcome outcome;
};

/* Writes the report to its file, with its comparisons made anew. */
void delivery_write(struct delivery *d);

/* Says once why that failed, if it did. */
bool delivery_tell_unwritten(struct delivery *d);

/* The finished report: compares it with a baseline, judges thresholds, writes and shows it and says on
 * standard error what broke. `failed`: it could not be carried out to the end. */
enum cli_outcome delivery_conclude(struct delivery *d, bool failed);

#endif
