/* From samples and histogram to the figures of one distribution. */
#include "report/distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/censored.h"
#include "report/fields.h"
#include "stats/batches.h"
#include "stats/binomial.h"
#include "stats/moments.h"
#include "stats/quantile.h"

#define HDR_LIMIT ((size_t)1 << 20)
#define COUNTER_WIDTH .001 /* of a histogram's, as a share of the value */

/* Where values come from: samples, or the histogram when these are NULL. */
struct values {
    int64_t *in_time; /* as requests ended */
    int64_t *sorted;
    const struct histogram *histogram;
    uint64_t count;
};

/* All of a measure's samples; NULL unless every value of the histogram has one. */
static int64_t *gather(const struct ring *r, enum measure m, uint64_t count) {
    size_t kept = ring_kept_count(r);
    if (count == 0 || count > kept)
        return NULL;
    int64_t *values = memory_zalloc(count, sizeof *values);
    size_t found = 0;
    for (size_t i = 0; i < kept; i++) {
        int64_t ticket = 0;
        const struct sample *s = ring_kept(r, i, &ticket);
        int64_t value_ns = s && s->error == ERROR_NONE ? sample_measure_ns(s, m) : -1;
        if (value_ns < 0)
            continue;
        if (found < count)
            values[found] = value_ns;
        found++;
    }
    if (found != count) {
        free(values);
        return NULL;
    }
    return values;
}

static int64_t *sorted_copy(const int64_t *values, uint64_t count) {
    if (!values)
        return NULL;
    int64_t *sorted = memory_zalloc(count, sizeof *sorted);
    memcpy(sorted, values, count * sizeof *sorted);
    quantile_sort(sorted, count);
    return sorted;
}

static double seconds(int64_t value_ns) {
    return value_ns < 0 ? NAN : (double)value_ns / 1e9;
}

static double quantile_s(const struct values *v, double q) {
    return seconds(v->sorted ? quantile_nearest(v->sorted, v->count, q)
                             : histogram_quantile_ns(v->histogram, q));
}

static double value_at_rank_s(const struct values *v, uint64_t rank) {
    if (v->sorted)
        return seconds(v->sorted[rank - 1]);
    return seconds(histogram_quantile_ns(v->histogram, (double)rank / (double)v->count));
}

/* Whether stretches of time can tell how far requests go together: not where fewer end in one than are in
 * flight at once, which often end together. */
static bool has_batches(const struct values *v, int64_t concurrency) {
    uint64_t size = v->count / BATCHES;
    return v->in_time && size >= BATCHES_LEAST_SIZE && size >= (uint64_t)concurrency;
}

static void fill_interval(double out[2], const struct values *v, double q, bool batches) {
    struct rank_interval ranks;
    double inflation = 1;
    if (!binomial_quantile_interval(v->count, q, 0.05, &ranks))
        return;
    if (batches &&
        batches_inflation(v->in_time, v->count, quantile_nearest(v->sorted, v->count, q), &inflation) &&
        !batches_widen(&ranks, v->count, q, inflation))
        return;
    out[0] = value_at_rank_s(v, ranks.low);
    out[1] = value_at_rank_s(v, ranks.high);
}

static void fill_intervals(struct report_distribution *out, const struct values *v, int64_t concurrency) {
    bool batches = has_batches(v, concurrency);
    fill_interval(out->ci95_s.p50, v, .5, batches);
    fill_interval(out->ci95_s.p99, v, .99, batches);
    if (!isnan(out->ci95_s.p50[0]) || !isnan(out->ci95_s.p99[0]))
        out->ci95_source = batches ? "batches" : "iid";
}

static void fill_percentiles(struct report_percentiles *out, const struct values *v) {
    out->p50 = quantile_s(v, .5);
    out->p75 = quantile_s(v, .75);
    out->p90 = quantile_s(v, .9);
    out->p95 = quantile_s(v, .95);
    out->p99 = quantile_s(v, .99);
    out->p99_9 = quantile_s(v, .999);
    out->p99_99 = quantile_s(v, .9999);
}

static void fill_moments(struct report_distribution *out, const struct values *v) {
    const struct histogram *h = v->histogram;
    out->min_s = seconds(v->sorted ? v->sorted[0] : histogram_min_ns(h));
    out->max_s = seconds(v->sorted ? v->sorted[v->count - 1] : histogram_max_ns(h));
    out->mean_s = (v->sorted ? moments_mean(v->sorted, v->count) : histogram_mean_ns(h)) / 1e9;
    out->stddev_s = (v->sorted ? moments_stddev(v->sorted, v->count) : histogram_stddev_ns(h)) / 1e9;
}

static int encode(const struct histogram *h, struct arena *a, const char **out, struct err *err) {
    struct buf text;
    buf_init(&text, HDR_LIMIT);
    int failed = histogram_encode_hdr(h, &text) || text.failed;
    if (failed)
        err_set(err, ERR_INTERNAL, "cannot encode a histogram: out of memory");
    else
        *out = arena_strdup(a, buf_text(&text));
    buf_fini(&text);
    return failed ? -1 : 0;
}

/* Since they were due, at the end: of what was cut off, and of what was never begun. */
static void add_ages(struct histogram *all, const struct run_result *result) {
    const struct load *load = &result->plan->load;
    struct load_cursor cursor = {0};
    int64_t number = result->total - result->not_started, end_ns = 0;
    histogram_add(all, &result->totals->histograms[MEASURE_AGE]);
    for (int64_t i = 0; i < result->overdue; i++) {
        int64_t due_ns = load_due_ns(load, &cursor, number + i);
        if (i == 0)
            end_ns = due_ns + result->oldest_not_started_ns;
        histogram_record_alone(all, end_ns - due_ns);
    }
}

/* A counter's value is the highest that it stands for. */
static double at_least(const struct histogram *all, double q, double value_s) {
    return fmax(value_s, (1 - COUNTER_WIDTH) * seconds(histogram_quantile_ns(all, q)));
}

static void fill_least(struct report_distribution *out, struct arena *a, const struct run_result *result,
                       enum measure m) {
    bool open = load_is_open(&result->plan->load);
    const struct report_percentiles *known = &out->percentiles_s;
    if (!out->censored || m != (open ? MEASURE_LATENCY : MEASURE_SERVICE))
        return;
    struct histogram *all = memory_zalloc(1, sizeof *all);
    histogram_add(all, &result->totals->histograms[m]);
    add_ages(all, result);
    out->least_s = arena_alloc(a, sizeof *out->least_s);
    *out->least_s = (struct report_percentiles){.p50 = at_least(all, .5, known->p50),
                                                .p75 = at_least(all, .75, known->p75),
                                                .p90 = at_least(all, .9, known->p90),
                                                .p95 = at_least(all, .95, known->p95),
                                                .p99 = at_least(all, .99, known->p99),
                                                .p99_9 = at_least(all, .999, known->p99_9),
                                                .p99_99 = at_least(all, .9999, known->p99_99)};
    free(all);
}

int distribution_fill(struct report_distribution *out, struct arena *a, const struct run_result *result,
                      enum measure m, struct err *err) {
    const struct histogram *h = &result->totals->histograms[m];
    struct values v = {.histogram = h, .count = histogram_count(h)};
    shape_clear(&report_distribution_shape, out);
    v.in_time = gather(&result->recording->ring, m, v.count);
    v.sorted = sorted_copy(v.in_time, v.count);
    out->count = (int64_t)v.count;
    out->source = v.sorted || v.count == 0 ? "samples" : "histogram";
    out->censored = censored_is(result, m);
    if (v.count == 0)
        return 0;
    fill_moments(out, &v);
    fill_percentiles(&out->percentiles_s, &v);
    fill_least(out, a, result, m);
    fill_intervals(out, &v, result->entry->concurrency);
    free(v.in_time);
    free(v.sorted);
    return encode(h, a, &out->hdr, err);
}

int distribution_of_histogram(struct report_distribution *out, struct arena *a, const struct histogram *h,
                              struct err *err) {
    struct values v = {.histogram = h, .count = histogram_count(h)};
    shape_clear(&report_distribution_shape, out);
    out->count = (int64_t)v.count;
    out->source = v.count == 0 ? "samples" : "histogram";
    if (v.count == 0)
        return 0;
    fill_moments(out, &v);
    fill_percentiles(&out->percentiles_s, &v);
    fill_intervals(out, &v, 0);
    return encode(h, a, &out->hdr, err);
}

int distribution_make(struct report_distribution **out, struct arena *a, const struct run_result *result,
                      enum measure m, struct err *err) {
    *out = NULL;
    if (histogram_count(&result->totals->histograms[m]) == 0)
        return 0;
    *out = arena_alloc(a, sizeof **out);
    return distribution_fill(*out, a, result, m, err);
}
