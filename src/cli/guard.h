/* What --fail-on and --strict make of a finished report. */
#ifndef FETCHBENCH_CLI_GUARD_H
#define FETCHBENCH_CLI_GUARD_H

#include <stdbool.h>

#include "cli/outcome.h"
#include "cli/settings.h"
#include "report/report.h"

/* Sets what is broken or inconclusive, and says it on standard error: r's thresholds and comparisons have
 * been filled. `said`: standard error has the page already, with the thresholds in it. */
void guard_judge(struct outcome *o, const struct settings *s, const struct report *r, bool said);

/* Says on standard error what failed and which runs did not end well. */
void guard_tell_troubles(const struct report *r);

#endif
