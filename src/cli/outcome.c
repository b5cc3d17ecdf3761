/* The order in which exit statuses win over one another stands here and nowhere else. */
#include "cli/outcome.h"

#include <signal.h>

void outcome_add_run(struct outcome *o, const struct run_result *result, double max_errors) {
    if (result->reason == RUN_CRASHED || result->reason == RUN_KILLED)
        o->broken = true;
    if (result->entry->ceiling)
        return; /* it is about the client, not about what was asked for */
    int64_t ended = result->completed + result->failed;
    double share = ended ? (double)result->failed / (double)ended : 0;
    if (!result->completed || share > max_errors)
        o->too_many_failed = true;
}

enum cli_outcome outcome_first(const struct outcome *o) {
    if (o->signal)
        return o->signal == SIGINT ? CLI_INTERRUPTED : CLI_TERMINATED;
    if (o->failed)
        return CLI_FAILED;
    if (o->broken)
        return CLI_RUN_BROKEN;
    if (o->too_many_failed)
        return CLI_NO_SUCCESS;
    if (o->threshold_broken)
        return CLI_THRESHOLD;
    if (o->regressed)
        return CLI_REGRESSION;
    return o->inconclusive ? CLI_NO_CONCLUSION : CLI_OK;
}
