/* What the measured process does around the strategy: isolation, prefaulting, set-up, warm-up, the clock, and
 * what its run cost. It prints nothing. */
#include "run/child.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/processors.h"
#include "base/wait.h"
#include "http/client.h"
#include "run/interrupt.h"
#include "strategy/strategy.h"
#include "strategy/work.h"

#define SPARE_DESCRIPTORS 64 /* of the recording, for looking at itself, and the like */

static void isolate(pid_t launcher) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != launcher)
        _exit(1); /* it died before the line above */
    interrupt_release(SIG_DFL);
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
}

static int pin(const char *processors, struct err *err) {
    cpu_set_t pinned;
    if (!processors)
        return 0;
    if (processors_parse(processors, &pinned, err))
        return -1;
    if (sched_setaffinity(0, sizeof pinned, &pinned))
        return err_set_errno(err, "cannot run on processors %s", processors);
    return 0;
}

static void warm_up(const struct strategy *s, const struct run_context *base, void *state, struct err *err) {
    const struct plan *plan = base->plan;
    if (!plan->warmup_requests && !plan->warmup_ns)
        return;
    struct recording *r = base->recording;
    struct load load = load_first_rate(&plan->load);
    int64_t begun_ns = clock_now_ns();
    struct work work = {.recording = r,
                        .requests = plan->warmup_requests ? plan->warmup_requests : INT64_MAX,
                        .share = plan->share,
                        .until_ns = plan->warmup_ns ? begun_ns + plan->warmup_ns : 0,
                        .load = load_is_open(&load) ? &load : NULL,
                        .origin_ns = begun_ns,
                        .think_ns = plan->think_ns};
    struct run_context context = *base;
    context.work = &work;
    s->run(&context, state, err);
    struct recording_totals *totals = recording_totals_open(r);
    r->facts->warmup_completed = (int64_t)totals->completed;
    r->facts->warmup_failed = (int64_t)totals->failed;
    recording_totals_close(totals);
    recording_forget(r);
    recording_resume(r);
}

static void measure(const struct strategy *s, const struct run_context *context, void *state) {
    struct run_facts *f = context->recording->facts;
    struct err err = {0};
    if (load_is_open(&context->plan->load) && !context->plan->spin)
        f->wake_ns = wait_lateness_ns();
    warm_up(s, context, state, &err);
    if (f->starts_by_word && (err.kind != ERR_NONE || !recording_await_start(context->recording))) {
        f->failure = err;
        return;
    }
    f->main_at_go = scheduling_of_this_thread();
    f->at_go = usage_difference(usage_now(), f->discount);
    f->go_ns = clock_now_ns();
    work_start(context->work, context->plan, f->go_ns);
    if (err.kind == ERR_NONE && !recording_stopping(context->recording))
        s->run(context, state, &err);
    int64_t end_ns = clock_now_ns();
    f->at_end = usage_difference(usage_now(), f->discount);
    f->main_at_end = scheduling_of_this_thread();
    recording_look(context->recording);
    f->end_ns = end_ns; /* last: it says that the two above are there */
    if (err.kind != ERR_NONE)
        f->failure = err;
}

/* A host that does not resolve is the run's one failed request: the others would only repeat it. */
static void record_lookup_failure(const struct run_context *context, enum error_class class,
                                  const struct err *err) {
    struct recording *r = context->recording;
    int64_t now_ns = clock_now_ns();
    r->facts->go_ns = now_ns;
    r->facts->handed_out = 1;
    r->facts->gave_up = 1;
    struct sample sample = sample_ended_early(now_ns, now_ns, class);
    recording_put(r, 0, 0, share_number(&context->plan->share, 0), &sample, err->text);
}

static void set_up_and_measure(const struct strategy *s, struct run_context *context) {
    struct recording *r = context->recording;
    struct client client;
    enum error_class class = ERROR_OTHER;
    struct err err = {0};
    if (client_open(&client, context->plan, context->entry, r, &class, &err)) {
        if (class == ERROR_OTHER)
            r->facts->failure = err;
        else
            record_lookup_failure(context, class, &err);
        return;
    }
    context->client = &client;
    void *state = NULL;
    if (s->open(context, &state, &err)) {
        r->facts->failure = err;
    } else {
        measure(s, context, state);
        s->close(state);
    }
    client_close(&client);
}

/* Those that most requests of the run have a value for. The others' pages are left to their first touch. */
static unsigned measures_of(const struct strategy *s, const struct plan *plan,
                            const struct plan_entry *entry) {
    const struct {
        bool expected;
        unsigned measures;
    } rows[] = {
        {true, 1U << MEASURE_SERVICE | 1U << MEASURE_CONNECT | 1U << MEASURE_WAIT | 1U << MEASURE_RECEIVE},
        {s->capabilities & HAS_QUEUE, 1U << MEASURE_QUEUE_WAIT},
        {plan_resolves_each(plan), 1U << MEASURE_DNS},
        {plan_uses_tls(plan), 1U << MEASURE_TLS},
        {entry->work.kind != BODYWORK_NONE, 1U << MEASURE_WORK},
        {load_is_open(&plan->load), 1U << MEASURE_LATENCY | 1U << MEASURE_SLIP},
        {s->capabilities & HAS_OWN_LANES, 1U << MEASURE_TURN},
    };
    unsigned measures = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        measures |= rows[i].expected ? rows[i].measures : 0;
    return measures;
}

_Noreturn void child_main(const struct plan *plan, const struct plan_entry *entry,
                          struct recording *recording, pid_t launcher) {
    isolate(launcher);
    recording->keep_going = plan->keep_going;
    const struct strategy *strategy = strategy_find(entry->strategy);
    recording->own_lanes = strategy->capabilities & HAS_OWN_LANES;
    if (!(strategy->capabilities & RUNS_PROGRAM))
        prctl(PR_SET_TIMERSLACK, 1UL); /* the default would add 50 us to every wait for a moment */
    recording_prefault(recording, measures_of(strategy, plan, entry));
    if (!(strategy->capabilities & RUNS_PROGRAM))
        limits_make_room(strategy->descriptors(entry) + SPARE_DESCRIPTORS);
    recording->facts->setup_start_ns = clock_now_ns();
    struct work work = {.recording = recording, .requests = plan->requests};
    struct run_context context = {.plan = plan, .entry = entry, .recording = recording, .work = &work};
    if (pin(plan->pin, &recording->facts->failure) == 0)
        set_up_and_measure(strategy, &context);
    atomic_store(&recording->facts->finished, 1);
    _exit(memory_check_leaks());
}
