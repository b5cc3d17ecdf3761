/* The order in which exit statuses win over one another stands here and nowhere else. */
#include "cli/outcome.h"

#include <signal.h>
#include <string.h>

static void add_counts(struct outcome *o, int64_t completed, int64_t failed, double max_errors) {
    int64_t ended = completed + failed;
    double share = ended ? (double)failed / (double)ended : 0;
    if (!completed || share > max_errors)
        o->too_many_failed = true;
}

void outcome_add_run(struct outcome *o, const struct run_result *result, double max_errors) {
    if (result->reason == RUN_CRASHED || result->reason == RUN_KILLED)
        o->broken = true;
    if (!result->entry->ceiling) /* which is about the client, not about what was asked for */
        add_counts(o, result->completed, result->failed, max_errors);
}

void outcome_add_report(struct outcome *o, const struct report *r, double max_errors) {
    const struct report_run *runs = r->runs.items;
    for (size_t i = 0; i < r->runs.count; i++) {
        const char *reason = runs[i].exit.reason;
        if (strcmp(reason, run_reason_name(RUN_CRASHED)) == 0 ||
            strcmp(reason, run_reason_name(RUN_KILLED)) == 0)
            o->broken = true;
        if (!runs[i].ceiling)
            add_counts(o, runs[i].requests.completed, runs[i].requests.failed, max_errors);
    }
}

enum cli_outcome outcome_first(const struct outcome *o) {
    if (o->signal)
        return o->signal == SIGINT ? CLI_INTERRUPTED : CLI_TERMINATED;
    if (o->failed)
        return CLI_FAILED;
    if (o->broken)
        return CLI_RUN_BROKEN;
    if (o->rank_lost)
        return CLI_RANK_LOST;
    if (o->too_many_failed)
        return CLI_NO_SUCCESS;
    if (o->threshold_broken)
        return CLI_THRESHOLD;
    if (o->regressed)
        return CLI_REGRESSION;
    return o->inconclusive ? CLI_NO_CONCLUSION : CLI_OK;
}
