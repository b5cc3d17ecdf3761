/* The distribution of two runs' requests together. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/distribution.h"

/* What is added exactly: the histogram knows these within a counter only. */
struct moments {
    double min_s, max_s, mean_s, stddev_s;
};

static struct moments pool(const struct report_distribution *a, const struct report_distribution *b) {
    double n = (double)a->count, m = (double)b->count;
    double mean_s = (n * a->mean_s + m * b->mean_s) / (n + m);
    double squares = n * (pow(a->stddev_s, 2) + pow(a->mean_s - mean_s, 2)) +
                     m * (pow(b->stddev_s, 2) + pow(b->mean_s - mean_s, 2));
    return (struct moments){.min_s = fmin(a->min_s, b->min_s),
                            .max_s = fmax(a->max_s, b->max_s),
                            .mean_s = mean_s,
                            .stddev_s = sqrt(squares / (n + m))};
}

static int add_counts(struct histogram *h, const struct report_distribution *d, const char *called,
                      struct err *err) {
    uint64_t before = histogram_count(h);
    if (!d->hdr || histogram_decode_hdr(h, d->hdr, strlen(d->hdr)))
        return err_set(err, ERR_USAGE, "%s cannot be read", called);
    if (histogram_count(h) - before != (uint64_t)d->count)
        return err_set(err, ERR_USAGE, "%s does not hold what was counted", called);
    return 0;
}

static int add_all(struct report_distribution *into, struct arena *a, const struct report_distribution *from,
                   struct histogram *h, struct err *err) {
    if (add_counts(h, into, "the histogram it is to be added to", err) ||
        add_counts(h, from, "its histogram", err))
        return -1;
    struct moments exact = pool(into, from);
    bool censored = into->censored;
    if (isfinite(exact.max_s) && exact.max_s * 1e9 < (double)h->max_ns) /* no percentile is above it */
        h->max_ns = llround(exact.max_s * 1e9);
    if (distribution_of_histogram(into, a, h, err))
        return -1;
    into->min_s = exact.min_s;
    into->max_s = exact.max_s;
    into->mean_s = exact.mean_s;
    into->stddev_s = exact.stddev_s;
    into->censored = censored;
    return 0;
}

int distribution_add(struct report_distribution *into, struct arena *a,
                     const struct report_distribution *from, struct err *err) {
    bool censored = into->censored || from->censored;
    int failed = 0;
    if (into->count == 0) {
        *into = *from;
    } else if (from->count > 0) {
        struct histogram *h = memory_zalloc(1, sizeof *h);
        failed = add_all(into, a, from, h, err);
        free(h);
    }
    into->censored = censored;
    return failed;
}
