/* From runs to lines of a table. */
#include "render/summary.h"

#include <math.h>
#include <string.h>

#include "compare/cutoff.h"
#include "render/page.h"
#include "render/standing.h"
#include "stats/quantile.h"

#define SOUND_FAILED_SHARE 0.001

static bool is_same(const struct report_run *a, const struct report_run *b) {
    return a->concurrency == b->concurrency && a->point == b->point && strcmp(a->label, b->label) == 0;
}

/* What a label's own line is made of. */
static bool counts(const struct report_run *run) {
    return !run->baseline_repeat && !run->ceiling;
}

static double outcomes(const struct report_run *run) {
    double done = (double)(run->requests.completed + run->requests.failed);
    return done > 0 ? done : NAN;
}

static double wall_s(const struct report_run *run) {
    return run->wall_s;
}

static double done(const struct report_run *run) {
    return (double)run->requests.completed;
}

static double requests_per_s(const struct report_run *run) {
    return run->requests.completed > 0 ? run->requests_per_s : NAN;
}

static double p50_s(const struct report_run *run) {
    return run->latency.percentiles_s.p50;
}

static double p99_s(const struct report_run *run) {
    return run->latency.percentiles_s.p99;
}

static double service_p50_s(const struct report_run *run) {
    return run->service_time.percentiles_s.p50;
}

static double service_p99_s(const struct report_run *run) {
    return run->service_time.percentiles_s.p99;
}

static double p50_least_s(const struct report_run *run) {
    return cutoff_least_s(&run->latency, offsetof(struct report_percentiles, p50));
}

static double p99_least_s(const struct report_run *run) {
    return cutoff_least_s(&run->latency, offsetof(struct report_percentiles, p99));
}

static double p50_most_s(const struct report_run *run) {
    return cutoff_percentile_s(run, &run->latency, .5, p50_least_s(run));
}

static double p99_most_s(const struct report_run *run) {
    return cutoff_percentile_s(run, &run->latency, .99, p99_least_s(run));
}

static double work_p50_s(const struct report_run *run) {
    return run->phases.work ? run->phases.work->percentiles_s.p50 : NAN;
}

static double cpu_us(const struct report_run *run) {
    return run->client.cpu_us_per_request;
}

static double switches(const struct report_run *run) {
    const struct report_client *c = &run->client;
    if (c->voluntary_switches < 0 || c->involuntary_switches < 0)
        return NAN;
    return (double)(c->voluntary_switches + c->involuntary_switches) / outcomes(run);
}

static double memory_bytes(const struct report_run *run) {
    return run->client.memory_bytes < 0 ? NAN : (double)run->client.memory_bytes;
}

/* `scratch` has room for a figure of every run. */
static double median(const struct summary *s, double *scratch, double (*figure)(const struct report_run *)) {
    size_t known = 0;
    for (size_t i = 0; i < s->rounds; i++) {
        double value = figure(s->runs[i]);
        if (!isnan(value))
            scratch[known++] = value;
    }
    return quantile_median(scratch, known);
}

bool summary_is_other_status(const char *status) {
    return strlen(status) != 3 || (status[0] != '2' && status[0] != '3');
}

static int64_t other_statuses(const struct report_run *run) {
    const struct report_count *items = run->status_codes.items;
    int64_t sum = 0;
    for (size_t i = 0; i < run->status_codes.count; i++)
        sum += summary_is_other_status(items[i].key) ? items[i].count : 0;
    return sum;
}

static int64_t timeouts(const struct report_run *run) {
    const struct report_error *items = run->errors.items;
    int64_t sum = 0;
    for (size_t i = 0; i < run->errors.count; i++) {
        const char *name = items[i].error_class;
        if (strcmp(name, "timeout") == 0 || strcmp(name, "connect_timeout") == 0)
            sum += items[i].count;
    }
    return sum;
}

static bool is_sound(const struct report_run *run, enum load_kind load) {
    const struct report_requests *q = &run->requests;
    bool cut_short = load == LOAD_COUNTED && q->unfinished + q->not_started > 0;
    return strcmp(run->exit.reason, "finished") == 0 && q->completed > 0 && !cut_short &&
           (double)q->failed <= SOUND_FAILED_SHARE * (double)(q->completed + q->failed);
}

/* Whether any of its failures came to an end about then: it was no time in which nothing happened. Slices
 * tell when; without them any may have. */
static bool has_failures_within(const struct report_run *run, double begin_s, double end_s) {
    const struct report_slice *slices = run->slices.items;
    for (size_t i = 0; i < run->slices.count; i++)
        if (slices[i].failed > 0 && slices[i].t_s < end_s && slices[i].t_s + slices[i].length_s > begin_s)
            return true;
    return run->slices.count == 0 && run->requests.failed > 0;
}

static double quiet_s(const struct report_run *run) {
    double begin_s = run->largest_completion_gap_at_s, length_s = run->largest_completion_gap_s;
    return has_failures_within(run, begin_s, begin_s + length_s) ? NAN : length_s;
}

static void add_counts(struct summary *s, const struct report_run *run, enum load_kind load) {
    const struct report_requests *q = &run->requests;
    s->completed += q->completed;
    s->failed += q->failed;
    s->other_status += other_statuses(run);
    s->timed_out += timeouts(run);
    if (s->is_program)
        s->untold += q->total - q->completed - q->failed;
    else
        s->cut_off += q->unfinished + q->cancelled;
    s->oldest_cut_off_s = fmax(s->oldest_cut_off_s, q->oldest_unfinished_s); /* fmax prefers what is no NaN */
    s->not_started += q->not_started;
    s->not_begun += q->overdue > 0 ? q->overdue : 0;
    s->oldest_not_begun_s = fmax(s->oldest_not_begun_s, q->oldest_not_started_s);
    s->waited += q->waited > 0 ? q->waited : 0;
    s->largest_gap_s = fmax(s->largest_gap_s, quiet_s(run));
    s->sound = s->sound && is_sound(run, load);
}

static void fill_medians(struct summary *s, double *scratch) {
    s->wall_s = median(s, scratch, wall_s);
    s->done = median(s, scratch, done);
    s->requests_per_s = median(s, scratch, requests_per_s);
    s->p50_s = median(s, scratch, p50_s);
    s->p99_s = median(s, scratch, p99_s);
    s->p50_least_s = median(s, scratch, p50_least_s);
    s->p99_least_s = median(s, scratch, p99_least_s);
    s->p50_most_s = median(s, scratch, p50_most_s);
    s->p99_most_s = median(s, scratch, p99_most_s);
    s->service_p50_s = median(s, scratch, service_p50_s);
    s->service_p99_s = median(s, scratch, service_p99_s);
    s->work_p50_s = median(s, scratch, work_p50_s);
    s->cpu_us_per_request = median(s, scratch, cpu_us);
    s->switches_per_request = median(s, scratch, switches);
    s->memory_bytes = median(s, scratch, memory_bytes);
}

static bool was_seen(const struct report_run *runs, size_t before, const struct report_run *run) {
    for (size_t i = 0; i < before; i++) {
        if (counts(&runs[i]) && is_same(&runs[i], run))
            return true;
    }
    return false;
}

/* What was interrupted before its first outcome has nothing to be a round of; the first run is its label's
 * line in any case. */
static bool is_gathered(const struct report_run *run, const struct report_run *first) {
    bool is_empty =
        strcmp(run->exit.reason, "interrupted") == 0 && run->requests.completed + run->requests.failed == 0;
    return counts(run) && is_same(run, first) && (run == first || !is_empty);
}

static void gather(struct summary *s, struct arena *a, const struct report *report,
                   const struct report_run *first) {
    const struct report_run *runs = report->runs.items;
    for (size_t i = 0; i < report->runs.count; i++)
        s->rounds += is_gathered(&runs[i], first);
    s->runs = arena_alloc(a, s->rounds * sizeof(struct report_run *));
    size_t found = 0;
    for (size_t i = 0; i < report->runs.count; i++) {
        if (is_gathered(&runs[i], first))
            s->runs[found++] = &runs[i];
    }
}

/* Of the same round, against the embedded endpoint; NaN without one. */
static double ceiling_per_s(const struct report *report, const struct report_run *run) {
    const struct report_run *runs = report->runs.items;
    for (size_t i = 0; report->plan.ceiling && i < report->runs.count; i++)
        if (runs[i].ceiling && runs[i].round == run->round && is_same(&runs[i], run))
            return requests_per_s(&runs[i]);
    return NAN;
}

static struct summary_shares ceiling_shares(struct arena *a, const struct report *report,
                                            const struct summary *s) {
    struct summary_shares shares = {.median = NAN, .least = NAN, .most = NAN};
    double *known = arena_alloc(a, (s->rounds + 1) * sizeof *known);
    for (size_t i = 0; i < s->rounds; i++) {
        double share = requests_per_s(s->runs[i]) / ceiling_per_s(report, s->runs[i]);
        if (!isfinite(share))
            continue;
        known[shares.rounds++] = share;
        shares.least = fmin(shares.least, share);
        shares.most = fmax(shares.most, share);
    }
    shares.median = quantile_median(known, shares.rounds);
    return shares;
}

/* Where the label stands among those typed; behind them all when it is none of them. */
static size_t place_of(const struct report *report, const struct report_run *run) {
    const struct report_plan_strategy *typed = report->plan.strategies.items;
    size_t place = 0;
    while (place < report->plan.strategies.count && strcmp(typed[place].label, run->label) != 0)
        place++;
    return place;
}

static struct summary summarise(struct arena *a, const struct report *report, const struct report_run *first,
                                bool utf8) {
    struct summary s = {.label = page_clean(a, first->label, utf8),
                        .place = place_of(report, first),
                        .point = first->point,
                        .concurrency = first->concurrency,
                        .is_program = first->strategy && strcmp(first->strategy, "exec") == 0,
                        .oldest_cut_off_s = NAN,
                        .oldest_not_begun_s = NAN,
                        .largest_gap_s = NAN,
                        .sound = true,
                        .times_as_fast = NAN};
    gather(&s, a, report, first);
    s.ceiling = ceiling_shares(a, report, &s);
    fill_medians(&s, arena_alloc(a, s.rounds * sizeof(double)));
    for (size_t i = 0; i < s.rounds; i++)
        add_counts(&s, s.runs[i], report_load_kind(&report->plan));
    return s;
}

static bool stands_before(const struct summary *a, const struct summary *b) {
    return a->point != b->point ? a->point < b->point : a->place < b->place;
}

/* Behind those that it does not stand before. */
static void insert(struct summaries *all, struct summary s) {
    size_t at = all->count++;
    for (; at > 0 && stands_before(&s, &all->items[at - 1]); at--)
        all->items[at] = all->items[at - 1];
    all->items[at] = s;
    all->rounds = s.rounds > all->rounds ? s.rounds : all->rounds;
}

struct summaries summary_make(struct arena *a, const struct report *report, bool utf8) {
    const struct report_run *runs = report->runs.items;
    struct summaries all = {.items = arena_alloc(a, report->runs.count * sizeof(struct summary)),
                            .load = report_load_kind(&report->plan)};
    for (size_t i = 0; i < report->runs.count; i++)
        if (counts(&runs[i]) && !was_seen(runs, i, &runs[i]))
            insert(&all, summarise(a, report, &runs[i], utf8));
    standing_fill(&all, report);
    return all;
}

bool summary_is_unresolved(const struct report_run *run, size_t hosts) {
    const struct report_error *errors = run->errors.items;
    int64_t clients = hosts ? (int64_t)hosts : 1;
    return strcmp(run->exit.reason, "gave_up") == 0 && run->requests.completed == 0 &&
           run->requests.failed <= clients && run->errors.count == 1 &&
           strcmp(errors[0].error_class, "dns") == 0;
}
