/* An outside program sends the requests. It is started before the clock and told by its environment what to
 * send, gets the word to go, and prints what became of each request, which is read once it has ended. Of the
 * run's cost ours is taken off, and what the program had used before it was ready. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "program/outcomes.h"
#include "program/process.h"
#include "strategy/strategy.h"

#define SERVED_PATIENCE_NS                                                                                   \
    (2 * CLOCK_NS_PER_S) /* for the endpoint to have counted what the program received */
#define SERVED_PAUSE_NS 2000000
#define LINGERING_NS (CLOCK_NS_PER_S / 2)
#define LAST_WORDS 200

struct session {
    struct command command;
    struct handover handover;
    struct process process;
    bool started, ready;
    int64_t late_ns; /* when --run-timeout ends it */
    uint64_t served_before;
};

/* What came of it. */
struct ending {
    enum process_event event;
    struct outcomes outcomes;
    uint64_t served;        /* answers of the embedded endpoint since the program was started */
    int64_t last_served_ns; /* the last of them left then or later; 0: there is none */
};

static int64_t descriptors(const struct plan_entry *entry) {
    (void)entry;
    return 10; /* ours; the program has its own */
}

static int check(const struct plan_entry *entry, struct err *err) {
    const char *text = entry->values[0].text;
    if (!text)
        return err_set(err, ERR_USAGE, "mode exec takes the command that it is to run: exec:COMMAND");
    struct command command;
    int failed = command_split(&command, text, err) || command_find(&command, err);
    command_fini(&command);
    return failed ? err_prefix(err, "mode %s", entry->label) : 0;
}

static uint64_t served_by(const struct plan *plan) {
    return plan->served ? plan->served->count : 0;
}

/* One that does not say that it does the work may never do it, and would look fast. */
static int check_work(const struct plan_entry *entry, const struct process *p, struct err *err) {
    char work[BODYWORK_TEXT];
    bodywork_write(&entry->work, work);
    if (entry->work.kind == BODYWORK_NONE || strcmp(p->work, work) == 0)
        return 0;
    return err_set(err, ERR_INTERNAL,
                   "its program does not say that it does the work of --work: its ready line is to be "
                   "{\"ready\":1,\"work\":\"%s\"}",
                   work);
}

static int start(const struct run_context *context, struct session *s, struct err *err) {
    struct recording *r = context->recording;
    s->late_ns = clock_now_ns() + context->plan->run_timeout_ns;
    s->served_before = served_by(context->plan);
    if (process_start(&s->process, &s->command, &s->handover, err))
        return -1;
    s->started = true;
    r->facts->program = s->process.pid;
    enum process_event heard = process_await_ready(&s->process, r, s->late_ns);
    s->ready = heard == PROCESS_READY;
    if (s->ready)
        recording_look(r);
    bool begins = s->ready || heard == PROCESS_ANSWERS;
    return begins ? check_work(context->entry, &s->process, err) : 0;
}

static void exec_close(void *state) {
    struct session *s = state;
    process_end(&s->process);
    handover_close(&s->handover);
    command_fini(&s->command);
    free(s);
}

static int exec_open(const struct run_context *context, void **state, struct err *err) {
    struct session *s = memory_zalloc(1, sizeof *s);
    if (handover_open(&s->handover, context->plan, context->entry, err)) {
        free(s);
        return -1;
    }
    if (command_split(&s->command, context->entry->values[0].text, err) || command_find(&s->command, err) ||
        start(context, s, err)) {
        exec_close(s);
        return -1;
    }
    *state = s;
    return 0;
}

/* The clock starts with the word to go; or, for a program that did not wait for it, when it was started. */
static int64_t begin_clock(const struct run_context *context, struct session *s) {
    struct recording *r = context->recording;
    if (!s->ready)
        r->facts->go_ns = s->process.started_ns;
    if (!s->ready && r->facts->start_ns)
        recording_note(r, RECORDING_BEGAN_UNASKED);
    int64_t from_ns = s->ready ? clock_now_ns() : s->process.started_ns;
    for (size_t slot = 0; slot < r->slot_count; slot++)
        recording_begin(r, slot, share_number(&context->plan->share, (int64_t)slot), from_ns);
    process_go(&s->process);
    return from_ns;
}

static int64_t part(int64_t used, int64_t whole) {
    return used < whole ? used : whole;
}

/* What of `before` is contained in the whole: a process that was never waited for is not. */
static struct usage contained(struct usage before, struct usage whole) {
    return (struct usage){
        .user_us = part(before.user_us, whole.user_us),
        .system_us = part(before.system_us, whole.system_us),
        .voluntary_switches = part(before.voluntary_switches, whole.voluntary_switches),
        .involuntary_switches = part(before.involuntary_switches, whole.involuntary_switches),
    };
}

static struct usage own_usage(void) {
    struct rusage self = {0};
    getrusage(RUSAGE_SELF, &self);
    return usage_from_rusage(&self);
}

/* Waits until the embedded endpoint has counted as many answers as are claimed, or it is clear that it never
 * will. */
static uint64_t count_served(const struct run_context *context, const struct session *s, int64_t claimed) {
    int64_t until_ns = clock_now_ns() + SERVED_PATIENCE_NS;
    struct timespec pause = {.tv_nsec = SERVED_PAUSE_NS};
    uint64_t served = served_by(context->plan) - s->served_before;
    while (context->plan->served && served < (uint64_t)claimed && clock_now_ns() < until_ns) {
        nanosleep(&pause, NULL);
        served = served_by(context->plan) - s->served_before;
    }
    return served;
}

static const char *plural(int64_t count) {
    return count == 1 ? "" : "s";
}

static void note_garbage(struct recording *r, const struct outcomes *o) {
    bool one = o->garbage == 1;
    recording_note(r, "%" PRId64 " line%s of its output %s no sample%s, %s%s%s: %s", o->garbage,
                   one ? "" : "s", one ? "is" : "are", one ? "" : "s",
                   one && *o->first_fault ? "it" : "the first", *o->first_fault ? " " : "", o->first_fault,
                   o->first_garbage);
}

static void note_lines(struct recording *r, const struct outcomes *o) {
    if (o->garbage)
        note_garbage(r, o);
    if (o->repeated)
        recording_note(r, "%" PRId64 " sample%s of requests that had one already %s left out", o->repeated,
                       plural(o->repeated), o->repeated == 1 ? "was" : "were");
    if (o->strange)
        recording_note(r, "%" PRId64 " sample%s with an index that is no request's %s left out", o->strange,
                       plural(o->strange), o->strange == 1 ? "was" : "were");
    if (o->undated)
        recording_note(r, "it told durations without moments, so its time is up to its program's end");
}

/* Of a program that told of requests: how its figures are to be read beside others'. */
static void note_times(const struct run_context *context, const struct session *s, const struct outcomes *o) {
    struct recording *r = context->recording;
    char limit[UNITS_TEXT];
    if (!s->ready && o->believed)
        recording_note(r, "its start-up is inside the clock: it did not print {\"ready\":1}");
    if (o->overtime)
        recording_note(r, "%" PRId64 " of its requests took longer than --timeout (%s)", o->overtime,
                       units_write_duration(limit, (double)context->plan->timeout_ns / 1e9));
}

/* Work that nobody says when it ended may have gone on until the program's end. */
static void count_untold_work(const struct run_context *context, const struct outcomes *o) {
    struct recording *r = context->recording;
    if (context->entry->work.kind == BODYWORK_NONE || !o->unworked)
        return;
    if (r->facts->last_outcome_ns < o->until_ns)
        r->facts->last_outcome_ns = o->until_ns;
    recording_note(r,
                   "it told of %" PRId64 " request%s without work_s, so its time is up to its program's end",
                   o->unworked, plural(o->unworked));
}

/* Nobody but the embedded endpoint knows that answers came after they were told of; but who takes longer to
 * end than for all the requests may have been waiting for them. */
static void note_lingering(struct recording *r, const struct outcomes *o) {
    char after[UNITS_TEXT];
    int64_t told_ns = r->facts->last_outcome_ns, after_ns = o->until_ns - told_ns;
    if (after_ns > LINGERING_NS && after_ns > told_ns - o->from_ns)
        recording_note(r, "its program went on for %s after the last request that it told of",
                       units_write_duration(after, (double)after_ns / 1e9));
}

/* Of a program that ended well: whether it did what it was asked to. */
static void note_conduct(const struct run_context *context, const struct ending *e) {
    struct recording *r = context->recording;
    int64_t most = e->outcomes.most_in_flight, allowed = context->entry->concurrency;
    int64_t told = e->outcomes.believed;
    if (most > allowed)
        recording_note(r, "it had %" PRId64 " requests in flight at once, where %" PRId64 " were allowed",
                       most, allowed);
    else if (most && 2 * most <= allowed)
        recording_note(r,
                       "it had at most %" PRId64 " request%s in flight at once, of the %" PRId64 " allowed",
                       most, plural(most), allowed);
    if (context->plan->served && e->served > (uint64_t)told)
        recording_note(r, "the endpoint gave %" PRIu64 " answers, and it told of %" PRId64 " requests",
                       e->served, told);
    note_lingering(r, &e->outcomes);
}

/* How its process ended, if that was not well. */
static int judge_process(const struct run_context *context, const struct session *s, const struct ending *e,
                         struct err *err) {
    const struct process *p = &s->process;
    enum process_event event = e->event;
    struct run_facts *f = context->recording->facts;
    char words[LAST_WORDS], limit[UNITS_TEXT];
    int status = p->wait_status;
    process_last_words(p, words, sizeof words);
    const char *colon = *words ? ": " : "";
    if (WIFSIGNALED(status))
        f->ended_by = WTERMSIG(status);
    bool is_heard = s->ready || e->outcomes.ready || e->outcomes.claimed || e->outcomes.believed;
    if (event == PROCESS_LATE)
        return err_set(
            err, ERR_INTERNAL, "its program was still running after --run-timeout (%s)%s and was killed%s%s",
            units_write_duration(limit, (double)context->plan->run_timeout_ns / 1e9),
            is_heard ? "" : ", had never said that it was ready (was that line flushed?)", colon, words);
    if (event == PROCESS_FLOODS)
        return err_set(err, ERR_INTERNAL, "its program printed more than %" PRId64 " MiB and was killed%s%s",
                       p->most_bytes >> 20, colon, words);
    if (WIFSIGNALED(status))
        return err_set(err, ERR_INTERNAL, "its program was ended by signal %d (%s)%s%s", f->ended_by,
                       strsignal(f->ended_by), colon, words);
    if (WEXITSTATUS(status))
        return err_set(err, ERR_INTERNAL, "its program exited with status %d%s%s", WEXITSTATUS(status), colon,
                       words);
    return 0;
}

static int doubt(const struct outcomes *o, struct err *err) {
    static const char *const words[][2] = {
        [OUTCOMES_OUTSIDE] = {"lies outside the run", "lie outside the run"},
        [OUTCOMES_OTHER_CLOCK] = {"lies outside the run, by a clock that is not CLOCK_MONOTONIC",
                                  "lie outside the run, by a clock that is not CLOCK_MONOTONIC"},
        [OUTCOMES_BACKWARDS] = {"ends before it begins", "end before they begin"},
        [OUTCOMES_NEGATIVE] = {"has a negative duration", "have a negative duration"},
        [OUTCOMES_OVERLONG] = {"lasts longer than the run", "last longer than the run"},
    };
    bool one = o->doubted == 1;
    return err_set(err, ERR_INTERNAL,
                   "%" PRId64 " of its samples %s (%s request %" PRId64
                   ", from %.6g s to %.6g s of %.6g s), so %s not believed",
                   o->doubted, words[o->doubt][!one], one ? "of" : "the first, of", o->doubted_index,
                   o->doubted_from_s, o->doubted_to_s, (double)(o->until_ns - o->from_ns) / 1e9,
                   one ? "it is" : "they are");
}

/* Whether it told of answers before the endpoint had given them: as one does that only begins its requests.
 * Where there were more answers than claims the last may have been one that it does not claim. */
static int judge_haste(const struct run_context *context, const struct ending *e, struct err *err) {
    const struct outcomes *o = &e->outcomes;
    int64_t told_ns = context->recording->facts->last_outcome_ns;
    if (e->last_served_ns <= told_ns || e->served != (uint64_t)o->claimed || o->undated)
        return 0;
    char told[UNITS_TEXT], given[UNITS_TEXT];
    return err_set(err, ERR_INTERNAL,
                   "it claims that its last answer had come after %s, and the endpoint gave it after %s",
                   units_write_duration(told, (double)(told_ns - o->from_ns) / 1e9),
                   units_write_duration(given, (double)(e->last_served_ns - o->from_ns) / 1e9));
}

/* Whether what it told can be believed. */
static int judge_telling(const struct run_context *context, const struct ending *e, struct err *err) {
    const struct outcomes *o = &e->outcomes;
    int64_t requests = context->plan->requests;
    if (o->doubted)
        return doubt(o, err);
    if (context->plan->served && e->served < (uint64_t)o->claimed)
        return err_set(err, ERR_INTERNAL,
                       "it claims %" PRId64 " answered requests, and the endpoint gave %" PRIu64 " answers",
                       o->claimed, e->served);
    if (judge_haste(context, e, err))
        return -1;
    if (!o->believed)
        return err_set(err, ERR_INTERNAL, "its program ended without telling of any request");
    if (o->believed < requests)
        return err_set(err, ERR_INTERNAL, "its program told of %" PRId64 " of %" PRId64 " requests",
                       o->believed, requests);
    return 0;
}

static int read_and_judge(const struct run_context *context, struct session *s, struct ending *e,
                          int64_t from_ns, struct err *err) {
    struct process *p = &s->process;
    struct recording *r = context->recording;
    r->keep_going = true; /* its failures are over: nothing can be stopped by them */
    if (outcomes_read(&e->outcomes, p->output, context->plan, from_ns, p->ended_ns, err))
        return -1;
    outcomes_record(&e->outcomes, r);
    e->served = count_served(context, s, e->outcomes.claimed);
    e->last_served_ns = e->served > 0 ? context->plan->served->last_ns : 0;
    note_times(context, s, &e->outcomes);
    note_lines(r, &e->outcomes);
    count_untold_work(context, &e->outcomes);
    if (e->event == PROCESS_STOP)
        return 0;
    if (judge_process(context, s, e, err) || judge_telling(context, e, err))
        return -1;
    note_conduct(context, e);
    return 0;
}

static int exec_run(const struct run_context *context, void *state, struct err *err) {
    struct session *s = state;
    struct recording *r = context->recording;
    struct ending e = {0};
    struct usage own = own_usage(), discounted = r->facts->discount;
    s->late_ns += recording_waited_ns(r, clock_now_ns());
    if (!s->started && start(context, s, err))
        return -1;
    struct usage before = s->ready ? usage_of_tree(s->process.pid) : (struct usage){0};
    int64_t from_ns = begin_clock(context, s);
    e.event = process_await_end(&s->process, r, s->late_ns);
    r->facts->program_ended_ns = s->process.ended_ns;
    r->facts->reading = 1;
    r->facts->program_rss_bytes = (int64_t)s->process.rusage.ru_maxrss * 1024;
    int failed = read_and_judge(context, s, &e, from_ns, err);
    outcomes_fini(&e.outcomes);
    discounted = usage_difference(r->facts->discount, discounted);
    recording_discount(r, contained(before, usage_from_rusage(&s->process.rusage)));
    recording_discount(r, usage_difference(usage_difference(own_usage(), own), discounted));
    process_end(&s->process);
    s->started = false;
    return failed;
}

static const struct option options[] = {
    {.name = PLAN_COMMAND,
     .letters = "",
     .argument = "COMMAND",
     .kind = OPTION_TEXT,
     .help = "the program that sends the requests",
     .details =
         "It is run without a shell: its words are parted and quoted as in one, and nothing is expanded. "
         "A comma in it is written \\,.",
     .unnamed = true},
    {.name = NULL},
};

const struct strategy strategy_exec = {
    .name = PLAN_EXEC,
    .summary = "an outside program in any language, exec:COMMAND",
    .details = "The program is told by its environment what to send, and prints what became of each request. "
               "Its processes' time and memory are what is shown.",
    .capabilities = CAN_RUN_CONCURRENTLY | CAN_TLS | CAN_FAIL_STATUS | CAN_WORK | CAN_SEND_IN_PARTS |
                    HAS_OWN_LANES | RUNS_PROCESSES | RUNS_PROGRAM,
    .options = options,
    .descriptors = descriptors,
    .check = check,
    .open = exec_open,
    .run = exec_run,
    .close = exec_close,
};
