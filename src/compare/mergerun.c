/* Sums of one run's figures. */
#include "compare/mergerun.h"

#include <math.h>
#include <string.h>

#include "compare/counts.h"
#include "compare/mergeslices.h"
#include "compare/mergetexts.h"
#include "report/distribution_sum.h"

/* A run's distributions; those that may be missing are pointers. */
static const struct {
    size_t offset;
    bool is_pointer;
} distributions[] = {
    {offsetof(struct report_run, latency), false},       {offsetof(struct report_run, service_time), false},
    {offsetof(struct report_run, queue_wait), true},     {offsetof(struct report_run, send_slip), true},
    {offsetof(struct report_run, phases.dns), true},     {offsetof(struct report_run, phases.connect), true},
    {offsetof(struct report_run, phases.tls), true},     {offsetof(struct report_run, phases.wait), true},
    {offsetof(struct report_run, phases.receive), true}, {offsetof(struct report_run, phases.work), true},
};
#define DISTRIBUTIONS (sizeof distributions / sizeof distributions[0])

struct mergerun {
    struct report_run run; /* what is added by itself; its lists are empty */
    size_t parts;
    int64_t order_rank, exit_rank;      /* whose order and exit it has */
    double begin_s, end_s, until_s;     /* from the first go to the last end, and to the last window's */
    double quiet_from_s, quiet_until_s; /* within the largest gap of each part */
    bool has_all_times;                 /* of every part the time is known */
    bool has_all_gaps;                  /* and when its largest gap was */
    struct total cpu_user_s, cpu_system_s;
    struct texts_sum texts;
    struct slices_sum slices;
    struct distribution_sum sums[DISTRIBUTIONS];
    bool is_there[DISTRIBUTIONS];
};

static struct report_distribution *distribution_of(const struct report_run *run, size_t i) {
    void *at = (char *)run + distributions[i].offset;
    return distributions[i].is_pointer ? *(struct report_distribution **)at : at;
}

static void point_to(struct report_run *run, size_t i, struct report_distribution *d) {
    *(struct report_distribution **)(void *)((char *)run + distributions[i].offset) = d;
}

static void copy_exit(struct mergerun *m, struct report *r, const struct report_run *from, int64_t rank) {
    m->run.exit = from->exit;
    m->run.exit.reason = arena_strdup(&r->arena, from->exit.reason);
    m->run.exit.message = arena_strdup(&r->arena, from->exit.message);
    m->exit_rank = rank;
}

/* What identifies it, with nothing counted yet. */
struct mergerun *mergerun_open(const struct mergerun_place *place, const struct report_run *first) {
    struct arena *a = &place->whole->arena;
    struct mergerun *m = arena_alloc(a, sizeof *m);
    m->has_all_times = m->has_all_gaps = true;
    m->begin_s = m->end_s = m->until_s = m->quiet_from_s = m->quiet_until_s = NAN;
    m->order_rank = INT64_MAX;
    m->run = (struct report_run){.strategy = arena_strdup(a, first->strategy),
                                 .label = arena_strdup(a, first->label),
                                 .point = first->point,
                                 .round = first->round,
                                 .backend = arena_strdup(a, first->backend),
                                 .baseline_repeat = first->baseline_repeat,
                                 .ceiling = first->ceiling,
                                 .requests.oldest_unfinished_s = NAN,
                                 .requests.oldest_not_started_s = NAN,
                                 .clock_go_s = NAN,
                                 .start_agreed_s = NAN,
                                 .setup_s = NAN,
                                 .wall_s = NAN,
                                 .largest_completion_gap_s = NAN,
                                 .largest_completion_gap_at_s = NAN};
    return m;
}

void mergerun_fini(struct mergerun *m) {
    slices_sum_fini(&m->slices);
    for (size_t i = 0; i < DISTRIBUTIONS; i++)
        distribution_sum_fini(&m->sums[i]);
}

bool mergerun_is_same(const struct report_run *a, const struct report_run *b) {
    return a->round == b->round && a->baseline_repeat == b->baseline_repeat && a->ceiling == b->ceiling &&
           a->point == b->point && strcmp(a->label, b->label) == 0;
}

const struct report_run *mergerun_told(const struct mergerun *m) {
    return &m->run;
}

size_t mergerun_parts(const struct mergerun *m) {
    return m->parts;
}

/* That requests per second are over: where nothing was completed, no more is known of it than the time. */
static double window_s(const struct report_run *run) {
    bool told = run->requests.completed > 0 && run->requests_per_s > 0;
    return told ? (double)run->requests.completed / run->requests_per_s : run->wall_s;
}

/* Where the largest gaps of all parts overlap nothing was completed at all; one that completed nothing had no
 * other time. */
static void add_gap(struct mergerun *m, const struct report_run *from, const struct mergerun_source *source) {
    double from_s = source->begin_s + from->largest_completion_gap_at_s;
    if (from->requests.completed == 0)
        return;
    m->has_all_gaps = m->has_all_gaps && source->knows_begin && isfinite(from->largest_completion_gap_s);
    m->quiet_from_s = fmax(m->quiet_from_s, from_s);
    m->quiet_until_s = fmin(m->quiet_until_s, from_s + from->largest_completion_gap_s);
}

static void add_times(struct mergerun *m, const struct report_run *from,
                      const struct mergerun_source *source) {
    bool alone = m->parts == 0;
    m->begin_s = fmin(m->begin_s, source->begin_s);
    m->end_s = fmax(m->end_s, source->begin_s + from->wall_s);
    m->until_s = fmax(m->until_s, source->begin_s + window_s(from));
    m->has_all_times = m->has_all_times && isfinite(from->wall_s);
    m->run.clock_go_s = alone ? from->clock_go_s : NAN; /* there is no one clock */
    m->run.largest_completion_gap_s = alone ? from->largest_completion_gap_s : NAN;
    m->run.largest_completion_gap_at_s = alone ? from->largest_completion_gap_at_s : NAN;
    counts_raise(&m->run.start_agreed_s, from->start_agreed_s);
    counts_raise(&m->run.setup_s, from->setup_s);
    add_gap(m, from, source);
}

static void add_warmup(struct mergerun *m, struct report *r, const struct report_run *from) {
    if (!from->warmup)
        return;
    if (!m->run.warmup)
        m->run.warmup = arena_alloc(&r->arena, sizeof *m->run.warmup);
    counts_add(&m->run.warmup->completed, from->warmup->completed);
    counts_add(&m->run.warmup->failed, from->warmup->failed);
}

static void add_counts(struct mergerun *m, const struct report_run *from) {
    struct report_run *into = &m->run;
    if (!into->backend || !from->backend || strcmp(into->backend, from->backend) != 0)
        into->backend = NULL;
    counts_add(&into->concurrency, from->concurrency);
    counts_add(&into->threads, from->threads);
    counts_add(&into->bytes_received, from->bytes_received);
    counts_add(&into->bytes_sent, from->bytes_sent);
    counts_add_requests(&into->requests, &from->requests);
    counts_add_client(&into->client, &from->client);
    total_add(&m->cpu_user_s, from->client.cpu_user_s);
    total_add(&m->cpu_system_s, from->client.cpu_system_s);
}

/* The first that did not come to its end stands for all. */
static void add_exit(struct mergerun *m, struct report *r, const struct report_run *from, int64_t rank) {
    bool is_bad = strcmp(from->exit.reason, "finished") != 0;
    bool was_bad = m->parts > 0 && strcmp(m->run.exit.reason, "finished") != 0;
    if (m->parts == 0 || is_bad > was_bad || (is_bad == was_bad && rank < m->exit_rank))
        copy_exit(m, r, from, rank);
}

int mergerun_add(struct mergerun *m, const struct mergerun_place *place, const struct report_run *from,
                 const struct mergerun_source *source, struct err *err) {
    struct report *r = place->whole;
    int64_t rank = source->rank;
    if (rank < m->order_rank) {
        m->order_rank = rank;
        m->run.order = from->order;
    }
    add_times(m, from, source);
    add_counts(m, from);
    add_warmup(m, r, from);
    add_exit(m, r, from, rank);
    texts_sum_add(&m->texts, r, from, rank);
    slices_sum_add(&m->slices, &from->slices, source->begin_s);
    m->parts++;
    for (size_t i = 0; i < DISTRIBUTIONS; i++) {
        const struct report_distribution *d = distribution_of(from, i);
        m->is_there[i] = m->is_there[i] || d;
        if (d && distribution_sum_add(&m->sums[i], &r->arena, d, place->scratch, err))
            return -1;
    }
    return 0;
}

/* Requests per second are all requests over the time in which any part had time. */
static void fill_times(const struct mergerun *m, struct report_run *out) {
    double window_s = m->until_s - m->begin_s;
    bool known = m->has_all_times && window_s > 0;
    out->wall_s = m->has_all_times ? m->end_s - m->begin_s : NAN;
    out->requests_per_s = known ? (double)out->requests.completed / window_s : NAN;
    if (m->parts == 1 || !m->has_all_gaps || !(m->quiet_from_s < m->quiet_until_s))
        return;
    out->largest_completion_gap_s = m->quiet_until_s - m->quiet_from_s;
    out->largest_completion_gap_at_s = m->quiet_from_s - m->begin_s;
}

static void fill_figures(struct mergerun *m, struct report_run *out) {
    struct report_client *client = &out->client;
    int64_t outcomes = out->requests.completed + out->requests.failed;
    client->cpu_user_s = total_value(&m->cpu_user_s);
    client->cpu_system_s = total_value(&m->cpu_system_s);
    client->cpu_us_per_request =
        outcomes > 0 ? 1e6 * (client->cpu_user_s + client->cpu_system_s) / (double)outcomes : NAN;
}

int mergerun_fill(struct mergerun *m, const struct mergerun_place *place, struct report_run *out,
                  struct err *err) {
    struct arena *a = &place->whole->arena;
    *out = m->run;
    fill_times(m, out);
    fill_figures(m, out);
    texts_sum_fill(&m->texts, place->whole, out);
    slices_sum_fill(&m->slices, place->whole, &out->slices);
    for (size_t i = 0; i < DISTRIBUTIONS; i++) {
        struct report_distribution *d = distribution_of(out, i);
        if (distributions[i].is_pointer && m->is_there[i])
            point_to(out, i, d = arena_alloc(a, sizeof *d));
        if (d && distribution_sum_fill(&m->sums[i], a, d, place->scratch, err))
            return -1;
    }
    return 0;
}
