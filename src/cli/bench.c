/* fetchbench [options] URL: the main job, from the words typed to the exit status. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/baseline.h"
#include "cli/bench.h"
#include "cli/cli.h"
#include "cli/deliver.h"
#include "cli/rank.h"
#include "cli/reportfile.h"
#include "cli/schedule.h"
#include "cli/terminal.h"
#include "compare/compare.h"
#include "http/save.h"
#include "ranks/launch.h"
#include "report/report.h"
#include "run/interrupt.h"
#include "run/launcher.h"
#include "run/runner.h"
#include "samples/samples.h"

#define LINE_LIMIT 4096 /* bytes of what is said at once */
#define UPDATE_REST 20  /* writing the report after runs takes at most one part in so many of the time */

struct bench {
    struct invocation *invocation;
    struct rank *rank; /* NULL: a load of its own */
    struct recording recording;
    struct launcher launcher;
    struct terminal terminal;
    struct schedule schedule;
    struct report *report;
    struct samples *samples; /* NULL without --samples */
    int64_t next_update_ns;  /* not before: rewriting a long series takes ever longer */
    struct delivery delivery;
    struct run_listener *listener; /* while runs are on */
};

static void on_tick(void *state, const struct run_feed *feed) {
    struct bench *b = state;
    if (b->rank)
        rank_tick(b->rank, feed);
    else
        terminal_draw(&b->terminal, feed);
}

/* What was found so far, for whoever looks meanwhile: the file and the progress line. */
static void update(struct bench *b) {
    int64_t begun_ns = clock_now_ns();
    if (begun_ns < b->next_update_ns)
        return;
    if (b->delivery.file.is_file)
        delivery_write(&b->delivery);
    else if (b->terminal.draws)
        compare_fill(b->report);
    terminal_note(&b->terminal, b->report);
    int64_t done_ns = clock_now_ns();
    b->next_update_ns = done_ns + UPDATE_REST * (done_ns - begun_ns);
}

static void on_samples(void *state, const struct run_samples *batch) {
    struct bench *b = state;
    if (!batch->entry->ceiling)
        samples_put(b->samples, batch);
}

static int on_finished(void *state, const struct run_result *result, struct err *err) {
    struct bench *b = state;
    outcome_add_run(&b->delivery.outcome, result, b->invocation->settings.plan.max_errors);
    if (b->samples && !result->entry->ceiling)
        samples_end_run(b->samples, result);
    if (report_add_run(b->report, result, err))
        return -1;
    if (b->rank)
        rank_finished(b->rank, result);
    update(b);
    return 0;
}

/* Says a line of its own, above the progress. */
static void say(struct bench *b, struct buf *line) {
    if (!line->length)
        return;
    char *sentence = line->text;
    sentence[line->length - 1] = '\0'; /* its line feed */
    if (b->rank)
        rank_say(b->rank, sentence);
    if (b->invocation->settings.quiet)
        return;
    terminal_erase(&b->terminal);
    terminal_say("%s", sentence);
}

static void begin_rounds(struct bench *b) {
    struct buf line;
    buf_init(&line, LINE_LIMIT);
    schedule_begin(&b->schedule, &b->invocation->settings.plan, &line);
    say(b, &line);
    buf_fini(&line);
}

static int64_t on_round(void *state, int64_t round) {
    struct bench *b = state;
    struct buf line;
    buf_init(&line, LINE_LIMIT);
    int64_t rounds = schedule_go_on(&b->schedule, round, b->report, &line);
    say(b, &line);
    buf_fini(&line);
    return b->rank ? rank_round(b->rank, round, rounds) : rounds;
}

static void on_ready(void *state, const struct run_feed *feed) {
    struct bench *b = state;
    (void)feed;
    rank_ready(b->rank);
}

static void on_heard(void *state) {
    struct bench *b = state;
    if (rank_hear(b->rank))
        b->listener->control_fd = -1;
}

static int64_t most_in_flight(const struct plan *plan) {
    int64_t most = 1;
    for (size_t i = 0; i < plan->entry_count; i++)
        most = plan->entries[i].concurrency > most ? plan->entries[i].concurrency : most;
    return most;
}

/* All that can hinder a share is known by then, and nothing was sent. */
static int await_ranks(struct bench *b, struct err *err) {
    if (!b->rank)
        return 0;
    if (!rank_settle(b->rank))
        return err_set(err, ERR_INTERNAL, "it was ended before it began");
    rank_name(b->rank, b->delivery.file.path);
    return 0;
}

static int measure(struct bench *b, struct err *err) {
    const struct plan *plan = &b->invocation->settings.plan;
    if (interrupt_install(err))
        return -1;
    if (recording_open(&b->recording, plan->requests, (size_t)most_in_flight(plan), runner_lanes(plan),
                       b->samples != NULL, err))
        return -1;
    if (launcher_open(&b->launcher, plan, &b->recording, err)) {
        recording_close(&b->recording);
        return -1;
    }
    struct run_listener listener = {.tick = b->terminal.draws || b->rank ? on_tick : NULL,
                                    .samples = b->samples ? on_samples : NULL,
                                    .samples_at_once = b->samples && samples_are_streamed(b->samples),
                                    .finished = on_finished,
                                    .rounds = on_round,
                                    .starts_by_word = b->rank != NULL,
                                    .ready = b->rank ? on_ready : NULL,
                                    .heard = b->rank ? on_heard : NULL,
                                    .control_fd = b->rank ? b->rank->fd : -1,
                                    .state = b};
    b->listener = &listener;
    int failed = b->samples ? samples_start(b->samples, err) : 0;
    if (!failed)
        failed = await_ranks(b, err);
    if (!failed) {
        begin_rounds(b);
        failed = runner_execute(plan, &b->launcher, &b->recording, &listener, err);
    }
    if (b->rank && b->rank->begun)
        rank_ran(b->rank);
    launcher_close(&b->launcher);
    recording_close(&b->recording);
    interrupt_poll(NULL, 0, 0); /* one that came just now still counts */
    interrupt_release(SIG_DFL); /* from here on, output that blocks can be ended */
    return failed;
}

static int open_samples(struct bench *b, struct err *err) {
    const struct plan *plan = &b->invocation->settings.plan;
    if (!plan->samples)
        return 0;
    struct samples_target target = {.path = b->invocation->samples_file.path,
                                    .is_file = b->invocation->samples_file.is_file,
                                    .issued = strcmp(plan->samples_order, "issued") == 0};
    b->samples = samples_open(&target, err);
    return b->samples ? 0 : -1;
}

/* What an ordinary process would print, a rank has rank 0 tell. */
static int raise_trouble(const struct delivery *d, struct err *err) {
    const struct err *trouble = d->unwritten.kind != ERR_NONE ? &d->unwritten : &d->samples_failed;
    if (trouble->kind == ERR_NONE)
        return 0;
    *err = *trouble;
    return -1;
}

/* A rank without a report would send its share in vain. */
static int begin_report(struct bench *b, struct err *err) {
    b->delivery.file = reportfile_choose(&b->invocation->settings);
    if (b->delivery.file.is_file || b->rank)
        delivery_write(&b->delivery);
    if (!b->rank) {
        delivery_tell_unwritten(&b->delivery); /* while there is time to do something about it */
        return 0;
    }
    return raise_trouble(&b->delivery, err);
}

static void forget(const struct reportfile *file) {
    if (file->is_file)
        unlink(file->path);
}

/* Of a load that is refused nothing is left. */
static int conclude_rank(struct bench *b, int failed, struct err *err) {
    if (!b->rank->begun) {
        forget(&b->delivery.file);
        forget(&b->invocation->samples_file);
        return -1;
    }
    delivery_write(&b->delivery);
    return failed ? failed : raise_trouble(&b->delivery, err);
}

static enum cli_outcome run_plan(struct bench *b, struct err *err) {
    struct settings *s = &b->invocation->settings;
    b->report = b->delivery.report = report_open();
    report_begin(b->report, &s->plan, settings_options, b->invocation->argc, b->invocation->argv);
    if (b->rank)
        rank_begin(b->rank, &s->plan, b->report, &b->recording);
    enum cli_outcome refused = baseline_check(s, b->report, err);
    if (refused == CLI_OK && open_samples(b, err))
        refused = CLI_FAILED;
    if (refused != CLI_OK) {
        report_close(b->report);
        return refused;
    }
    if (begin_report(b, err)) {
        samples_close(b->samples, &b->delivery.samples_failed);
        report_close(b->report);
        return CLI_FAILED;
    }
    terminal_init(&b->terminal, s->quiet);
    if (s->plan.embedded && !s->quiet)
        terminal_say("no URL given, so it serves %s itself", plan_embedded_path(&s->plan));
    int failed = measure(b, err);
    terminal_fini(&b->terminal);
    samples_close(b->samples, &b->delivery.samples_failed);
    b->delivery.signal = interrupt_count() ? interrupt_signal() : 0;
    report_finish(b->report, !failed && !interrupt_count());
    enum cli_outcome outcome = CLI_OK;
    if (b->rank)
        failed = conclude_rank(b, failed, err);
    else
        outcome = delivery_conclude(&b->delivery, failed != 0);
    report_close(b->report);
    return failed ? CLI_FAILED : outcome;
}

enum cli_outcome bench_run(struct invocation *v, struct rank *rank, struct err *err) {
    struct settings *s = &v->settings;
    struct bench b = {.invocation = v,
                      .rank = rank,
                      .recording.stop_fd = -1,
                      .delivery.settings = s,
                      .delivery.samples_on_stdout = strcmp(v->samples_file.path, "-") == 0};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file too large for the limit fails its request, by EFBIG */
    if (s->plan.save && save_make_folder(s->plan.save, err))
        return CLI_FAILED;
    return run_plan(&b, err);
}

enum cli_outcome cli_bench(int argc, char **argv, struct err *err) {
    struct invocation v = {0};
    enum cli_outcome outcome = CLI_FAILED;
    interrupt_begin();
    if (invocation_read(&v, argc, argv, err) || invocation_informs(&v, &outcome, err))
        return invocation_close(&v, outcome, err);
    if ((!v.settings.share && launch_check_alone(err)) || invocation_settle(&v, v.settings.dry_run, err))
        return invocation_close(&v, CLI_FAILED, err);
    if (v.settings.left_out && !v.settings.quiet)
        terminal_say("mode all leaves out %s", v.settings.left_out);
    outcome = v.settings.dry_run ? invocation_show_plan(&v, err) : bench_run(&v, NULL, err);
    return invocation_close(&v, outcome, err);
}
