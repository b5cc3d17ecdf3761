/* From a baseline to facts for the exit status. */
#include "cli/baseline.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "compare/between.h"
#include "compare/compare.h"

#define THIS_RUN "this run"

static struct between between_of(const struct settings *s, const struct report *old, const struct report *r) {
    return (struct between){
        .old = {old, s->baseline}, .fresh = {r, THIS_RUN}, .margin = s->regression > 0 ? s->regression : 0};
}

enum cli_outcome baseline_check(const struct settings *s, struct report *planned, struct err *err) {
    planned->plan.baseline = arena_strdup(&planned->arena, s->baseline);
    if (s->regression >= 0)
        planned->plan.fail_on_regression = s->regression;
    if (!s->baseline)
        return CLI_OK;
    struct report *old = report_read(s->baseline, err);
    if (!old)
        return CLI_FAILED;
    struct between b = between_of(s, old, planned);
    const char *obstacle = between_obstacle(planned, &b);
    report_close(old);
    malloc_trim(0);
    if (!obstacle)
        return CLI_OK;
    err_set(err, ERR_USAGE, "not comparable with --baseline: %s", obstacle);
    return CLI_NO_CONCLUSION;
}

void baseline_compare(struct outcome *o, const struct settings *s, struct report *r) {
    struct err err = {0};
    if (!s->baseline)
        return;
    struct report *old = report_read(s->baseline, &err);
    if (!old) {
        fprintf(stderr, "fetchbench: %s\n", err.text);
        o->inconclusive = true;
        return;
    }
    struct between b = between_of(s, old, r);
    compare_fill(old);
    compare_fill(r);
    between_fill(r, &b);
    report_close(old);
}

/* "slow is slower than async: its wall time is 1.12 times that (95 % CI 1.08 to 1.15)" */
static void tell(const struct settings *s, const struct report_comparison *c, enum regression found) {
    const char *const *between = c->between.items;
    const char *against = c->between.count ? between[0] : c->baseline;
    if (found == REGRESSION_FOUND)
        fprintf(
            stderr,
            "fetchbench: regression of %s against %s: %s is %.4g times as much (95 %% CI %.4g to %.4g), and %.4g "
            "is allowed\n",
            c->label, against, c->metric, c->ratio, c->ci95[0], c->ci95[1], 1 + s->regression);
    else if (found == REGRESSION_OPEN)
        fprintf(stderr, "fetchbench: no conclusion on a regression of %s against %s: %s\n", c->label, against,
                c->reasons.count ? ((const char *const *)c->reasons.items)[0]
                : c->verdict     ? c->verdict
                                 : "no verdict");
}

void baseline_judge(struct outcome *o, const struct settings *s, const struct report *r) {
    const struct report_comparison *c = r->comparisons.items;
    if (s->regression < 0)
        return;
    bool between = s->baseline != NULL;
    enum regression found = regression_of(r, between, s->regression);
    o->regressed = found == REGRESSION_FOUND;
    o->inconclusive = o->inconclusive || found == REGRESSION_OPEN;
    for (size_t i = 0; i < r->comparisons.count; i++)
        if (c[i].primary && (c[i].between.count > 0) == between)
            tell(s, &c[i], regression_of_one(&c[i], s->regression));
}
