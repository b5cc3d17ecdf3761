/* Rows of points, their winners, and the tests between them. */
#include "compare/crossover.h"

#include <math.h>
#include <string.h>

#include "compare/design.h"
#include "compare/floor.h"
#include "compare/metric.h"
#include "compare/refusal.h"
#include "compare/side.h"
#include "stats/judgement.h"
#include "stats/quantile.h"
#include "stats/signedrank.h"

#define NOBODY SIZE_MAX

/* What is known of one point. */
struct standing {
    double *medians; /* of each label; NaN where it cannot be compared */
    size_t winner;   /* NOBODY where no two can be compared */
    double margin;
};

struct search {
    struct report *r;
    struct arena scratch;
    const struct metric *metric;
    const char **labels;
    size_t label_count;
    const struct report_plan_point *points;
    size_t point_count;
    struct standing *standings; /* of each point */
    size_t tests;               /* every pair of labels at every point */
};

static bool is_sound(struct search *s, const struct side *side) {
    struct report_list faults = {0};
    const struct party party = {side, side->label, report_load_kind(&s->r->plan)};
    refusal_find_faults(s->r, &faults, &party);
    return faults.count == 0;
}

static double median_at(struct search *s, size_t point, size_t label) {
    struct arena scratch = {0};
    struct side side = side_gather(&scratch, s->r, s->labels[label], (int64_t)point, false);
    size_t count = 0;
    double *figures = side_figures(&scratch, s->metric, &side, &count);
    double median = count && is_sound(s, &side) ? quantile_median(figures, count) : NAN;
    arena_fini(&scratch);
    return median;
}

/* Of the verdicts there; NULL where the baseline ran once. */
static const struct report_noise_floor *floor_at(const struct report *r, int64_t point) {
    const struct report_comparison *c = r->comparisons.items;
    for (size_t i = 0; i < r->comparisons.count; i++)
        if (c[i].primary && !c[i].between.count && c[i].point == point)
            return c[i].noise_floor;
    return NULL;
}

static struct standing stand_at(struct search *s, size_t point) {
    struct standing standing = {.winner = NOBODY, .margin = floor_margin(floor_at(s->r, (int64_t)point))};
    standing.medians = arena_alloc(&s->scratch, s->label_count * sizeof *standing.medians);
    size_t comparable = 0;
    double least = INFINITY;
    for (size_t i = 0; i < s->label_count; i++) {
        double median = median_at(s, point, i);
        standing.medians[i] = median;
        comparable += !isnan(median);
        if (median < least) {
            least = median;
            standing.winner = i;
        }
    }
    if (comparable < 2 || floor_is_unsteady(floor_at(s->r, (int64_t)point)))
        standing.winner = NOBODY;
    return standing;
}

/* Two labels at a point; close_duel frees it. */
struct duel {
    struct arena scratch;
    struct side winner, other;
    struct pairs pairs;
};

static struct duel open_duel(struct search *s, size_t point, size_t winner, size_t other) {
    struct duel d = {.scratch = {0}};
    d.winner = side_gather(&d.scratch, s->r, s->labels[winner], (int64_t)point, false);
    d.other = side_gather(&d.scratch, s->r, s->labels[other], (int64_t)point, false);
    d.pairs = side_pair(&d.scratch, s->metric, &d.other, &d.winner);
    return d;
}

static void close_duel(struct duel *d) {
    arena_fini(&d->scratch);
}

static bool did_the_same(struct search *s, const struct duel *d) {
    enum load_kind load = report_load_kind(&s->r->plan);
    const struct party a = {&d->other, d->other.label, load}, b = {&d->winner, d->winner.label, load};
    struct report_list differences = {0};
    refusal_find_differences(s->r, &differences, &a, &b);
    return differences.count == 0;
}

static bool is_faster(struct search *s, size_t point, size_t winner, size_t other) {
    struct duel d = open_duel(s, point, winner, other);
    struct ratio_estimate e;
    bool has_interval =
        did_the_same(s, &d) && signedrank_interval(d.pairs.baseline, d.pairs.strategy, d.pairs.count,
                                                   DESIGN_ALPHA / (double)s->tests, &e);
    close_duel(&d);
    return has_interval &&
           judgement_of_interval(e.low, e.high, s->standings[point].margin) == JUDGEMENT_FASTER;
}

static bool changes(const struct search *s, size_t from, size_t to) {
    size_t before = s->standings[from].winner, after = s->standings[to].winner;
    return before != NOBODY && after != NOBODY && before != after;
}

static bool is_supported(struct search *s, size_t from, size_t to) {
    size_t before = s->standings[from].winner, after = s->standings[to].winner;
    return is_faster(s, from, before, after) && is_faster(s, to, after, before);
}

/* By more than what counts as alike. */
static bool looks_faster(const struct search *s, size_t point, size_t winner, size_t other) {
    const struct standing *standing = &s->standings[point];
    double alike = fmin(standing->margin, JUDGEMENT_ALIKE_MOST);
    return standing->medians[other] > (1 + alike) * standing->medians[winner];
}

static bool seems_to_change(const struct search *s, size_t from, size_t to) {
    size_t before = s->standings[from].winner, after = s->standings[to].winner;
    return changes(s, from, to) && looks_faster(s, from, before, after) && looks_faster(s, to, after, before);
}

static void add(struct search *s, size_t from, size_t to, bool supported) {
    struct report_crossover *c = report_list_add(s->r, &s->r->crossovers, sizeof *c);
    *c = (struct report_crossover){.metric = s->metric->name,
                                   .from_point = (int64_t)from,
                                   .to_point = (int64_t)to,
                                   .winner_before = s->labels[s->standings[from].winner],
                                   .winner_after = s->labels[s->standings[to].winner],
                                   .supported = supported};
}

/* The nearest point before row[at], but not before row[first], that a crossover to it leads from; `at` where
 * there is none. */
static size_t find_start(struct search *s, const size_t *row, size_t first, size_t at) {
    for (size_t from = at; from-- > first;)
        if (changes(s, row[from], row[at]) && is_supported(s, row[from], row[at]))
            return from;
    return at;
}

/* Whether a crossover that is shown leads from before row[at] to beyond it. */
static bool is_spanned(const size_t *starts, size_t count, size_t at) {
    for (size_t i = at + 1; i < count; i++)
        if (starts[i] < at)
            return true;
    return false;
}

static void search_row(struct search *s, const size_t *row, size_t count) {
    size_t first = 0, *starts = arena_alloc(&s->scratch, (count + 1) * sizeof *starts);
    for (size_t at = 1; at < count; at++) {
        starts[at] = find_start(s, row, first, at);
        first = starts[at] < at ? at : first;
    }
    for (size_t at = 1; at < count; at++) {
        if (starts[at] < at)
            add(s, row[starts[at]], row[at], true);
        else if (seems_to_change(s, row[at - 1], row[at]) && !is_spanned(starts, count, at))
            add(s, row[at - 1], row[at], false);
    }
}

static bool has_same_value(const struct report_plan_point *a, const struct report_plan_point *b) {
    return !a->name || a->number == b->number;
}

static bool has_same_concurrency(const struct report_plan_point *a, const struct report_plan_point *b) {
    return a->concurrency == b->concurrency;
}

/* Points are in ascending order, so each row of those that are alike in one thing is in order of the other.
 */
static void search_rows(struct search *s,
                        bool (*alike)(const struct report_plan_point *a, const struct report_plan_point *b)) {
    size_t *row = arena_alloc(&s->scratch, s->point_count * sizeof *row);
    for (size_t first = 0; first < s->point_count; first++) {
        size_t count = 0;
        for (size_t i = 0; i < s->point_count; i++)
            if (alike(&s->points[first], &s->points[i]))
                row[count++] = i;
        if (row[0] == first)
            search_row(s, row, count);
    }
}

void crossover_fill(struct report *r) {
    struct search s = {.r = r,
                       .metric = metric_find(r->plan.metric),
                       .points = r->plan.sweep.items,
                       .point_count = r->plan.sweep.count ? side_points(r) : 0};
    r->crossovers.count = 0;
    if (s.point_count < 2)
        return;
    s.labels = side_labels(&s.scratch, r, &s.label_count);
    s.tests = s.label_count * (s.label_count - 1) / 2 * s.point_count;
    s.standings = arena_alloc(&s.scratch, s.point_count * sizeof *s.standings);
    for (size_t i = 0; i < s.point_count; i++)
        s.standings[i] = stand_at(&s, i);
    search_rows(&s, has_same_value);
    search_rows(&s, has_same_concurrency);
    arena_fini(&s.scratch);
}
