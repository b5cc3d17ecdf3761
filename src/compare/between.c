/* Comparisons between invocations. */
#include "compare/between.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "compare/design.h"
#include "compare/floor.h"
#include "compare/refusal.h"
#include "stats/judgement.h"
#include "stats/ranksum.h"

struct opposing {
    struct report *into;
    const struct between *b;
    struct arena scratch; /* of one comparison */
    struct report_list differences, names;
    size_t judged;
};

struct figures {
    double *values;
    size_t count;
};

size_t between_common(const struct report *old, const struct report *fresh) {
    struct arena scratch = {0};
    size_t count, common = 0;
    const char **labels = side_labels(&scratch, fresh, &count);
    for (size_t i = 0; i < count; i++)
        common += side_has_label(old, labels[i]);
    arena_fini(&scratch);
    return common;
}

/* Of a report's own baseline against itself, for that metric and point. */
static const struct report_noise_floor *floor_of(const struct report *r, const char *metric, int64_t point) {
    const struct report_comparison *c = r->comparisons.items;
    for (size_t i = 0; i < r->comparisons.count; i++)
        if (!c[i].between.count && c[i].point == point && strcmp(c[i].metric, metric) == 0)
            return c[i].noise_floor;
    return NULL;
}

static struct report_noise_floor *wider_floor(struct opposing *o, const char *metric, int64_t point) {
    const struct report_noise_floor *old = floor_of(o->b->old.report, metric, point);
    const struct report_noise_floor *fresh = floor_of(o->b->fresh.report, metric, point);
    const struct report_noise_floor *wider =
        floor_half_width(old) > floor_half_width(fresh) || !fresh ? old : fresh;
    if (!wider)
        return NULL;
    struct report_noise_floor *copy = arena_alloc(&o->into->arena, sizeof *copy);
    *copy = *wider;
    return copy;
}

static void find_unsteady(struct opposing *o, struct report_comparison *c, const struct named_report *of) {
    const struct report_noise_floor *floor = floor_of(of->report, c->metric, c->point);
    if (floor_is_unsteady(floor))
        refusal_say(o->into, &c->reasons,
                    "the baseline of %s is %s than itself (%.4g times, 95 %% CI %.4g to %.4g)", of->name,
                    floor->ratio < 1 ? "faster" : "slower", floor->ratio, floor->ci95[0], floor->ci95[1]);
}

/* Rounds of either report with which there is an interval; never fewer than one invocation needs by itself.
 */
static size_t least_rounds(size_t judged) {
    size_t least = rounds_least(DESIGN_ALPHA, 1);
    uint64_t k;
    while (least < DESIGN_ROUNDS && !ranksum_critical(least, least, DESIGN_ALPHA / 2 / (double)judged, &k))
        least++;
    return least;
}

/* An interrupted report may hold less than its plan says. */
static const char *standing(const struct named_report *of) {
    return of->report->complete ? "" : " (interrupted)";
}

static void find_too_few(struct opposing *o, struct report_comparison *c, const struct metric *metric,
                         size_t old, size_t fresh) {
    size_t least = least_rounds(o->judged);
    if (old < least || fresh < least)
        refusal_say(
            o->into, &c->reasons,
            "%s of %zu finished round%s in %s%s and %zu in %s%s is known, and a verdict takes at least %zu "
            "of each: see --rounds auto",
            metric->what, old, old == 1 ? "" : "s", o->b->old.name, standing(&o->b->old), fresh,
            o->b->fresh.name, standing(&o->b->fresh), least);
}

static void add_texts(struct report *r, struct report_list *out, const struct report_list *texts) {
    for (size_t i = 0; i < texts->count; i++) {
        const char **item = report_list_add(r, out, sizeof *item);
        *item = ((const char *const *)texts->items)[i];
    }
}

static void judge(struct opposing *o, struct report_comparison *c, const struct figures *old,
                  const struct figures *fresh) {
    const struct report_noise_floor *floor = c->noise_floor;
    double alike = o->b->margin > 0 ? o->b->margin : BETWEEN_MARGIN;
    double margin = fmax(alike, expm1(floor_half_width(floor)));
    enum judgement j = judgement_within(c->ci95[0], c->ci95[1], margin, alike);
    c->verdict = judgement_name(j);
    c->margin = j == JUDGEMENT_EQUIVALENT ? alike : margin;
    if (j != JUDGEMENT_INCONCLUSIVE && j != JUDGEMENT_DIFFERENT)
        return;
    double deviation =
        hypot(rounds_spread(old->values, old->count), rounds_spread(fresh->values, fresh->count));
    c->rounds_needed =
        design_to_settle(o->judged, c->ratio, deviation, floor_half_width(floor), (size_t)c->rounds);
}

/* The keys that differ, and what may follow from them: refusals, or with --force warnings. */
static void add_differences(struct opposing *o, struct report_comparison *c, const struct party *old,
                            const struct party *fresh) {
    add_texts(o->into, &c->reasons, &o->differences);
    refusal_find_unlike(o->into, &c->reasons, old, fresh);
}

static void decide(struct opposing *o, struct report_comparison *c, const struct metric *metric,
                   const struct side *before, const struct side *after, const struct figures *old,
                   const struct figures *fresh) {
    struct arena *a = &o->scratch;
    const struct party first = {before, arena_printf(a, "%s in %s", c->label, o->b->old.name),
                                report_load_kind(&o->b->old.report->plan)};
    const struct party second = {after, arena_printf(a, "%s in %s", c->label, o->b->fresh.name),
                                 report_load_kind(&o->b->fresh.report->plan)};
    judge(o, c, old, fresh);
    find_too_few(o, c, metric, old->count, fresh->count);
    find_unsteady(o, c, &o->b->old);
    find_unsteady(o, c, &o->b->fresh);
    refusal_find_faults(o->into, &c->reasons, &first);
    refusal_find_faults(o->into, &c->reasons, &second);
    refusal_find_failures(o->into, &c->reasons, &first, &second);
    if (strcmp(c->verdict, "slower") == 0) { /* by whom cannot be told where the client was the limit */
        refusal_find_bound_client(o->into, &c->reasons, &first);
        refusal_find_bound_client(o->into, &c->reasons, &second);
    }
    if (!o->b->force)
        add_differences(o, c, &first, &second);
    if (c->reasons.count) {
        c->verdict = judgement_name(JUDGEMENT_NOT_COMPARABLE);
        c->rounds_needed = -1;
        c->margin = NAN;
    }
    if (o->b->force)
        add_differences(o, c, &first, &second);
    if (strcmp(c->verdict, "inconclusive") == 0 || strcmp(c->verdict, "different") == 0)
        refusal_find_noise(o->into, &c->reasons, c->noise_floor, "the baseline");
}

static const struct metric *judged_metric(const struct between *b) {
    return metric_find(b->metric ? b->metric : b->fresh.report->plan.metric);
}

static void add_comparison(struct opposing *o, const char *label, int64_t point,
                           const struct metric *metric) {
    const struct report *old = o->b->old.report, *fresh = o->b->fresh.report;
    const struct report_plan_point *points = fresh->plan.sweep.items;
    struct side before = side_gather(&o->scratch, old, label, point, false);
    struct side after = side_gather(&o->scratch, fresh, label, point, false);
    struct figures first, second;
    struct ratio_estimate e = {NAN, NAN, NAN, NAN};
    first.values = side_figures(&o->scratch, metric, &before, &first.count);
    second.values = side_figures(&o->scratch, metric, &after, &second.count);
    if (first.count && second.count)
        ranksum_interval(first.values, first.count, second.values, second.count,
                         DESIGN_ALPHA / (double)o->judged, &e);
    struct report_noise_floor *floor = wider_floor(o, metric->name, point);
    struct report_comparison *c = report_list_add(o->into, &o->into->comparisons, sizeof *c);
    *c = (struct report_comparison){.metric = metric->name,
                                    .primary = metric == judged_metric(o->b),
                                    .baseline = arena_strdup(&o->into->arena, label),
                                    .point = point,
                                    .concurrency = point < 0 ? -1 : points[point].concurrency,
                                    .rounds =
                                        (int64_t)(first.count < second.count ? first.count : second.count),
                                    .between = o->names,
                                    .ratio = e.ratio,
                                    .ci95 = {e.low, e.high},
                                    .p_value = isnan(e.low) ? NAN : fmin(1, e.p_value * (double)o->judged),
                                    .noise_floor = floor,
                                    .margin = NAN,
                                    .rounds_needed = -1};
    c->label = c->baseline;
    if (c->primary)
        decide(o, c, metric, &before, &after, &first, &second);
    arena_fini(&o->scratch);
}

static void add_name(struct opposing *o, const char *name) {
    const char **item = report_list_add(o->into, &o->names, sizeof *item);
    *item = arena_strdup(&o->into->arena, name);
}

void between_fill(struct report *into, const struct between *b) {
    const struct report *old = b->old.report, *fresh = b->fresh.report;
    struct opposing o = {.into = into, .b = b};
    struct arena scratch = {0};
    size_t count;
    const char **labels = side_labels(&scratch, fresh, &count);
    o.judged = between_common(old, fresh) * side_points(fresh);
    keys_find_differences(into, &o.differences, &b->old, &b->fresh, false);
    add_name(&o, b->old.name);
    add_name(&o, b->fresh.name);
    for (size_t point = 0; point < side_points(fresh); point++)
        for (size_t i = 0; i < count; i++)
            for (const struct metric *m = metric_table; m->name && side_has_label(old, labels[i]); m++)
                if (metric_is_compared(m, &fresh->plan) || m == judged_metric(b))
                    add_comparison(&o, labels[i], side_point(fresh, point), m);
    arena_fini(&scratch);
}

/* Rounds of a label that the older report has least of. */
static size_t fewest_rounds(const struct report *old, const struct report *fresh, const char **label) {
    struct arena scratch = {0};
    size_t count, fewest = SIZE_MAX;
    const char **labels = side_labels(&scratch, fresh, &count);
    for (size_t i = 0; i < count; i++) {
        size_t made = 0;
        for (size_t point = 0; point < side_points(fresh) && side_has_label(old, labels[i]); point++) {
            struct arena passing = {0};
            made = side_gather(&passing, old, labels[i], side_point(fresh, point), false).made;
            arena_fini(&passing);
            *label = made < fewest ? labels[i] : *label;
            fewest = made < fewest ? made : fewest;
        }
    }
    arena_fini(&scratch);
    return fewest;
}

const char *between_obstacle(struct report *r, const struct between *b) {
    const struct report *old = b->old.report, *fresh = b->fresh.report;
    size_t common = between_common(old, fresh);
    if (!common)
        return arena_printf(&r->arena, "%s and %s have no label in common", b->old.name, b->fresh.name);
    struct report_list texts = {0};
    if (!b->force)
        keys_find_differences(r, &texts, &b->old, &b->fresh, true);
    const char *sentence = "";
    for (size_t i = 0; i < texts.count; i++)
        sentence =
            arena_printf(&r->arena, "%s%s%s", sentence, i ? "; " : "", ((const char **)texts.items)[i]);
    if (texts.count)
        return sentence;
    const char *label = NULL;
    size_t fewest = fewest_rounds(old, fresh, &label);
    size_t least = least_rounds(common * side_points(fresh));
    if (fewest >= least)
        return NULL;
    return arena_printf(
        &r->arena, "%s has %zu round%s of %s, and a verdict takes at least %zu: make it with --rounds auto",
        b->old.name, fewest, fewest == 1 ? "" : "s", label, least);
}
