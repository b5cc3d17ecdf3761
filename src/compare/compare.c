/* From runs to comparisons. */
#include "compare/compare.h"

#include <math.h>
#include <string.h>

#include "compare/metric.h"

#define LEAST_ROUNDS 7

static const struct report_run *find_run(const struct report *r, const char *label, int64_t round) {
    const struct report_run *runs = r->runs.items;
    for (size_t i = 0; i < r->runs.count; i++)
        if (runs[i].round == round && !runs[i].baseline_repeat && strcmp(runs[i].label, label) == 0)
            return &runs[i];
    return NULL;
}

/* The geometric mean of the rounds' ratios. */
static void pair_rounds(const struct report *r, const struct metric *metric, struct report_comparison *c) {
    double sum = 0;
    const struct report_run *runs = r->runs.items;
    for (size_t i = 0; i < r->runs.count; i++) {
        if (runs[i].baseline_repeat || strcmp(runs[i].label, c->label) != 0)
            continue;
        const struct report_run *base = find_run(r, c->baseline, runs[i].round);
        double ratio = base ? metric_value(metric, &runs[i]) / metric_value(metric, base) : NAN;
        if (isnan(ratio))
            continue;
        sum += log(ratio);
        c->rounds++;
    }
    if (c->rounds)
        c->ratio = exp(sum / (double)c->rounds);
}

static void add_comparison(struct report *r, const struct metric *metric, const char *label) {
    const struct report_plan_strategy *strategies = r->plan.strategies.items;
    struct report_comparison *c = report_list_add(r, &r->comparisons, sizeof *c);
    *c = (struct report_comparison){.metric = metric->name,
                                    .primary = metric == metric_find(r->plan.metric),
                                    .baseline = strategies[0].label,
                                    .label = label,
                                    .point = -1,
                                    .concurrency = -1,
                                    .paired = true,
                                    .ratio = NAN,
                                    .ci95 = {NAN, NAN},
                                    .p_value = NAN,
                                    .rounds_needed = -1};
    pair_rounds(r, metric, c);
}

void compare_fill(struct report *r) {
    const struct report_plan_strategy *strategies = r->plan.strategies.items;
    r->comparisons.count = 0;
    for (size_t i = 1; i < r->plan.strategies.count; i++)
        for (const struct metric *m = metric_table; m->name; m++)
            add_comparison(r, m, strategies[i].label);
}

int64_t compare_rounds_wanted(const struct report *r) {
    (void)r;
    return LEAST_ROUNDS;
}

static bool is_conclusion(const char *verdict) {
    return verdict && strcmp(verdict, "inconclusive") != 0 && strcmp(verdict, "not_comparable") != 0;
}

bool compare_is_inconclusive(const struct report *r) {
    const struct report_comparison *c = r->comparisons.items;
    for (size_t i = 0; i < r->comparisons.count; i++)
        if (c[i].primary && !is_conclusion(c[i].verdict))
            return true;
    return false;
}
