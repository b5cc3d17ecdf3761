/* Sums of slices, second by second. */
#include "compare/mergeslices.h"

#include <math.h>
#include <stdlib.h>

#include "compare/counts.h"
#include "stats/total.h"

struct slice_bin {
    int64_t second; /* that it begins near */
    struct report_slice slice;
    struct total due;
};

/* Bins of one run, or of a sum, which are gone through. */
struct walk {
    const struct slice_bin *bins;
    size_t count, at;
    int64_t until; /* the second near which the last one ends */
};

static double end_s(const struct report_slice *slice) {
    return slice->t_s + slice->length_s;
}

/* What a broken report says may be no second at all. */
static int64_t near(double s) {
    return fabs(s) < 1e12 ? llround(s) : 0;
}

static struct walk walk_of(const struct slice_bin *bins, size_t count) {
    int64_t until = count > 0 ? near(end_s(&bins[count - 1].slice)) : 0;
    return (struct walk){.bins = bins, .count = count, .until = until};
}

/* Of both: `into` takes the counts, and of the same run the later one's in flight. */
static void join(struct slice_bin *into, const struct slice_bin *from, bool is_same_run) {
    double last_s = fmax(end_s(&into->slice), end_s(&from->slice));
    struct report_slice *sum = &into->slice;
    into->second = into->second < from->second ? into->second : from->second;
    sum->t_s = fmin(sum->t_s, from->slice.t_s);
    sum->length_s = last_s - sum->t_s;
    total_add(&into->due, total_value(&from->due));
    counts_add(&sum->completed, from->slice.completed);
    counts_add(&sum->failed, from->slice.failed);
    counts_add(&sum->bytes, from->slice.bytes);
    if (is_same_run)
        sum->in_flight = from->slice.in_flight;
    else
        counts_add(&sum->in_flight, from->slice.in_flight);
    sum->p50_s = sum->p99_s = NAN; /* which cannot be added */
}

/* A run's slices as bins, of which no two begin near the same second. */
static size_t make_bins(const struct report_list *slices, int64_t shift, struct slice_bin *bins) {
    const struct report_slice *items = slices->items;
    size_t count = 0;
    for (size_t i = 0; i < slices->count; i++) {
        struct slice_bin bin = {.slice = items[i], .due = {.sum = items[i].due}};
        bin.slice.t_s += (double)shift;
        bin.second = near(bin.slice.t_s);
        if (count > 0 && bins[count - 1].second >= bin.second)
            join(&bins[count - 1], &bin, true);
        else
            bins[count++] = bin;
    }
    return count;
}

static bool is_left(const struct walk *w) {
    return w->at < w->count;
}

static int64_t next_second(const struct walk *w) {
    return is_left(w) ? w->bins[w->at].second : INT64_MAX;
}

/* Whether no bin of it goes on beyond that second, which is not before its next one. */
static bool may_cut(const struct walk *w, int64_t second) {
    return next_second(w) == second || w->at == 0 || (!is_left(w) && second >= w->until);
}

/* The sum of its bins before that second. */
static bool take_before(struct walk *w, int64_t second, struct slice_bin *out) {
    bool any = false;
    for (; is_left(w) && w->bins[w->at].second < second; w->at++) {
        if (any)
            join(out, &w->bins[w->at], true);
        else
            *out = w->bins[w->at];
        any = true;
    }
    return any;
}

/* The first second after that of the next bins at which both may be cut; INT64_MAX for none. */
static int64_t next_cut(struct walk a, struct walk b) {
    int64_t second = next_second(&a) < next_second(&b) ? next_second(&a) : next_second(&b);
    do {
        a.at += next_second(&a) == second && is_left(&a);
        b.at += next_second(&b) == second && is_left(&b);
        second = next_second(&a) < next_second(&b) ? next_second(&a) : next_second(&b);
    } while (second != INT64_MAX && !(may_cut(&a, second) && may_cut(&b, second)));
    return second;
}

static size_t add_bins(struct walk a, struct walk b, struct slice_bin *out) {
    size_t count = 0;
    while (is_left(&a) || is_left(&b)) {
        struct slice_bin first, second;
        int64_t cut = next_cut(a, b);
        bool has_first = take_before(&a, cut, &first), has_second = take_before(&b, cut, &second);
        if (has_first && has_second)
            join(&first, &second, false);
        out[count++] = has_first ? first : second;
    }
    return count;
}

void slices_sum_add(struct slices_sum *s, const struct report_list *slices, double begin_s) {
    int64_t shift = near(begin_s);
    s->first = s->is_begun && s->first < shift ? s->first : shift;
    s->is_begun = true;
    if (slices->count == 0)
        return;
    struct slice_bin *bins = memory_zalloc(slices->count, sizeof *bins);
    size_t count = make_bins(slices, shift, bins);
    struct slice_bin *sum = memory_zalloc(s->count + count, sizeof *sum);
    s->count = add_bins(walk_of(s->bins, s->count), walk_of(bins, count), sum);
    free(bins);
    free(s->bins);
    s->bins = sum;
}

void slices_sum_fill(const struct slices_sum *s, struct report *r, struct report_list *out) {
    for (size_t i = 0; i < s->count; i++) {
        struct report_slice *slice = report_list_add(r, out, sizeof *slice);
        *slice = s->bins[i].slice;
        slice->t_s -= (double)s->first;
        slice->due = total_value(&s->bins[i].due);
    }
}

void slices_sum_fini(struct slices_sum *s) {
    free(s->bins);
    *s = (struct slices_sum){0};
}
