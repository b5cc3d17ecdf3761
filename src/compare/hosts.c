/* From a part's report to its row. */
#include "compare/hosts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/skew.h"
#include "record/recording.h"
#include "report/fields.h"

static const char *copy(struct report *whole, const char *text) {
    return arena_strdup(&whole->arena, text);
}

static void add_trust(struct report *whole, struct report_host_run *out, const struct report_list *trust) {
    const struct report_trust *rows = trust->items;
    for (size_t i = 0; i < trust->count; i++) {
        if (strcmp(rows[i].status, "warn") != 0 && strcmp(rows[i].status, "fail") != 0)
            continue;
        struct report_trust *row = report_list_add(whole, &out->trust, sizeof *row);
        *row = rows[i];
        row->check = copy(whole, row->check);
        row->status = copy(whole, row->status);
        row->advice = copy(whole, row->advice);
    }
}

static struct report_host_latency latency_of(const struct report_distribution *d) {
    return (struct report_host_latency){.count = d->count,
                                        .mean_s = d->mean_s,
                                        .p50_s = d->percentiles_s.p50,
                                        .p99_s = d->percentiles_s.p99,
                                        .max_s = d->max_s,
                                        .p50_ci95_s = {d->ci95_s.p50[0], d->ci95_s.p50[1]}};
}

static bool has_sent(const struct report_requests *q) {
    return q->completed + q->failed + q->cancelled + q->unfinished > 0;
}

/* What did not wait for the word was not early, and what sent nothing began nothing. */
static struct skew agreed_skew(const struct report_share *share, const struct report_run *run) {
    const char *const *notes = run->notes.items;
    bool by_word = has_sent(&run->requests);
    for (size_t i = 0; i < run->notes.count; i++)
        by_word = by_word && strcmp(notes[i], RECORDING_BEGAN_UNASKED) != 0;
    return by_word ? skew_of(share, run) : (struct skew){NAN, NAN};
}

static void add_run(struct report *whole, struct report_host *row, const struct report_share *share,
                    const struct report_run *run) {
    struct report_host_run *out = report_list_add(whole, &row->runs, sizeof *out);
    struct skew skew = agreed_skew(share, run);
    *out = (struct report_host_run){
        .label = copy(whole, run->label),
        .point = run->point,
        .round = run->round,
        .baseline_repeat = run->baseline_repeat,
        .ceiling = run->ceiling,
        .requests = run->requests,
        .wall_s = run->wall_s,
        .requests_per_s = run->requests_per_s,
        .latency = latency_of(&run->latency),
        .cpu_us_per_request = run->client.cpu_us_per_request,
        .cpu_share =
            run->wall_s > 0 ? (run->client.cpu_user_s + run->client.cpu_system_s) / run->wall_s : NAN,
        .limited_by = copy(whole, run->limited_by),
        .start_skew_s = skew.skew_s,
        .start_skew_error_s = skew.error_s,
    };
    add_trust(whole, out, &run->trust);
}

static void fill_clocks(struct report_host *row, const struct report_share *share) {
    const struct report_clock *clocks = share->clocks.items;
    if (share->clocks.count == 0)
        return;
    row->clock_offset_s[0] = clocks[0].offset_s;
    row->clock_offset_s[1] = clocks[share->clocks.count - 1].offset_s;
    for (size_t i = 0; i < share->clocks.count; i++)
        row->clock_round_trip_s = fmax(row->clock_round_trip_s, clocks[i].round_trip_s);
}

static struct report_host *new_row(struct report *whole, int64_t rank) {
    struct report_host *row = report_list_add(whole, &whole->hosts, sizeof *row);
    shape_clear(&report_host_shape, row);
    row->rank = rank;
    return row;
}

static void add_row(struct report *whole, const char *name, const struct report *part, int64_t rank) {
    struct report_host *row = new_row(whole, rank);
    const struct report_run *runs = part->runs.items;
    row->report = copy(whole, name);
    row->started_at = copy(whole, part->started_at);
    row->finished_at = copy(whole, part->finished_at);
    row->complete = part->complete;
    if (part->share) {
        row->host = copy(whole, part->share->host);
        fill_clocks(row, part->share);
    }
    for (size_t i = 0; i < part->runs.count; i++)
        add_run(whole, row, part->share, &runs[i]);
}

static void copy_run(struct report *whole, struct report_host *row, const struct report_host_run *from) {
    struct report_host_run *out = report_list_add(whole, &row->runs, sizeof *out);
    *out = *from;
    out->label = copy(whole, from->label);
    out->limited_by = copy(whole, from->limited_by);
    out->remarks = out->trust = (struct report_list){0};
    add_trust(whole, out, &from->trust);
}

static void copy_row(struct report *whole, const char *name, const struct report_host *from, int64_t after) {
    struct report_host *row = new_row(whole, from->rank);
    const struct report_host_run *runs = from->runs.items;
    *row = *from;
    row->rank += after;
    row->host = copy(whole, from->host);
    row->report = copy(whole, from->report ? from->report : name);
    row->lost = copy(whole, from->lost);
    row->started_at = copy(whole, from->started_at);
    row->finished_at = copy(whole, from->finished_at);
    row->runs = (struct report_list){0};
    for (size_t i = 0; i < from->runs.count; i++)
        copy_run(whole, row, &runs[i]);
}

void hosts_add(struct report *whole, const char *name, const struct report *part, int64_t rank) {
    const struct report_host *rows = part->hosts.items;
    if (part->hosts.count == 0)
        add_row(whole, name, part, part->share ? part->share->index : rank);
    for (size_t i = 0; i < part->hosts.count; i++)
        if (!hosts_is_missing(&rows[i]))
            copy_row(whole, name, &rows[i], rank);
}

void hosts_add_lost(struct report *whole, int64_t rank, const char *host, const char *why) {
    struct report_host *row = new_row(whole, rank);
    row->host = copy(whole, host);
    row->lost = copy(whole, why);
}

bool hosts_is_missing(const struct report_host *host) {
    return host->lost && !host->report;
}

const struct report_host *hosts_find(const struct report *whole, int64_t rank) {
    const struct report_host *rows = whole->hosts.items;
    for (size_t i = 0; i < whole->hosts.count; i++)
        if (rows[i].rank == rank)
            return &rows[i];
    return NULL;
}

struct hosts_start hosts_start_of(const struct report *part, size_t nth) {
    const struct report_run *run = (const struct report_run *)part->runs.items + nth;
    const struct report_host *rows = part->hosts.items;
    double own_s = skew_of(part->share, run).skew_s, first_s = NAN;
    struct hosts_start start = {.begin_s = isnan(own_s) ? 0 : own_s, .is_known = isfinite(own_s)};
    if (part->hosts.count == 0)
        return start;
    start.is_known = true;
    for (size_t i = 0; i < part->hosts.count; i++) {
        const struct report_host_run *row = hosts_find_run(&rows[i], run, nth);
        if (!row)
            continue;
        start.is_known = start.is_known && isfinite(row->start_skew_s);
        first_s = fmin(first_s, isnan(row->start_skew_s) ? 0 : row->start_skew_s);
    }
    start.begin_s = isnan(first_s) ? 0 : first_s;
    return start;
}

static int by_rank(const void *a, const void *b) {
    int64_t first = ((const struct report_host *)a)->rank, second = ((const struct report_host *)b)->rank;
    return (first > second) - (first < second);
}

void hosts_sort(struct report *whole) {
    if (whole->hosts.count > 1)
        qsort(whole->hosts.items, whole->hosts.count, sizeof(struct report_host), by_rank);
}

static bool is_of(const struct report_host_run *part, const struct report_run *run) {
    return part->round == run->round && part->baseline_repeat == run->baseline_repeat &&
           part->ceiling == run->ceiling && part->point == run->point && strcmp(part->label, run->label) == 0;
}

struct report_host_run *hosts_find_run(const struct report_host *host, const struct report_run *run,
                                       size_t nth) {
    struct report_host_run *runs = host->runs.items;
    if (nth < host->runs.count && is_of(&runs[nth], run))
        return &runs[nth];
    for (size_t i = 0; i < host->runs.count; i++)
        if (is_of(&runs[i], run))
            return &runs[i];
    return NULL;
}
