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
#include "base/limits.h"
#include "cli/baseline.h"
#include "cli/cli.h"
#include "cli/dryrun.h"
#include "cli/embedded.h"
#include "cli/guard.h"
#include "cli/help.h"
#include "cli/outcome.h"
#include "cli/reportfile.h"
#include "cli/schedule.h"
#include "cli/settings.h"
#include "cli/terminal.h"
#include "cli/topics.h"
#include "compare/compare.h"
#include "compare/threshold.h"
#include "http/save.h"
#include "render/renderer.h"
#include "report/redact.h"
#include "report/report.h"
#include "run/interrupt.h"
#include "run/launcher.h"
#include "run/runner.h"
#include "samples/samples.h"

#define LINE_LIMIT 4096 /* bytes of what is said at once */
#define UPDATE_REST 20  /* writing the report after runs takes at most one part in so many of the time */

struct bench {
    struct settings settings;
    struct embedded embedded;
    struct recording recording;
    struct launcher launcher;
    struct terminal terminal;
    struct schedule schedule;
    struct report *report;
    struct reportfile file, samples_file;
    struct samples *samples; /* NULL without --samples */
    struct err samples_failed;
    struct err unwritten;   /* why the report could not be written last */
    struct err told;        /* what of that was said already */
    int64_t next_update_ns; /* not before: rewriting a long series takes ever longer */
    struct outcome outcome;
};

/* Standard output belongs to the report when -o is "-", and to the samples likewise; people then read
 * standard error. */
static FILE *people(const struct bench *b) {
    return strcmp(b->file.path, "-") == 0 || strcmp(b->samples_file.path, "-") == 0 ? stderr : stdout;
}

/* Whether the words asked for information only, which is then in out; -1 with err filled where there is none.
 */
static int give_information(const struct settings *s, struct buf *out, struct err *err) {
    if (s->help && topics_write(out, s->help, err))
        return -1;
    if (!s->help && s->version)
        help_write_version(out);
    else if (!s->help && s->list)
        help_write_list(out);
    return s->help || s->version || s->list;
}

static void on_tick(void *state, const struct run_feed *feed) {
    struct bench *b = state;
    terminal_draw(&b->terminal, feed);
}

static void write_report(struct bench *b) {
    compare_fill(b->report);
    b->unwritten = (struct err){0};
    report_write_file(b->report, b->file.path, &b->unwritten);
}

/* What was found so far, for whoever looks meanwhile: the file and the progress line. */
static void update(struct bench *b) {
    int64_t begun_ns = clock_now_ns();
    if (begun_ns < b->next_update_ns)
        return;
    if (b->file.is_file)
        write_report(b);
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
    outcome_add_run(&b->outcome, result, b->settings.plan.max_errors);
    if (b->samples && !result->entry->ceiling)
        samples_end_run(b->samples, result);
    if (report_add_run(b->report, result, err))
        return -1;
    update(b);
    return 0;
}

/* Says a line of its own, above the progress. */
static void say(struct bench *b, const struct buf *line) {
    if (b->settings.quiet || !line->length)
        return;
    terminal_erase(&b->terminal);
    terminal_say("%.*s", (int)line->length - 1, buf_text(line)); /* which ends in a line feed */
}

static void begin_rounds(struct bench *b) {
    struct buf line;
    buf_init(&line, LINE_LIMIT);
    schedule_begin(&b->schedule, &b->settings.plan, &line);
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
    return rounds;
}

static int64_t most_in_flight(const struct plan *plan) {
    int64_t most = 1;
    for (size_t i = 0; i < plan->entry_count; i++)
        most = plan->entries[i].concurrency > most ? plan->entries[i].concurrency : most;
    return most;
}

static int measure(struct bench *b, struct err *err) {
    const struct plan *plan = &b->settings.plan;
    if (interrupt_install(err))
        return -1;
    if (recording_open(&b->recording, plan->requests, (size_t)most_in_flight(plan), runner_lanes(plan),
                       b->samples != NULL, err))
        return -1;
    if (launcher_open(&b->launcher, plan, &b->recording, err)) {
        recording_close(&b->recording);
        return -1;
    }
    struct run_listener listener = {.tick = b->terminal.draws ? on_tick : NULL,
                                    .samples = b->samples ? on_samples : NULL,
                                    .samples_at_once = b->samples && samples_are_streamed(b->samples),
                                    .finished = on_finished,
                                    .rounds = on_round,
                                    .state = b};
    int failed = b->samples ? samples_start(b->samples, err) : 0;
    begin_rounds(b);
    if (!failed)
        failed = runner_execute(plan, &b->launcher, &b->recording, &listener, err);
    launcher_close(&b->launcher);
    recording_close(&b->recording);
    interrupt_poll(NULL, 0, 0); /* one that came just now still counts */
    interrupt_release(SIG_DFL); /* from here on, output that blocks can be ended */
    return failed;
}

/* Whether people are shown sentences, and not only data. */
static bool shows_page(const struct bench *b) {
    const char *format = b->settings.format;
    return !b->settings.quiet && (strcmp(format, "text") == 0 || strcmp(format, "markdown") == 0);
}

/* Whether standard error shows the page too: it is where the page goes, or both are one terminal or file. */
static bool errors_show_page(const struct bench *b) {
    struct stat page, errors;
    if (!shows_page(b) || people(b) == stderr)
        return shows_page(b);
    return fstat(STDOUT_FILENO, &page) == 0 && fstat(STDERR_FILENO, &errors) == 0 &&
           page.st_dev == errors.st_dev && page.st_ino == errors.st_ino;
}

static void show(struct bench *b) {
    FILE *out = people(b);
    struct render_style style = {
        .width = 80, .colour = terminal_may_colour(fileno(out)), .utf8 = terminal_is_utf8()};
    struct buf text;
    buf_init(&text, REPORT_TEXT_LIMIT);
    if (renderer_find(b->settings.format)->render(b->report, &style, &text) || text.failed)
        terminal_say("the report is too large to be shown");
    bool lost = fputs(buf_text(&text), out) < 0 || fflush(out) != 0;
    if (lost && b->unwritten.kind == ERR_NONE)
        err_set(&b->unwritten, ERR_OUTPUT, "%s could not be written: %s",
                out == stdout ? "standard output" : "standard error", strerror(errno));
    buf_fini(&text);
}

static bool tell_unwritten(struct bench *b) {
    if (b->unwritten.kind == ERR_NONE)
        return false;
    if (strcmp(b->told.text, b->unwritten.text) != 0)
        terminal_say("%s", b->unwritten.text);
    b->told = b->unwritten;
    return true;
}

static void tell_saved(struct bench *b) {
    const char *folder = b->settings.plan.save;
    bool is_told = folder && !b->settings.quiet && strcmp(b->settings.format, "text") == 0;
    int64_t count = is_told ? save_count(folder) : -1;
    if (count >= 0)
        fprintf(people(b), "%" PRId64 " bod%s in %s\n", count, count == 1 ? "y is" : "ies are", folder);
}

static void tell_where(struct bench *b) {
    tell_saved(b);
    if (b->samples_failed.kind != ERR_NONE)
        terminal_say("%s", b->samples_failed.text);
    if (tell_unwritten(b))
        return;
    if (strcmp(b->file.path, "-") != 0 && strcmp(b->settings.format, "text") == 0 && !b->settings.quiet)
        fprintf(people(b), "report: %s\n", b->file.path);
}

static enum cli_outcome conclude(struct bench *b, bool failed) {
    struct outcome *o = &b->outcome;
    o->signal = interrupt_count() ? interrupt_signal() : 0;
    o->failed = failed;
    o->broken = o->broken || b->unwritten.kind != ERR_NONE || b->samples_failed.kind != ERR_NONE;
    return outcome_first(o);
}

static int open_samples(struct bench *b, struct err *err) {
    const struct plan *plan = &b->settings.plan;
    if (!plan->samples)
        return 0;
    struct samples_target target = {.path = b->samples_file.path,
                                    .is_file = b->samples_file.is_file,
                                    .issued = strcmp(plan->samples_order, "issued") == 0};
    b->samples = samples_open(&target, err);
    return b->samples ? 0 : -1;
}

static enum cli_outcome run_plan(struct bench *b, int argc, char **argv, struct err *err) {
    struct settings *s = &b->settings;
    b->report = report_open();
    report_begin(b->report, &s->plan, settings_options, argc, argv);
    enum cli_outcome refused = baseline_check(s, b->report, err);
    if (refused == CLI_OK && open_samples(b, err))
        refused = CLI_FAILED;
    if (refused != CLI_OK) {
        report_close(b->report);
        return refused;
    }
    b->file = reportfile_choose(s);
    if (b->file.is_file)
        write_report(b);
    tell_unwritten(b); /* while there is time to do something about it */
    terminal_init(&b->terminal, s->quiet);
    if (s->plan.embedded && !s->quiet)
        terminal_say("no URL given, so it serves %s itself", plan_embedded_path(&s->plan));
    int failed = measure(b, err);
    terminal_fini(&b->terminal);
    samples_close(b->samples, &b->samples_failed);
    report_finish(b->report, !failed && !interrupt_count());
    baseline_compare(&b->outcome, s, b->report);
    threshold_fill(b->report, s->fail_on.items, s->fail_on.count);
    write_report(b);
    if (!s->quiet)
        show(b);
    bool said = errors_show_page(b);
    baseline_judge(&b->outcome, s, b->report, said);
    if (s->quiet && (b->outcome.broken || b->outcome.too_many_failed))
        guard_tell_troubles(b->report);
    guard_judge(&b->outcome, s, b->report, said);
    tell_where(b);
    report_close(b->report);
    return conclude(b, failed != 0);
}

/* What was measured once is not to be lost to a slip. */
static int check_baseline_stays(const struct bench *b, const char *option, const struct reportfile *fresh,
                                struct err *err) {
    struct reportfile old = reportfile_named(b->settings.baseline);
    if (!reportfile_is_same(&old, fresh))
        return 0;
    return err_set(err, ERR_USAGE, "%s would replace the baseline %s: give %s another file",
                   strcmp(option, "-o") == 0 ? "the report" : "the samples", b->settings.baseline, option);
}

/* One file cannot hold both. */
static int check_outputs(struct bench *b, struct err *err) {
    const struct settings *s = &b->settings;
    struct reportfile report = reportfile_named(s->output ? s->output : "");
    if (s->plan.samples)
        b->samples_file = reportfile_named(s->plan.samples);
    if (s->baseline && s->output && check_baseline_stays(b, "-o", &report, err))
        return -1;
    if (s->baseline && s->plan.samples && check_baseline_stays(b, "--samples", &b->samples_file, err))
        return -1;
    if (!s->plan.samples || !s->output || !reportfile_is_same(&report, &b->samples_file))
        return 0;
    bool standard = strcmp(report.path, "-") == 0;
    return err_set(err, ERR_USAGE, "the report and the samples cannot both go to %s: give -o another file",
                   standard ? "standard output" : report.path);
}

static int choose_target(struct bench *b, struct err *err) {
    struct plan *plan = &b->settings.plan;
    plan->embedded = !plan->url && !plan->urls_file;
    if (!plan->embedded && !plan->ceiling)
        return 0;
    if (b->settings.dry_run)
        snprintf(b->embedded.address, sizeof b->embedded.address, "127.0.0.1:80");
    else if (embedded_start(&b->embedded, err))
        return -1;
    plan->endpoint = b->embedded.address;
    if (!plan->embedded)
        return 0;
    plan->served = b->embedded.served;
    plan->url = arena_printf(&plan->arena, "http://%s/delay/20ms?key={i}", b->embedded.address);
    return 0;
}

/* What would be refused before anything runs is refused without a run as well. */
static enum cli_outcome show_plan(struct bench *b, int argc, char **argv, struct buf *out, struct err *err) {
    const struct settings *s = &b->settings;
    enum cli_outcome refused = CLI_OK;
    if (s->baseline) {
        struct report *planned = report_open();
        report_begin(planned, &s->plan, settings_options, argc, argv);
        refused = baseline_check(s, planned, err);
        report_close(planned);
    }
    if (refused != CLI_OK)
        return refused;
    dryrun_write(out, s);
    return cli_print(out, err);
}

static enum cli_outcome prepare_and_run(struct bench *b, int argc, char **argv, struct err *err) {
    struct settings *s = &b->settings;
    struct buf out;
    buf_init(&out, 1 << 20);
    int informed = give_information(s, &out, err);
    if (informed < 0) {
        buf_fini(&out);
        return CLI_FAILED;
    }
    if (informed)
        return cli_print(&out, err);
    s->plan.descriptors_before = limits_raise_descriptors();
    if (check_outputs(b, err) || choose_target(b, err) || settings_finish(s, err))
        return CLI_FAILED;
    if (s->left_out && !s->quiet)
        terminal_say("mode all leaves out %s", s->left_out);
    if (s->dry_run)
        return show_plan(b, argc, argv, &out, err);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file too large for the limit fails its request, by EFBIG */
    if (s->plan.save && save_make_folder(s->plan.save, err))
        return CLI_FAILED;
    return run_plan(b, argc, argv, err);
}

enum cli_outcome cli_bench(int argc, char **argv, struct err *err) {
    struct bench b = {.recording.stop_fd = -1};
    struct arena words = {0};
    interrupt_begin();
    char **copy = arena_alloc(&words, ((size_t)argc + 1) * sizeof *copy);
    for (int i = 0; i < argc; i++)
        copy[i] = arena_strdup(&words, argv[i]);
    redact_argv_in_place(settings_options, argc, argv);
    enum cli_outcome outcome = CLI_FAILED;
    if (settings_read(&b.settings, argc, copy, err) == 0)
        outcome = prepare_and_run(&b, argc, copy, err);
    if (err->kind != ERR_NONE)
        err_set(err, err->kind, "%s", redact_text(&words, err->text));
    embedded_stop(&b.embedded);
    settings_fini(&b.settings);
    arena_fini(&words);
    return outcome;
}
