/* From a baseline to facts for the exit status. */
#include "cli/baseline.h"

#include <malloc.h>
#include <math.h>
#include <string.h>

#include "cli/terminal.h"
#include "compare/between.h"
#include "compare/compare.h"
#include "render/points.h"
#include "stats/judgement.h"

#define THIS_RUN "this run"

static struct between between_of(const struct settings *s, const struct report *old, const struct report *r) {
    return (struct between){.old = {old, s->baseline},
                            .fresh = {r, THIS_RUN},
                            .margin = s->regression >= 0 ? fmax(s->regression, JUDGEMENT_MARGIN) : 0};
}

/* What no round could mend, NULL for nothing. A label that the guard cannot see must not pass it. */
static const char *find_obstacle(const struct settings *s, const struct report *old, struct report *planned) {
    struct between b = between_of(s, old, planned);
    const char *obstacle = between_obstacle(planned, &b);
    const char *unguarded = s->regression >= 0 ? regression_unguarded(old, planned) : NULL;
    if (obstacle || !unguarded)
        return obstacle;
    return arena_printf(&planned->arena,
                        "%s has no %s, so --fail-on-regression could tell nothing of it: leave it out, or "
                        "make that report with it",
                        s->baseline, unguarded);
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
    const char *obstacle = find_obstacle(s, old, planned);
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
        terminal_say("%s", err.text);
        o->inconclusive = true;
        return;
    }
    struct between b = between_of(s, old, r);
    compare_fill(old);
    compare_fill(r);
    between_fill(r, &b);
    report_close(old);
}

static void tell(const struct settings *s, const struct report *r, const struct report_comparison *c) {
    struct arena scratch = {0};
    const char *sentence = regression_explain(&scratch, c, s->regression), *where = "";
    if (c->point >= 0)
        where = arena_printf(&scratch, "%s: ", points_name(&scratch, r, c->point, terminal_is_utf8()));
    if (sentence)
        terminal_say("%s%s", where, sentence);
    arena_fini(&scratch);
}

void baseline_judge(struct outcome *o, const struct settings *s, const struct report *r, bool said) {
    const struct report_comparison *c = r->comparisons.items;
    if (s->regression < 0)
        return;
    bool between = s->baseline != NULL;
    enum regression found = regression_of(r, between, s->regression);
    o->regressed = found == REGRESSION_FOUND;
    o->inconclusive = o->inconclusive || found == REGRESSION_OPEN;
    for (size_t i = 0; !said && i < r->comparisons.count; i++)
        if (c[i].primary && (c[i].between.count > 0) == between)
            tell(s, r, &c[i]);
}
