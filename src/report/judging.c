/* From a run's result and its entry in the report to the facts that checks are made of, and from their rows
 * to the report. */
#include "report/judging.h"

#include <math.h>
#include <string.h>

#include "base/processors.h"
#include "run/trace.h"
#include "stats/quantile.h"
#include "stats/spearman.h"
#include "strategy/strategy.h"

#define LATE_NS INT64_C(1000000) /* beyond which a request was sent late (ours) */
#define FOREVER_NS INT64_MAX
#define DELAYED_FROM_NS INT64_C(38000000) /* a delayed acknowledgement, and what it takes to go there */
#define DELAYED_UNTIL_NS INT64_C(44000001)
#define LEAST_PARTS 24 /* of a run, with answers */
#define DRIFT_BATCH 3
#define TAIL_LEAST 10 /* requests beyond it */
#define QUICK_S 0.01  /* requests of which so long a time is a stall */

static double seconds(int64_t ns) {
    return ns < 0 ? NAN : (double)ns / 1e9;
}

static double share(uint64_t count, uint64_t of) {
    return of > 0 ? (double)count / (double)of : NAN;
}

static const struct histogram *histogram_of(const struct run_result *result, enum measure m) {
    return &result->totals->histograms[m];
}

static void take_counts(struct trust_facts *f, const struct run_result *result) {
    const struct recording_totals *t = result->totals;
    bool open = load_is_open(&result->plan->load);
    f->not_started = open ? result->overdue : result->not_started; /* what was not due is no fault */
    f->total = result->total - result->not_started + f->not_started;
    f->completed = result->completed;
    f->failed = result->failed;
    f->unfinished = result->unfinished;
    f->oldest_unfinished_s = seconds(result->oldest_unfinished_ns);
    f->samples_lost = (int64_t)t->samples_lost;
    f->no_ports = (int64_t)t->errors[ERROR_NO_PORTS];
    f->connect_timeouts = (int64_t)t->errors[ERROR_CONNECT_TIMEOUT];
    f->other_status = 0;
    for (int i = 0; i < RECORDING_STATUSES; i++)
        f->other_status += i < 200 || i >= 400 ? (int64_t)t->statuses[i] : 0;
}

static int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* That any request was begun and not done with; of answers that were worked on a bound. */
static double longest_s(const struct run_result *result) {
    int64_t service_ns = histogram_quantile_ns(histogram_of(result, MEASURE_SERVICE), 1);
    int64_t work_ns = histogram_quantile_ns(histogram_of(result, MEASURE_WORK), 1);
    int64_t others_ns = larger(result->recording->facts->longest_failed_ns, result->oldest_unfinished_ns);
    return seconds(larger(larger(service_ns, 0) + larger(work_ns, 0), others_ns));
}

static void take_times(struct trust_facts *f, const struct report_run *run) {
    f->wall_s = run->wall_s;
    f->p50_s = run->latency.percentiles_s.p50;
    f->service_mean_s = run->service_time.mean_s;
    f->first_byte_mean_s = run->phases.wait ? run->phases.wait->mean_s : NAN;
    f->connect_p50_s = run->phases.connect ? run->phases.connect->percentiles_s.p50 : NAN;
    if (run->phases.connect || run->phases.wait) /* none was made, or none is told of */
        f->connect_longest_s = run->phases.connect ? run->phases.connect->max_s : 0;
}

/* Where all is quick but for some, it is the whole request that stalls; where all stalls, it is known by the
 * body coming so late after the head. */
static void take_delayed(struct trust_facts *f, const struct run_result *result) {
    bool is_quick = f->p50_s < QUICK_S;
    const struct histogram *h = histogram_of(result, is_quick ? MEASURE_SERVICE : MEASURE_RECEIVE);
    int64_t width_ns = DELAYED_UNTIL_NS - DELAYED_FROM_NS;
    uint64_t all = histogram_count(h),
             delayed = histogram_count_between(h, DELAYED_FROM_NS, DELAYED_UNTIL_NS);
    f->count_beside = (int64_t)(histogram_count_between(h, DELAYED_FROM_NS - width_ns, DELAYED_FROM_NS) +
                                histogram_count_between(h, DELAYED_UNTIL_NS, DELAYED_UNTIL_NS + width_ns));
    f->share_40ms = share(delayed, all);
    f->count_40ms = all > 0 ? (int64_t)delayed : -1;
}

static int64_t processors_of(const struct report *r, const struct plan *plan) {
    cpu_set_t pinned;
    struct err err = {0};
    if (plan->pin && processors_parse(plan->pin, &pinned, &err) == 0)
        return CPU_COUNT(&pinned);
    return r->environment.cpus_allowed;
}

/* The cost of a process that was killed has its set-up in it. */
static void take_client(struct trust_facts *f, const struct report *r, const struct run_result *result) {
    bool is_program = strategy_find(result->entry->strategy)->capabilities & RUNS_PROGRAM;
    int64_t peak = result->peak.threads > 0 ? result->peak.threads : -1;
    f->threads = is_program ? peak : result->entry->threads;
    f->processors = processors_of(r, result->plan);
    if (!result->usage_is_whole)
        f->cpu_s = (double)(result->usage.user_us + result->usage.system_us) / 1e6;
    f->busiest_cpu_share = result->scheduling.busiest_cpu;
    f->busiest_wait_share = result->scheduling.busiest_wait;
    f->largest_cpu_share = result->scheduling.largest_cpu;
    f->largest_wait_share = result->scheduling.largest_wait;
}

/* Of several loops the mean. */
static void take_turns(struct trust_facts *f, const struct run_result *result) {
    const struct histogram *turns = histogram_of(result, MEASURE_TURN);
    uint64_t count = histogram_count(turns);
    if (count == 0)
        return;
    f->has_turns = true;
    f->turn_p99_s = seconds(histogram_quantile_ns(turns, .99));
    f->loop_busy_share = histogram_mean_ns(turns) / 1e9 * (double)count / f->wall_s / (double)f->threads;
}

/* From go to when the last of so many is due. */
static double span_s(const struct load *load, int64_t total) {
    struct load_cursor cursor = {0};
    int64_t last_ns = total > 0 ? load_due_ns(load, &cursor, total - 1) : 0;
    return last_ns == LOAD_NEVER_NS ? NAN : seconds(last_ns);
}

/* A single stall at the end of few requests is no tail. */
static void take_tails(struct trust_facts *f, const struct histogram *slip, const struct histogram *latency) {
    double q = fmin(.99, fmax(.5, 1 - TAIL_LEAST / (double)histogram_count(slip)));
    f->slip_tail_s = seconds(histogram_quantile_ns(slip, q));
    f->tail_s = seconds(histogram_quantile_ns(latency, q));
}

static void take_open_loop(struct trust_facts *f, const struct run_result *result) {
    const struct histogram *slip = histogram_of(result, MEASURE_SLIP);
    if (!load_is_open(&result->plan->load))
        return;
    f->open_loop = true;
    f->spins = result->plan->spin;
    f->can_spin = strategy_find(result->entry->strategy)->capabilities & CAN_SPIN;
    f->connections = result->entry->concurrency;
    if (result->recording->facts->wake_ns > 0)
        f->wake_s = seconds(result->recording->facts->wake_ns);
    f->waited = (int64_t)result->totals->waited;
    f->late = (int64_t)histogram_count_between(slip, LATE_NS, FOREVER_NS);
    f->late_share = share((uint64_t)f->late, histogram_count(slip));
    take_tails(f, slip, histogram_of(result, MEASURE_LATENCY));
    f->longest_s = longest_s(result);
    f->span_s = span_s(&result->plan->load, f->total);
}

/* Neighbours are alike on a busy machine, and one of a few may be beside all others: so of each few the
 * median. Returns how many those are. */
static size_t medians_of(const double *means, size_t count, double medians[TRACE_PARTS]) {
    size_t batches = count / DRIFT_BATCH;
    for (size_t i = 0; i < batches; i++) {
        size_t first = count * i / batches, last = count * (i + 1) / batches;
        medians[i] = quantile_median(means + first, last - first);
    }
    return batches;
}

/* A trend in the means of stretches of the run; those without an answer are left out. */
static void take_drift(struct trust_facts *f, const struct run_trace *trace) {
    double means[TRACE_PARTS], places[TRACE_PARTS], medians[TRACE_PARTS];
    struct rank_correlation trend;
    size_t count = 0;
    if (!trace_means(trace, means))
        return;
    for (size_t i = 0; i < TRACE_PARTS; i++) {
        places[i] = (double)i;
        if (!isnan(means[i]))
            means[count++] = means[i];
    }
    size_t batches = medians_of(means, count, medians);
    if (count < LEAST_PARTS || !spearman_correlate(places, medians, batches, &trend))
        return;
    double first_s = quantile_median(means, count / 3);
    double last_s = quantile_median(means + count - count / 3, count / 3);
    f->drift_p = trend.p_value;
    f->drift_share = (last_s - first_s) / quantile_median(means, count);
}

static void take_trace(struct trust_facts *f, const struct run_trace *trace) {
    struct trace_flight flight;
    if (!trace)
        return;
    take_drift(f, trace);
    if (!trace_flight(trace, &flight))
        return;
    f->in_flight_mean = flight.mean;
    f->in_flight_expected = flight.expected;
    f->in_flight_error = flight.standard_error;
    f->in_flight_bias = flight.bias;
}

static void take_host(struct trust_facts *f, const struct run_result *result) {
    const struct host_counters *h = &result->host;
    f->listen_drops = h->listen_drops > h->listen_overflows ? h->listen_drops : h->listen_overflows;
    f->syn_retransmits = h->syn_retransmits;
    f->retransmits = h->retransmits;
    f->timeouts = h->timeouts;
    f->segments_sent = h->segments_sent;
    f->time_wait = result->time_wait;
    f->jiffies = h->all_ticks;
    f->throttled = h->throttled_periods;
    f->throttled_share = h->throttled_ns < 0 ? NAN : (double)h->throttled_ns / 1e9 / f->wall_s;
    if (h->steal_ticks >= 0 && h->all_ticks > 0)
        f->steal_share = (double)h->steal_ticks / (double)h->all_ticks;
}

static void take_environment(struct trust_facts *f, const struct report *r, const struct run_result *result) {
    const struct report_environment *e = &r->environment;
    const double *range = e->sysctls.ip_local_port_range;
    f->over_tcp = !result->plan->unix_socket || result->entry->ceiling;
    f->port_range = isnan(range[0]) ? -1 : (int64_t)(range[1] - range[0]) + 1;
    f->clock_s = e->clock_resolution_s + e->clock_call_s;
    f->is_performance = e->governor ? strcmp(e->governor, "performance") == 0 : -1;
    f->same_machine = result->entry->ceiling || result->plan->embedded ? 1 : r->target.co_located;
}

static struct trust_facts gather(const struct report *r, const struct report_run *run,
                                 const struct run_result *result) {
    struct trust_facts f = trust_facts_unknown();
    f.think_s = seconds(result->plan->think_ns);
    f.has_ceiling = result->plan->ceiling && !run->ceiling;
    take_counts(&f, result);
    take_times(&f, run);
    take_delayed(&f, result);
    take_client(&f, r, result);
    take_turns(&f, result);
    take_open_loop(&f, result);
    take_trace(&f, result->trace);
    take_host(&f, result);
    take_environment(&f, r, result);
    return f;
}

static void fill(struct report *r, struct report_run *run) {
    struct trust_row rows[TRUST_CHECKS_MOST];
    size_t count = trust_judge(run->facts, rows);
    struct trust_limit limit = trust_limited_by(run->facts);
    run->trust.count = 0;
    for (size_t i = 0; i < count; i++) {
        struct report_trust *out = report_list_add(r, &run->trust, sizeof *out);
        *out = (struct report_trust){.check = rows[i].check->id,
                                     .status = trust_status_name(rows[i].status),
                                     .invalidates = rows[i].check->invalidates,
                                     .value = rows[i].value,
                                     .threshold = rows[i].threshold,
                                     .advice = rows[i].advice};
    }
    run->limited_by = limit.by;
    run->limited_by_reason = *limit.reason ? arena_strdup(&r->arena, limit.reason) : NULL;
}

static bool is_pair(const struct report_run *a, const struct report_run *b) {
    return a->ceiling != b->ceiling && !a->baseline_repeat && !b->baseline_repeat && a->round == b->round &&
           a->point == b->point && a->concurrency == b->concurrency && strcmp(a->label, b->label) == 0;
}

static void meet_ceiling(struct report *r, struct report_run *run) {
    struct report_run *runs = r->runs.items, *other = NULL;
    for (size_t i = 0; i < r->runs.count && !other; i++)
        other = is_pair(&runs[i], run) ? &runs[i] : NULL;
    struct report_run *own = run->ceiling ? other : run, *ceiling = run->ceiling ? run : other;
    if (!own || !ceiling || !own->facts)
        return;
    own->facts->ceiling_share = own->requests_per_s / ceiling->requests_per_s;
    fill(r, own);
}

void judge_run(struct report *r, struct report_run *run, const struct run_result *result) {
    if (result->wall_ns < 0)
        return; /* it did not come to anything that could be believed */
    run->facts = arena_alloc(&r->arena, sizeof *run->facts);
    *run->facts = gather(r, run, result);
    fill(r, run);
    meet_ceiling(r, run);
}
