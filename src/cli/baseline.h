/* --baseline FILE and --fail-on-regression: a run held against an earlier one, or against the first of its
 * own strategies. */
#ifndef FETCHBENCH_CLI_BASELINE_H
#define FETCHBENCH_CLI_BASELINE_H

#include <stdbool.h>

#include "cli/outcome.h"
#include "cli/settings.h"
#include "report/report.h"

/* Before anything runs: notes both options in the plan of `planned`, a report without runs; reads the
 * baseline, if there is one, and looks for what would make a comparison with it impossible. CLI_OK, or what
 * the invocation comes to with err filled: CLI_FAILED for a file that is no report, CLI_NO_CONCLUSION for one
 * that cannot be compared with. The report is not kept, since measured processes would inherit its memory. */
enum cli_outcome baseline_check(const struct settings *s, struct report *planned, struct err *err);

/* Afterwards: adds the comparisons with the baseline to the finished report. A baseline that can no longer be
 * read counts as no conclusion, and is said on standard error. */
void baseline_compare(struct outcome *o, const struct settings *s, struct report *r);

/* Sets whether there is a regression beyond the margin of --fail-on-regression, or no conclusion about one,
 * and says it on standard error, unless it was `said` there on the page. Nothing without that option. */
void baseline_judge(struct outcome *o, const struct settings *s, const struct report *r, bool said);

#endif
