/* Gathering runs and figures. */
#include "compare/side.h"

#include <math.h>
#include <string.h>

#include "plan/plan.h"

static bool is_of(const struct report_run *run, const char *label, int64_t point, bool repeat) {
    return run->baseline_repeat == repeat && !run->ceiling && (run->point == point || run->point < 0) &&
           strcmp(run->label, label) == 0 && strcmp(run->exit.reason, "interrupted") != 0 &&
           run->round >= 1 && run->round <= PLAN_ROUNDS;
}

struct side side_gather(struct arena *a, const struct report *r, const char *label, int64_t point,
                        bool repeat) {
    const struct report_run *runs = r->runs.items;
    struct side side = {.label = label};
    for (size_t i = 0; i < r->runs.count; i++)
        if (is_of(&runs[i], label, point, repeat) && (size_t)runs[i].round > side.count)
            side.count = (size_t)runs[i].round;
    side.rounds = arena_alloc(a, (side.count + 1) * sizeof(struct report_run *));
    for (size_t i = 0; i < r->runs.count; i++) {
        if (!is_of(&runs[i], label, point, repeat) || side.rounds[runs[i].round - 1])
            continue;
        side.rounds[runs[i].round - 1] = &runs[i];
        side.made++;
    }
    return side;
}

struct pairs side_pair(struct arena *a, const struct metric *metric, const struct side *baseline,
                       const struct side *strategy) {
    size_t rounds = baseline->count < strategy->count ? baseline->count : strategy->count;
    struct pairs pairs = {.baseline = arena_alloc(a, (rounds + 1) * sizeof(double)),
                          .strategy = arena_alloc(a, (rounds + 1) * sizeof(double))};
    for (size_t i = 0; i < rounds; i++) {
        if (!baseline->rounds[i] || !strategy->rounds[i])
            continue;
        pairs.baseline[pairs.count] = metric_value(metric, baseline->rounds[i]);
        pairs.strategy[pairs.count] = metric_value(metric, strategy->rounds[i]);
        pairs.count += !isnan(pairs.baseline[pairs.count]) && !isnan(pairs.strategy[pairs.count]);
    }
    return pairs;
}

double *side_figures(struct arena *a, const struct metric *metric, const struct side *side, size_t *count) {
    double *figures = arena_alloc(a, (side->count + 1) * sizeof *figures);
    *count = 0;
    for (size_t i = 0; i < side->count; i++) {
        if (!side->rounds[i])
            continue;
        figures[*count] = metric_value(metric, side->rounds[i]);
        *count += !isnan(figures[*count]);
    }
    return figures;
}

size_t side_points(const struct report *r) {
    size_t points = r->plan.sweep.count < PLAN_ENTRIES ? r->plan.sweep.count : PLAN_ENTRIES;
    return points > 0 ? points : 1;
}

int64_t side_point(const struct report *r, size_t i) {
    return r->plan.sweep.count > 0 ? (int64_t)i : -1;
}

static bool is_among(const char *const *labels, size_t count, const char *label) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(labels[i], label) == 0)
            return true;
    return false;
}

const char **side_labels(struct arena *a, const struct report *r, size_t *count) {
    const struct report_plan_strategy *strategies = r->plan.strategies.items;
    const char **labels = arena_alloc(a, (r->plan.strategies.count + 1) * sizeof *labels);
    *count = 0;
    for (size_t i = 0; i < r->plan.strategies.count && *count < PLAN_ENTRIES; i++)
        if (!is_among(labels, *count, strategies[i].label))
            labels[(*count)++] = strategies[i].label;
    return labels;
}

bool side_has_label(const struct report *r, const char *label) {
    const struct report_plan_strategy *strategies = r->plan.strategies.items;
    for (size_t i = 0; i < r->plan.strategies.count; i++)
        if (strcmp(strategies[i].label, label) == 0)
            return true;
    return false;
}
