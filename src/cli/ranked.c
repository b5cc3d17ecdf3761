/* The process that an MPI launcher started, beside its worker: on rank 0 it makes one report of all ranks'.
 */
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/baseline.h"
#include "cli/cli.h"
#include "cli/deliver.h"
#include "cli/invocation.h"
#include "cli/rank.h"
#include "cli/rankfiles.h"
#include "cli/rankline.h"
#include "cli/rankplan.h"
#include "cli/terminal.h"
#include "compare/merging.h"
#include "ranks/conductor.h"
#include "ranks/launch.h"
#include "run/interrupt.h"

/* Why the whole is refused: what the first of the ranks that do so says. */
struct refusal {
    int64_t ranks, alike; /* that refuse, and for that reason */
    int64_t rank, status; /* of the first */
    char host[256], why[1024];
};

struct ranked {
    struct transport transport;
    struct conductor conductor;
    /* on rank 0 */
    struct invocation invocation;
    struct delivery delivery;
    struct terminal terminal;
    struct rankline line;
    char name[PATH_MAX + 1]; /* what the ranks' reports are named after */
    char modes[RANK_MODES];
    struct merging *merging;
    int64_t reported, lost;
    char why[512]; /* the last of the ranks' reasons to have no report */
    bool same_why; /* and all have that one */
    struct refusal refusal;
};

static bool is_quiet(const struct ranked *r) {
    return r->invocation.settings.quiet;
}

static void tell(struct ranked *r, int64_t rank, const char *host, const char *what, const char *why) {
    terminal_erase(&r->terminal);
    terminal_say("rank %" PRId64 "%s%s%s %s: %s", rank, *host ? " (" : "", host, *host ? ")" : "", what, why);
}

static void on_refused(void *state, int64_t rank, const char *host, const char *why, int64_t status) {
    struct refusal *f = &((struct ranked *)state)->refusal;
    if (f->ranks++ == 0) {
        f->rank = rank;
        f->status = status;
        snprintf(f->host, sizeof f->host, "%s", host);
        snprintf(f->why, sizeof f->why, "%s", why);
    }
    f->alike += strcmp(f->why, why) == 0;
}

/* What all refuse alike would be said by a single process too. */
static void fill_refusal(const struct refusal *f, int64_t size, struct err *err) {
    enum err_kind kind = f->status == 2 ? ERR_USAGE : ERR_INTERNAL;
    char others[64] = "";
    if (f->alike == size) {
        err_set(err, kind, "%s", f->why);
        return;
    }
    if (f->ranks > 1)
        snprintf(others, sizeof others, "%" PRId64 " other%s refuse%s too, and ", f->ranks - 1,
                 f->ranks > 2 ? "s" : "", f->ranks > 2 ? "" : "s");
    err_set(err, kind, "rank %" PRId64 " (%s): %s; %snothing was sent", f->rank, f->host, f->why, others);
}

static void on_said(void *state, const char *sentence) {
    struct ranked *r = state;
    if (is_quiet(r))
        return;
    terminal_erase(&r->terminal);
    terminal_say("%s", sentence);
}

static void on_progress(void *state, const struct ranks_progress *p) {
    struct ranked *r = state;
    const struct plan *plan = &r->invocation.settings.plan;
    if (p->entry < 0 || p->entry >= (int64_t)plan->entry_count)
        return;
    const struct plan_entry *entry = &plan->entries[p->entry];
    struct run_feed feed = {.entry = entry,
                            .point = plan_point_of(plan, entry),
                            .baseline_repeat = p->baseline_repeat != 0,
                            .round = p->round,
                            .rounds = p->rounds,
                            .place = p->place,
                            .places = p->places,
                            .done = p->done,
                            .failed = p->failed,
                            .total = p->total,
                            .length_ns = p->length_ns,
                            .elapsed_ns = p->elapsed_ns,
                            .rate_per_s = p->rate_per_s,
                            .p50_ns = -1,
                            .p99_ns = -1,
                            .stopping = p->stopping != 0};
    if (r->terminal.draws)
        terminal_draw(&r->terminal, &feed);
    else if (!is_quiet(r))
        rankline_say(&r->line, p, entry->label, r->transport.size - r->lost);
}

static void on_lost(void *state, int64_t rank, const char *host, const char *why) {
    struct ranked *r = state;
    r->same_why = r->lost == 0 || (r->same_why && strcmp(r->why, why) == 0);
    snprintf(r->why, sizeof r->why, "%s", why);
    r->lost++;
    merging_lost(r->merging, rank, *host ? host : NULL, why);
    tell(r, rank, host, "is lost", why);
}

static void on_reported(void *state, int64_t rank, const char *host, const char *name, const char *trouble,
                        const char *report, size_t length) {
    struct ranked *r = state;
    struct err err = {0};
    struct report *part = report_read_text(report, length, name, &err);
    if (!part || merging_add(r->merging, name, part, &err)) {
        on_lost(r, rank, host, err.text);
        return;
    }
    r->reported++;
    if (!*trouble)
        return;
    r->delivery.outcome.rank_lost = true;
    merging_lost(r->merging, rank, *host ? host : NULL, trouble);
    tell(r, rank, host, "did not come to its end", trouble);
}

static void note_baseline(struct delivery *d) {
    struct err why = {0};
    if (baseline_check(d->settings, d->report, &why) == CLI_OK)
        return;
    terminal_say("%s", why.text);
    d->outcome.inconclusive = true;
}

static void name_reports(struct ranked *r) {
    struct settings *s = &r->invocation.settings;
    r->delivery.settings = s;
    r->delivery.plain =
        true; /* a launcher may give a rank a terminal of its own and write to a file itself */
    r->delivery.file = reportfile_choose(s);
    rankfiles_name(r->name, s, &r->delivery.file);
}

/* A name of our own is claimed by an empty file. */
static void forget_claim(const struct ranked *r) {
    if (r->delivery.file.is_file && !r->invocation.settings.output)
        unlink(r->delivery.file.path);
}

static enum cli_outcome conclude_without(const struct ranked *r, struct err *err) {
    if (r->conductor.signal)
        return r->conductor.signal == SIGINT ? CLI_INTERRUPTED : CLI_TERMINATED;
    if (r->refusal.ranks)
        fill_refusal(&r->refusal, r->transport.size, err);
    else
        err_set(err, ERR_INTERNAL, r->same_why ? "%s" : "no rank could do its share; the last said: %s",
                r->why);
    return CLI_FAILED;
}

static enum cli_outcome conclude(struct ranked *r, struct err *err) {
    struct delivery *d = &r->delivery;
    d->signal = (int)r->conductor.signal;
    if (!d->signal) /* else another may come, which is the same */
        interrupt_release(SIG_DFL);
    if (!r->reported)
        return conclude_without(r, err);
    d->report = merging_finish(r->merging, err);
    if (!d->report)
        return CLI_FAILED;
    d->outcome.rank_lost = d->outcome.rank_lost || r->lost > 0;
    r->conductor.gathered = !r->lost;
    note_baseline(d);
    outcome_add_report(&d->outcome, d->report, d->settings->plan.max_errors);
    enum cli_outcome outcome = delivery_conclude(d, false);
    if (*r->name || !r->conductor.gathered)
        rankfiles_tell(d->report, d->settings, &d->file);
    report_close(d->report);
    if (outcome == CLI_RANK_LOST)
        terminal_say("a rank's share is missing, so the exit status is 7, whatever the launcher makes of it");
    if (r->lost && *r->name)
        rankfiles_tell_merge(r->name);
    return outcome;
}

/* A launcher that sees another rank end with a status may end this one before it has. */
static void say_all(struct err *err) {
    fflush(stdout); /* what fails is seen when it is closed */
    if (*err->text)
        terminal_say("%s", err->text);
    *err->text = '\0';
}

/* By then the worker has told its report, and writes no more. */
static void close_conductor(struct conductor *c, int64_t status) {
    if (c->temporary && c->gathered)
        rankfiles_remove_folder(c->report);
    conductor_close(c, status);
}

static enum cli_outcome lead(struct ranked *r, int argc, char **argv, struct err *err) {
    enum cli_outcome outcome = CLI_FAILED;
    struct conductor *c = &r->conductor;
    c->owner = (struct hub_owner){.state = r,
                                  .progress = on_progress,
                                  .said = on_said,
                                  .reported = on_reported,
                                  .lost = on_lost,
                                  .refused = on_refused};
    bool runs = rankplan_prepare(&r->invocation, r->transport.size, argc, argv, &outcome, err) == 0;
    if (runs) {
        name_reports(r);
        rank_modes(r->modes, &r->invocation.settings.plan);
        c->orders = (struct hub_orders){.seed = (int64_t)r->invocation.settings.plan.seed,
                                        .digest = c->digest,
                                        .name = r->name,
                                        .modes = r->modes};
        if (getrandom(&c->orders.load, sizeof c->orders.load, 0) < 0)
            c->orders.load = (uint64_t)clock_now_ns();
        r->merging = merging_open();
        terminal_init(&r->terminal, is_quiet(r));
        if (r->invocation.settings.plan.embedded && !is_quiet(r))
            terminal_say("no URL given, so each rank serves %s itself",
                         plan_embedded_path(&r->invocation.settings.plan));
    }
    conductor_open(c);
    if (runs && interrupt_install(err) == 0) {
        conductor_run(c);
        terminal_fini(&r->terminal);
        outcome = conclude(r, err);
    }
    merging_close(r->merging);
    if (!r->reported)
        forget_claim(r);
    outcome = invocation_close(&r->invocation, outcome, err);
    say_all(err);
    close_conductor(c, (int64_t)outcome << 8 | (int64_t)err->kind);
    return outcome;
}

static enum cli_outcome follow(struct ranked *r, struct err *err) {
    struct conductor *c = &r->conductor;
    enum cli_outcome outcome = CLI_RANK_LOST;
    conductor_open(c);
    if (interrupt_install(err))
        return CLI_FAILED;
    conductor_run(c);
    if (c->status >= 0) {
        outcome = (enum cli_outcome)(c->status >> 8);
        err->kind = (enum err_kind)(c->status & 0xff);
    } else if (!c->signal) {
        terminal_say("rank %" PRId64
                     " (%s) hears nothing of rank 0 any more, and has stopped; its report is %s",
                     r->transport.rank, c->host, *c->report ? c->report : "not begun");
    }
    close_conductor(c, 0);
    return outcome;
}

static enum cli_outcome take_part(int argc, char **argv, struct err *err) {
    struct ranked r = {.conductor.worker_fd = -1};
    struct conductor *c = &r.conductor;
    c->digest = conductor_digest(argc, argv);
    c->transport = &r.transport;
    c->worker = rank_fork(argc, argv, &c->worker_fd, err);
    if (c->worker < 0)
        return CLI_FAILED;
    signal(SIGPIPE,
           SIG_IGN); /* a launcher that is gone shows nothing, and the report is still to be written */
    if (launch_open(&r.transport, err)) {
        close(c->worker_fd);
        waitpid(c->worker, NULL, 0);
        return CLI_FAILED;
    }
    return r.transport.rank == 0 ? lead(&r, argc, argv, err) : follow(&r, err);
}

enum cli_outcome cli_ranked(int argc, char **argv, struct err *err) {
    struct arena words = {0};
    interrupt_begin();
    /* whatever waits for the other ranks has no secrets in the process list meanwhile */
    enum cli_outcome outcome = take_part(argc, invocation_keep_words(&words, argc, argv), err);
    arena_fini(&words);
    return outcome;
}
