/* From runs to comparisons within an invocation. */
#include "compare/compare.h"

#include <math.h>
#include <string.h>

#include "compare/crossover.h"
#include "compare/design.h"
#include "compare/floor.h"
#include "compare/refusal.h"
#include "stats/judgement.h"
#include "stats/signedrank.h"

#define METRICS 8 /* room for a figure of each metric */

struct filling {
    struct report *r;
    struct arena scratch; /* until all is filled */
    struct arena passing; /* of one label at one point: a file may name many with few runs */
    const char **labels;
    size_t label_count;
    size_t judged; /* comparisons that get a verdict, over all points */
};

/* A point of the sweep, or the only one. */
struct stand {
    struct arena scratch;
    int64_t point;
    struct side baseline, repeat;
    struct report_noise_floor *floors[METRICS];
};

static struct filling begin(struct report *r) {
    struct filling f = {.r = r};
    f.labels = side_labels(&f.scratch, r, &f.label_count);
    f.judged = (f.label_count > 1 ? f.label_count - 1 : 1) * side_points(r);
    return f;
}

static bool is_primary(const struct filling *f, const struct metric *metric) {
    return metric == metric_find(f->r->plan.metric);
}

/* The baseline against itself. It is one interval, judged by nobody's choice, so it is not widened for the
 * number of comparisons. */
static struct report_noise_floor *make_floor(struct filling *f, const struct stand *s,
                                             const struct metric *metric) {
    struct pairs pairs = side_pair(&f->passing, metric, &s->baseline, &s->repeat);
    struct ratio_estimate e;
    if (!pairs.count)
        return NULL;
    signedrank_interval(pairs.baseline, pairs.strategy, pairs.count, DESIGN_ALPHA, &e);
    struct report_noise_floor *floor = arena_alloc(&f->r->arena, sizeof *floor);
    *floor = (struct report_noise_floor){.ratio = e.ratio, .ci95 = {e.low, e.high}};
    return floor;
}

static struct stand stand_at(struct filling *f, int64_t point) {
    struct stand s = {.point = point};
    s.baseline = side_gather(&s.scratch, f->r, f->labels[0], point, false);
    s.repeat = side_gather(&s.scratch, f->r, f->labels[0], point, true);
    for (size_t i = 0; metric_table[i].name; i++)
        s.floors[i] = make_floor(f, &s, &metric_table[i]);
    arena_fini(&f->passing);
    return s;
}

static void estimate(struct report_comparison *c, const struct pairs *pairs, double alpha, size_t judged) {
    struct ratio_estimate e;
    c->rounds = (int64_t)pairs->count;
    if (!pairs->count)
        return;
    bool has_interval = signedrank_interval(pairs->baseline, pairs->strategy, pairs->count, alpha, &e);
    c->ratio = e.ratio;
    c->ci95[0] = e.low;
    c->ci95[1] = e.high;
    c->p_value = has_interval ? fmin(1, e.p_value * (double)judged) : NAN;
}

static void find_too_few(struct filling *f, struct report_comparison *c, const struct metric *metric) {
    size_t least = rounds_least(DESIGN_ALPHA, f->judged);
    if ((size_t)c->rounds < least)
        refusal_say(f->r, &c->reasons, "only %lld round%s%s%s%s: a verdict takes %zu", (long long)c->rounds,
                    c->rounds == 1 ? "" : "s", c->rounds < f->r->plan.rounds ? " in which the " : "",
                    c->rounds < f->r->plan.rounds ? metric->what : "",
                    c->rounds < f->r->plan.rounds ? " of both is known" : "", least);
}

static void find_unsteady(struct filling *f, struct report_comparison *c) {
    const struct report_noise_floor *floor = c->noise_floor;
    if (floor_is_unsteady(floor))
        refusal_say(
            f->r, &c->reasons,
            "%s against itself is %s: its second runs took %.4g times its first (95 %% CI %.4g to %.4g)",
            c->baseline, floor->ratio < 1 ? "faster" : "slower", floor->ratio, floor->ci95[0],
            floor->ci95[1]);
}

/* Joined rounds of short series, or figures that were not known, can be enough for a verdict and not for its
 * noise floor: then the verdict stands by the bare margin, and that is said. */
static void note_unknown_floor(struct filling *f, struct report_comparison *c) {
    if (!c->noise_floor || isnan(c->noise_floor->ci95[0]))
        refusal_say(
            f->r, &c->reasons,
            "how far %s differs from itself is not known, since it was not run twice in enough rounds",
            c->baseline);
}

static void judge(struct filling *f, struct report_comparison *c, const struct pairs *pairs) {
    const struct report_noise_floor *floor = c->noise_floor;
    double margin = floor_margin(floor);
    enum judgement j = judgement_of_interval(c->ci95[0], c->ci95[1], margin);
    c->verdict = judgement_name(c->reasons.count ? JUDGEMENT_NOT_COMPARABLE : j);
    if (c->reasons.count)
        return;
    note_unknown_floor(f, c);
    c->margin = j == JUDGEMENT_EQUIVALENT ? fmin(margin, JUDGEMENT_ALIKE_MOST) : margin;
    if (j != JUDGEMENT_INCONCLUSIVE && j != JUDGEMENT_DIFFERENT)
        return;
    refusal_find_noise(f->r, &c->reasons, floor, c->baseline);
    double deviation = rounds_deviation(pairs->baseline, pairs->strategy, pairs->count);
    c->rounds_needed =
        design_to_settle(f->judged, c->ratio, deviation, floor_half_width(floor), pairs->count);
}

static bool is_decided(const struct report_comparison *c) {
    return strcmp(c->verdict, "faster") == 0 || strcmp(c->verdict, "slower") == 0 ||
           strcmp(c->verdict, "equivalent") == 0;
}

static void decide(struct filling *f, const struct stand *s, const struct side *side,
                   const struct metric *metric, struct report_comparison *c, const struct pairs *pairs) {
    enum load_kind load = report_load_kind(&f->r->plan);
    const struct party baseline = {&s->baseline, c->baseline, load}, strategy = {side, c->label, load};
    find_too_few(f, c, metric);
    find_unsteady(f, c);
    refusal_find_faults(f->r, &c->reasons, &baseline);
    refusal_find_faults(f->r, &c->reasons, &strategy);
    refusal_find_differences(f->r, &c->reasons, &baseline, &strategy);
    judge(f, c, pairs);
    if (is_decided(c)) /* between client strategies the client is the subject, so it is no refusal */
        refusal_find_bound_client(f->r, &c->reasons, &strategy);
}

static int64_t concurrency_at(const struct report *r, int64_t point) {
    const struct report_plan_point *points = r->plan.sweep.items;
    return point < 0 ? -1 : points[point].concurrency;
}

static void add_comparison(struct filling *f, const struct stand *s, const struct side *side, size_t row) {
    const struct metric *metric = &metric_table[row];
    struct pairs pairs = side_pair(&f->passing, metric, &s->baseline, side);
    struct report_comparison *c = report_list_add(f->r, &f->r->comparisons, sizeof *c);
    *c = (struct report_comparison){.metric = metric->name,
                                    .primary = is_primary(f, metric),
                                    .baseline = f->labels[0],
                                    .label = side->label,
                                    .point = s->point,
                                    .concurrency = concurrency_at(f->r, s->point),
                                    .paired = true,
                                    .ratio = NAN,
                                    .ci95 = {NAN, NAN},
                                    .p_value = NAN,
                                    .noise_floor = s->floors[row],
                                    .margin = NAN,
                                    .rounds_needed = -1};
    estimate(c, &pairs, DESIGN_ALPHA / (double)f->judged, f->judged);
    if (c->primary && f->r->plan.rounds != 1)
        decide(f, s, side, metric, c, &pairs);
}

/* Of the primary metric, the widest of all points. */
static void keep_widest(struct report *r, struct report_noise_floor *floor) {
    if (floor && (!r->noise_floor || floor_half_width(floor) > floor_half_width(r->noise_floor)))
        r->noise_floor = floor;
}

static void fill_point(struct filling *f, int64_t point) {
    struct stand s = stand_at(f, point);
    for (size_t i = 1; i < f->label_count; i++) {
        struct side side = side_gather(&f->passing, f->r, f->labels[i], point, false);
        for (size_t row = 0; metric_table[row].name; row++)
            if (metric_is_compared(&metric_table[row], &f->r->plan))
                add_comparison(f, &s, &side, row);
        arena_fini(&f->passing);
    }
    for (size_t row = 0; metric_table[row].name; row++)
        if (is_primary(f, &metric_table[row]))
            keep_widest(f->r, s.floors[row]);
    arena_fini(&s.scratch);
}

/* Those with another report, which is not at hand. */
static size_t take_between(struct filling *f, struct report_comparison **kept) {
    const struct report_comparison *c = f->r->comparisons.items;
    size_t count = 0;
    *kept = arena_alloc(&f->scratch, (f->r->comparisons.count + 1) * sizeof **kept);
    for (size_t i = 0; i < f->r->comparisons.count; i++)
        if (c[i].between.count)
            (*kept)[count++] = c[i];
    return count;
}

void compare_fill(struct report *r) {
    struct filling f = begin(r);
    struct report_comparison *kept;
    size_t kept_count = take_between(&f, &kept);
    r->comparisons.count = 0;
    r->noise_floor = NULL;
    for (size_t i = 0; f.label_count && i < side_points(r); i++)
        fill_point(&f, side_point(r, i));
    for (size_t i = 0; i < kept_count; i++)
        *(struct report_comparison *)report_list_add(r, &r->comparisons, sizeof *kept) = kept[i];
    arena_fini(&f.scratch);
    crossover_fill(r);
}

bool compare_is_open(const struct report_comparison *c) {
    return c->primary && (!c->verdict || strcmp(c->verdict, "inconclusive") == 0 ||
                          strcmp(c->verdict, "not_comparable") == 0);
}

bool compare_is_inconclusive(const struct report *r) {
    const struct report_comparison *c = r->comparisons.items;
    for (size_t i = 0; i < r->comparisons.count; i++)
        if (compare_is_open(&c[i]))
            return true;
    return false;
}
