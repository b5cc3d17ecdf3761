/* Percentiles between completed requests and those that were cut off, from the encoded histogram. */
#include "compare/cutoff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rank.h"
#include "record/histogram.h"

static int64_t count_cut_off(const struct report_run *run, const struct report_distribution *d) {
    const struct report_error *errors = run->errors.items;
    int64_t count = run->requests.unfinished + run->requests.cancelled;
    if (d == &run->latency && run->requests.overdue > 0)
        count += run->requests.overdue;
    for (size_t i = 0; i < run->errors.count; i++)
        if (strcmp(errors[i].error_class, "timeout") == 0 ||
            strcmp(errors[i].error_class, "connect_timeout") == 0)
            count += errors[i].count;
    return count;
}

/* The value at a rank (from 1) of an encoded histogram; infinite when it cannot be told. */
static double value_at_rank_s(const char *hdr, uint64_t rank) {
    struct histogram *h = memory_zalloc(1, sizeof *h);
    double value_s = INFINITY;
    if (histogram_decode_hdr(h, hdr, strlen(hdr)) == 0 && histogram_count(h) >= rank)
        value_s = (double)histogram_quantile_ns(h, (double)rank / (double)histogram_count(h)) / 1e9;
    free(h);
    return value_s;
}

static double member(const struct report_percentiles *of, size_t offset) {
    double value = NAN;
    memcpy(&value, (const char *)of + offset, sizeof value);
    return value;
}

double cutoff_least_s(const struct report_distribution *d, size_t percentile) {
    double value_s = member(&d->percentiles_s, percentile);
    return d->least_s ? fmax(value_s, member(d->least_s, percentile)) : value_s;
}

double cutoff_percentile_s(const struct report_run *run, const struct report_distribution *d, double share,
                           double value_s) {
    uint64_t completed = (uint64_t)d->count, cut_off = (uint64_t)count_cut_off(run, d);
    uint64_t rank = rank_nearest(share, completed + cut_off);
    if (isnan(value_s) || cut_off == 0)
        return value_s;
    if (rank > completed)
        return INFINITY;
    double high_s = d->hdr ? value_at_rank_s(d->hdr, rank) : INFINITY;
    return fmax(fmin(high_s, d->max_s), value_s); /* fmin passes over NaN */
}
