/* Checks and notes: of the words, and of the plan that they make. */
#include "cli/rankplan.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/processors.h"
#include "cli/terminal.h"
#include "ranks/launch.h"
#include "report/report.h"

static int refuse_words(const struct settings *s, struct err *err) {
    const char *wrong = NULL;
    if (s->share)
        wrong = "--share is for processes that are started one by one: under MPI each rank has its share";
    else if (s->data_file && strcmp(s->data_file, "-") == 0)
        wrong = "--data-file - reads standard input, which a launcher gives to one rank alone: name a file";
    else if (s->plan.urls_file && strcmp(s->plan.urls_file, "-") == 0)
        wrong = "--urls - reads standard input, which a launcher gives to one rank alone: name a file";
    else if (s->plan.samples && strcmp(s->plan.samples, "-") == 0)
        wrong = "--samples - is of one process: under MPI each rank writes a file of its own, so name one";
    return wrong ? err_set(err, ERR_USAGE, "%s", wrong) : 0;
}

/* What it will be compared with is looked at before anything runs; whether it can be, once the whole is
 * there. */
static int check_baseline(const struct settings *s, struct err *err) {
    struct report *old = s->baseline ? report_read(s->baseline, err) : NULL;
    report_close(old);
    return s->baseline && !old ? -1 : 0;
}

/* Shares that can be carried out are shown as the whole that they are of. */
static enum cli_outcome show_whole(int argc, char **argv, int64_t ranks, struct err *err) {
    struct invocation whole = {0};
    enum cli_outcome outcome = CLI_FAILED;
    if (invocation_read(&whole, argc, argv, err) == 0 && invocation_settle(&whole, true, err) == 0) {
        whole.settings.ranks = ranks;
        outcome = invocation_show_plan(&whole, err);
    }
    return invocation_close(&whole, outcome, err);
}

static int64_t most_threads(const struct plan *plan) {
    int64_t most = 1;
    for (size_t i = 0; i < plan->entry_count; i++)
        most = plan->entries[i].threads > most ? plan->entries[i].threads : most;
    return most;
}

/* Open MPI's mpirun does so unasked, with few ranks. */
static void note_binding(const struct settings *s) {
    int64_t allowed = (int64_t)processors_allowed(), online = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t threads = most_threads(&s->plan);
    if (s->quiet || !launch_is_bound() || allowed >= online || threads <= allowed)
        return;
    terminal_say("mpirun keeps each rank to %" PRId64 " of %" PRId64
                 " processors, where this load has %" PRId64
                 " threads or processes: mpirun --bind-to none lifts that",
                 allowed, online, threads);
}

int rankplan_prepare(struct invocation *v, int64_t ranks, int argc, char **argv, enum cli_outcome *outcome,
                     struct err *err) {
    struct settings *s = &v->settings;
    *outcome = CLI_FAILED;
    if (invocation_read(v, argc, argv, err))
        return 1;
    if (invocation_informs(v, outcome, err))
        return 1;
    if (refuse_words(s, err) || check_baseline(s, err))
        return 1;
    s->plan.share = (struct share){.index = 0, .count = ranks};
    if (invocation_settle(v, true, err))
        return 1;
    if (s->left_out && !s->quiet)
        terminal_say("mode all leaves out %s", s->left_out);
    note_binding(s);
    if (!s->dry_run)
        return 0;
    *outcome = show_whole(argc, argv, ranks, err);
    return 1;
}
