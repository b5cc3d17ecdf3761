/* Whether anything got slower beyond a margin. */
#include <math.h>
#include <string.h>

#include "compare/between.h"
#include "compare/metric.h"
#include "compare/side.h"

const char *regression_unguarded(const struct report *old, const struct report *fresh) {
    const struct report_plan_strategy *strategies = fresh->plan.strategies.items;
    for (size_t i = 0; i < fresh->plan.strategies.count; i++)
        if (!side_has_label(old, strategies[i].label))
            return strategies[i].label;
    return NULL;
}

enum regression regression_of_one(const struct report_comparison *c, double margin) {
    if (!c->verdict || strcmp(c->verdict, "not_comparable") == 0)
        return REGRESSION_OPEN;
    if (c->ci95[0] > 1 + margin)
        return REGRESSION_FOUND;
    return c->ci95[1] <= 1 + margin ? REGRESSION_NONE : REGRESSION_OPEN;
}

enum regression regression_of(const struct report *r, bool between, double margin) {
    const struct report_comparison *c = r->comparisons.items;
    enum regression worst = REGRESSION_NONE;
    size_t judged = 0;
    for (size_t i = 0; i < r->comparisons.count; i++) {
        if (!c[i].primary || (c[i].between.count > 0) != between)
            continue;
        enum regression one = regression_of_one(&c[i], margin);
        judged++;
        if (one == REGRESSION_FOUND)
            return one;
        worst = one == REGRESSION_OPEN ? one : worst;
    }
    return judged ? worst : REGRESSION_OPEN;
}

static const char *why_open(struct arena *a, const struct report_comparison *c, double margin) {
    const char *what = metric_find(c->metric)->what;
    if (c->reasons.count && strcmp(c->verdict, "not_comparable") == 0)
        return arena_printf(a, "not comparable, %s", ((const char *const *)c->reasons.items)[0]);
    if (!c->verdict || isnan(c->ci95[0]) || isnan(c->ci95[1]))
        return arena_printf(a, "there is no interval of its %s", what);
    return arena_printf(a,
                        "%s is %.4g to %.4g times that (95 %% CI), and %.4g, which is allowed, lies inside",
                        what, c->ci95[0], c->ci95[1], 1 + margin);
}

const char *regression_explain(struct arena *a, const struct report_comparison *c, double margin) {
    const char *against = c->between.count ? ((const char *const *)c->between.items)[0] : c->baseline;
    switch (regression_of_one(c, margin)) {
    case REGRESSION_FOUND:
        return arena_printf(a,
                            "regression of %s against %s: %s is %.4g times that (95 %% CI %.4g to %.4g), and "
                            "%.4g is allowed",
                            c->label, against, metric_find(c->metric)->what, c->ratio, c->ci95[0], c->ci95[1],
                            1 + margin);
    case REGRESSION_OPEN:
        return arena_printf(a, "no conclusion on a regression of %s against %s: %s", c->label, against,
                            why_open(a, c, margin));
    case REGRESSION_NONE:
        break;
    }
    return NULL;
}
