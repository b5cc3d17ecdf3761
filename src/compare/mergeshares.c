/* Parts of one load added up, run by run. */
#include <math.h>
#include <string.h>

#include "compare/alike.h"
#include "compare/mergeparts.h"
#include "report/distribution.h"

/* The report that takes the sums, and the part that is being added. */
struct sum {
    struct report *whole;
    const struct merge_part *part;
    struct err *err;
};

static void add_count(int64_t *into, int64_t from) {
    *into = *into < 0 || from < 0 ? -1 : *into + from;
}

static void add_real(double *into, double from) {
    *into += from;
}

static void raise_real(double *into, double from) {
    *into = fmax(*into, from); /* NaN only where both are */
}

static void add_requests(struct report_requests *into, const struct report_requests *from) {
    into->total += from->total;
    into->completed += from->completed;
    into->failed += from->failed;
    into->cancelled += from->cancelled;
    into->unfinished += from->unfinished;
    into->not_started += from->not_started;
    into->retries += from->retries;
    into->redirects += from->redirects;
    add_count(&into->waited, from->waited);
    add_count(&into->overdue, from->overdue);
    raise_real(&into->oldest_unfinished_s, from->oldest_unfinished_s);
    raise_real(&into->oldest_not_started_s, from->oldest_not_started_s);
}

static void add_statuses(const struct sum *s, struct report_run *into, const struct report_run *from) {
    const struct report_count *codes = from->status_codes.items;
    for (size_t i = 0; i < from->status_codes.count; i++) {
        struct report_count *had = into->status_codes.items;
        size_t at = 0;
        while (at < into->status_codes.count && strcmp(had[at].key, codes[i].key) != 0)
            at++;
        if (at < into->status_codes.count)
            had[at].count += codes[i].count;
        else
            *(struct report_count *)report_list_add(s->whole, &into->status_codes, sizeof *codes) = codes[i];
    }
}

static void add_errors(const struct sum *s, struct report_run *into, const struct report_run *from) {
    const struct report_error *errors = from->errors.items;
    for (size_t i = 0; i < from->errors.count; i++) {
        struct report_error *had = into->errors.items;
        size_t at = 0;
        while (at < into->errors.count && strcmp(had[at].error_class, errors[i].error_class) != 0)
            at++;
        if (at == into->errors.count) {
            *(struct report_error *)report_list_add(s->whole, &into->errors, sizeof *errors) = errors[i];
            continue;
        }
        had[at].count += errors[i].count;
        had[at].example = had[at].example ? had[at].example : errors[i].example;
    }
}

static void add_client(struct report_client *into, const struct report_client *from, int64_t outcomes) {
    add_real(&into->cpu_user_s, from->cpu_user_s);
    add_real(&into->cpu_system_s, from->cpu_system_s);
    into->cpu_us_per_request =
        outcomes > 0 ? 1e6 * (into->cpu_user_s + into->cpu_system_s) / (double)outcomes : NAN;
    into->cpu_includes_setup = into->cpu_includes_setup || from->cpu_includes_setup;
    add_count(&into->voluntary_switches, from->voluntary_switches);
    add_count(&into->involuntary_switches, from->involuntary_switches);
    into->max_rss_bytes =
        from->max_rss_bytes > into->max_rss_bytes ? from->max_rss_bytes : into->max_rss_bytes;
    add_count(&into->max_pss_bytes, from->max_pss_bytes);
    add_count(&into->recorder_bytes, from->recorder_bytes);
    add_count(&into->memory_bytes, from->memory_bytes);
    add_count(&into->threads, from->threads);
    add_count(&into->processes, from->processes);
    add_count(&into->connections_opened, from->connections_opened);
    add_count(&into->connections_reused, from->connections_reused);
    add_count(&into->tls_resumed, from->tls_resumed);
}

static int add_distribution(const struct sum *s, struct report_distribution *into,
                            const struct report_distribution *from) {
    return distribution_add(into, &s->whole->arena, from, s->err);
}

static int add_pointed(const struct sum *s, struct report_distribution **into,
                       struct report_distribution *from) {
    if (from && *into)
        return add_distribution(s, *into, from);
    *into = *into ? *into : from;
    return 0;
}

static int add_distributions(const struct sum *s, struct report_run *into, const struct report_run *from) {
    if (add_distribution(s, &into->latency, &from->latency) ||
        add_distribution(s, &into->service_time, &from->service_time) ||
        add_pointed(s, &into->queue_wait, from->queue_wait) ||
        add_pointed(s, &into->send_slip, from->send_slip))
        return -1;
    struct report_phases *phases = &into->phases;
    return add_pointed(s, &phases->dns, from->phases.dns) ||
                   add_pointed(s, &phases->connect, from->phases.connect) ||
                   add_pointed(s, &phases->tls, from->phases.tls) ||
                   add_pointed(s, &phases->wait, from->phases.wait) ||
                   add_pointed(s, &phases->receive, from->phases.receive) ||
                   add_pointed(s, &phases->work, from->phases.work)
               ? -1
               : 0;
}

/* Percentiles cannot be added. */
static void add_slice(struct report_slice *into, const struct report_slice *from) {
    raise_real(&into->length_s, from->length_s);
    add_real(&into->due, from->due);
    into->completed += from->completed;
    into->failed += from->failed;
    add_count(&into->in_flight, from->in_flight);
    add_count(&into->bytes, from->bytes);
    into->p50_s = into->p99_s = NAN;
}

/* Slices of the same second are added, of which any may begin a little late, and the last be short. */
#define LATE_S .05
static void add_slices(const struct sum *s, struct report_run *into, const struct report_run *from) {
    const struct report_slice *slices = from->slices.items;
    size_t at = 0, latest = SIZE_MAX;
    for (size_t i = 0; i < from->slices.count; i++) {
        struct report_slice *had = into->slices.items;
        while (at < into->slices.count && had[at].t_s + had[at].length_s <= slices[i].t_s + LATE_S)
            at++;
        bool again = at == latest && at < into->slices.count;
        if (again && had[at].in_flight >= 0) /* of two within a longer one the later end counts */
            had[at].in_flight -= slices[i - 1].in_flight;
        if (at < into->slices.count)
            add_slice(&had[at], &slices[i]);
        else
            *(struct report_slice *)report_list_add(s->whole, &into->slices, sizeof *slices) = slices[i];
        latest = at;
    }
}

static int badness(const char *status) {
    static const char *const ascending[] = {"pass", "unknown", "warn", "fail"};
    int at = 3;
    while (at > 0 && strcmp(ascending[at], status) != 0)
        at--;
    return at;
}

/* Of each check the worst answer of any part. */
static void add_trust(const struct sum *s, struct report_run *into, const struct report_run *from) {
    const struct report_trust *checks = from->trust.items;
    for (size_t i = 0; i < from->trust.count; i++) {
        struct report_trust *had = into->trust.items;
        size_t at = 0;
        while (at < into->trust.count && strcmp(had[at].check, checks[i].check) != 0)
            at++;
        if (at == into->trust.count)
            *(struct report_trust *)report_list_add(s->whole, &into->trust, sizeof *checks) = checks[i];
        else if (badness(checks[i].status) > badness(had[at].status))
            had[at] = checks[i];
    }
    if (into->limited_by)
        return;
    into->limited_by = from->limited_by;
    into->limited_by_reason = from->limited_by_reason;
}

static void add_notes(const struct sum *s, struct report_run *into, const struct report_run *from) {
    const char *const *notes = from->notes.items;
    for (size_t i = 0; i < from->notes.count; i++) {
        const char *const *had = into->notes.items;
        size_t at = 0;
        while (at < into->notes.count && strcmp(had[at], notes[i]) != 0)
            at++;
        if (at == into->notes.count)
            *(const char **)report_list_add(s->whole, &into->notes, sizeof *notes) = notes[i];
    }
}

static void add_warmup(struct report_run *into, const struct report_run *from) {
    if (into->warmup && from->warmup) {
        into->warmup->completed += from->warmup->completed;
        into->warmup->failed += from->warmup->failed;
    }
}

/* That requests per second are over: where nothing was completed, no more is known of it than the time. */
static double window_s(const struct report_run *run) {
    bool told = run->requests.completed > 0 && run->requests_per_s > 0;
    return told ? (double)run->requests.completed / run->requests_per_s : run->wall_s;
}

static void add_times(struct report_run *into, const struct report_run *from) {
    raise_real(&into->setup_s, from->setup_s);
    raise_real(&into->wall_s, from->wall_s);
    into->wall_s = isfinite(from->wall_s) ? into->wall_s : NAN;
    /* Another part may have completed a request within it. */
    into->largest_completion_gap_s = into->largest_completion_gap_at_s = NAN;
    add_count(&into->bytes_received, from->bytes_received);
    add_count(&into->bytes_sent, from->bytes_sent);
}

static int add_run(const struct sum *s, struct report_run *into, const struct report_run *from) {
    into->concurrency += from->concurrency;
    into->threads += from->threads;
    if (!into->backend || !from->backend || strcmp(into->backend, from->backend) != 0)
        into->backend = NULL;
    double longest_s = fmax(window_s(into), window_s(from));
    bool known = longest_s > 0 && isfinite(into->wall_s) && isfinite(from->wall_s);
    add_requests(&into->requests, &from->requests);
    into->requests_per_s = known ? (double)into->requests.completed / longest_s : NAN;
    add_statuses(s, into, from);
    add_errors(s, into, from);
    add_times(into, from);
    add_client(&into->client, &from->client, into->requests.completed + into->requests.failed);
    add_slices(s, into, from);
    add_trust(s, into, from);
    add_notes(s, into, from);
    add_warmup(into, from);
    if (strcmp(into->exit.reason, "finished") == 0)
        into->exit = from->exit;
    return add_distributions(s, into, from);
}

static bool is_same_run(const struct report_run *a, const struct report_run *b) {
    return a->round == b->round && a->baseline_repeat == b->baseline_repeat && a->ceiling == b->ceiling &&
           a->point == b->point && strcmp(a->label, b->label) == 0;
}

static int fail_run(const struct sum *s, const struct report_run *run, const char *why) {
    return err_set(s->err, ERR_USAGE, "%s: %s, round %lld: %s", s->part->name, run->label,
                   (long long)run->round, why);
}

static int add_to(const struct sum *s, struct report_run *into) {
    const struct report_run *runs = s->part->report->runs.items;
    for (size_t i = 0; i < s->part->report->runs.count; i++) {
        if (!is_same_run(&runs[i], into))
            continue;
        if (add_run(s, into, &runs[i]))
            return fail_run(s, into, arena_strdup(&s->whole->arena, s->err->text));
        return 0;
    }
    return fail_run(s, into, "there is no such run in it");
}

/* Both have as many, of the same lengths. */
static void add_stages(struct report_plan_stage *into, const struct report_plan_stage *from, size_t count) {
    for (size_t i = 0; i < count; i++) {
        add_real(&into[i].from_per_s, from[i].from_per_s);
        add_real(&into[i].to_per_s, from[i].to_per_s);
    }
}

static void add_plan(struct report_plan *into, const struct report_plan *from) {
    struct report_plan_strategy *strategies = into->strategies.items;
    const struct report_plan_strategy *others = from->strategies.items;
    add_count(&into->requests, from->requests);
    add_count(&into->concurrency, from->concurrency);
    add_real(&into->rate_per_s, from->rate_per_s);
    add_stages(into->stages.items, from->stages.items, into->stages.count);
    add_count(&into->warmup_requests, from->warmup_requests);
    for (size_t i = 0; i < into->strategies.count; i++) {
        add_count(&strategies[i].concurrency, others[i].concurrency);
        add_count(&strategies[i].threads, others[i].threads);
    }
}

/* Both have as many points. */
static void add_sweep(struct report_plan *into, const struct report_plan *from) {
    struct report_plan_point *points = into->sweep.items;
    const struct report_plan_point *others = from->sweep.items;
    for (size_t i = 0; i < into->sweep.count; i++)
        add_count(&points[i].concurrency, others[i].concurrency);
}

static int add_report(const struct sum *s) {
    struct report_run *runs = s->whole->runs.items;
    if (s->part->report->runs.count != s->whole->runs.count)
        return err_set(s->err, ERR_USAGE, "%s has %zu runs where the first has %zu", s->part->name,
                       s->part->report->runs.count, s->whole->runs.count);
    for (size_t i = 0; i < s->whole->runs.count; i++)
        if (add_to(s, &runs[i]))
            return -1;
    add_plan(&s->whole->plan, &s->part->report->plan);
    add_sweep(&s->whole->plan, &s->part->report->plan);
    return 0;
}

int merge_shares(const struct merge_part *parts, size_t count, struct err *err) {
    if (alike_check(ALIKE_SHARES, parts, count, err))
        return -1;
    for (size_t i = 1; i < count; i++) {
        struct sum s = {.whole = parts[0].report, .part = &parts[i], .err = err};
        if (add_report(&s))
            return -1;
    }
    mergeparts_conclude("shares", parts, count);
    return 0;
}
