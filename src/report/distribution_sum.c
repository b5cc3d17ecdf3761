/* The distribution of several runs' requests together. */
#include "report/distribution_sum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/distribution.h"
#include "report/fields.h"

#define PERCENTILES (sizeof(struct report_percentiles) / sizeof(double))

static struct report_distribution copy_of(const struct report_distribution *d, struct arena *a) {
    struct report_distribution copy = *d;
    copy.ci95_source = arena_strdup(a, d->ci95_source);
    copy.source = arena_strdup(a, d->source);
    copy.hdr = arena_strdup(a, d->hdr);
    copy.least_s = NULL; /* which is kept apart */
    return copy;
}

static void add_moments(struct distribution_sum *s, const struct report_distribution *d) {
    double n = (double)d->count;
    s->min_s = s->parts > 0 ? fmin(s->min_s, d->min_s) : d->min_s;
    s->max_s = s->parts > 0 ? fmax(s->max_s, d->max_s) : d->max_s;
    total_add(&s->times_s, n * d->mean_s);
    total_add(&s->squares_s2, n * (pow(d->stddev_s, 2) + pow(d->mean_s, 2)));
    s->count += d->count;
}

/* Of each member, with NaN where either is. */
static void combine(struct report_percentiles *into, const struct report_percentiles *from,
                    double (*which)(double, double)) {
    double a[PERCENTILES], b[PERCENTILES];
    memcpy(a, into, sizeof a);
    memcpy(b, from, sizeof b);
    for (size_t i = 0; i < PERCENTILES; i++)
        a[i] = isnan(a[i]) || isnan(b[i]) ? NAN : which(a[i], b[i]);
    memcpy(into, a, sizeof a);
}

static void add_least(struct distribution_sum *s, const struct report_distribution *d) {
    const struct report_percentiles *least_s = d->least_s ? d->least_s : &d->percentiles_s;
    s->has_least = s->has_least || d->least_s;
    if (s->parts == 0)
        s->least_s = *least_s;
    else
        combine(&s->least_s, least_s, fmin);
}

/* Makes room for the counters from begin to end. */
static void widen(struct distribution_sum *s, uint32_t begin, uint32_t end) {
    if (s->counters && begin >= s->begin && end <= s->end)
        return;
    uint32_t first = s->counters && s->begin < begin ? s->begin : begin;
    uint32_t last = s->counters && s->end > end ? s->end : end;
    uint64_t *wider = memory_zalloc(last - first, sizeof *wider);
    if (s->counters)
        memcpy(wider + (s->begin - first), s->counters, (s->end - s->begin) * sizeof *wider);
    free(s->counters);
    s->counters = wider;
    s->begin = first;
    s->end = last;
}

static void add_counters(struct distribution_sum *s, const struct histogram *h) {
    widen(s, h->lowest_plus_1 - 1, h->highest_plus_1);
    for (uint32_t i = h->lowest_plus_1 - 1; i < h->highest_plus_1; i++)
        s->counters[i - s->begin] += h->counts[i];
}

static int decode(const struct report_distribution *d, struct histogram *h, struct err *err) {
    if (!d->hdr || histogram_decode_hdr(h, d->hdr, strlen(d->hdr)))
        return err_set(err, ERR_USAGE, "its histogram cannot be read");
    if (histogram_count(h) != (uint64_t)d->count)
        return err_set(err, ERR_USAGE, "its histogram does not hold what was counted");
    return 0;
}

int distribution_sum_add(struct distribution_sum *s, struct arena *a, const struct report_distribution *d,
                         struct histogram *scratch, struct err *err) {
    s->censored = s->censored || d->censored;
    s->has_unbounded = s->has_unbounded || (d->censored && d->count == 0);
    if (d->count == 0)
        return 0;
    int failed = decode(d, scratch, err);
    if (!failed) {
        add_moments(s, d);
        add_counters(s, scratch);
        add_least(s, d);
        if (s->parts++ == 0)
            s->alone = copy_of(d, a);
    }
    histogram_reset(scratch);
    return failed;
}

static void fill_moments(const struct distribution_sum *s, struct report_distribution *out) {
    double n = (double)s->count, mean_s = total_value(&s->times_s) / n;
    out->min_s = s->min_s;
    out->max_s = s->max_s;
    out->mean_s = mean_s;
    out->stddev_s = sqrt(fmax(0, total_value(&s->squares_s2) / n - mean_s * mean_s));
}

/* At least what it is without what was cut off. */
static void fill_least(const struct distribution_sum *s, struct arena *a, struct report_distribution *out) {
    out->least_s = NULL;
    if (!s->has_least || s->has_unbounded)
        return;
    out->least_s = arena_alloc(a, sizeof *out->least_s);
    *out->least_s = s->least_s;
    combine(out->least_s, &out->percentiles_s, fmax);
}

static int fill_sum(const struct distribution_sum *s, struct arena *a, struct report_distribution *out,
                    struct histogram *h, struct err *err) {
    for (uint32_t i = s->begin; i < s->end; i++)
        histogram_add_counter(h, i, s->counters[i - s->begin]);
    if (isfinite(s->max_s) && s->max_s * 1e9 < (double)h->max_ns) /* no percentile is above it */
        h->max_ns = llround(s->max_s * 1e9);
    int failed = distribution_of_histogram(out, a, h, err);
    histogram_reset(h);
    fill_moments(s, out);
    return failed;
}

int distribution_sum_fill(const struct distribution_sum *s, struct arena *a, struct report_distribution *out,
                          struct histogram *scratch, struct err *err) {
    int failed = 0;
    if (s->parts > 1) {
        failed = fill_sum(s, a, out, scratch, err);
    } else if (s->parts == 1) {
        *out = s->alone;
    } else {
        shape_clear(&report_distribution_shape, out);
        out->source = "samples";
    }
    if (!failed)
        fill_least(s, a, out);
    out->censored = s->censored;
    return failed;
}

void distribution_sum_fini(struct distribution_sum *s) {
    free(s->counters);
    s->counters = NULL;
}
