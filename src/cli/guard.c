/* From a report's thresholds and comparisons to facts for the exit status. */
#include "cli/guard.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal.h"
#include "compare/compare.h"
#include "compare/threshold.h"
#include "render/guards.h"
#include "render/points.h"
#include "render/troubles.h"

static void tell_lines(const struct report *r, void (*append)(struct buf *, const struct report *, bool)) {
    struct buf lines;
    buf_init(&lines, REPORT_TEXT_LIMIT);
    append(&lines, r, terminal_is_utf8());
    for (const char *line = buf_text(&lines); *line; line += strcspn(line, "\n") + 1)
        terminal_say("%.*s", (int)strcspn(line, "\n"), line);
    buf_fini(&lines);
}

static const char *why(const struct report_comparison *c) {
    const char *const *reasons = c->reasons.items;
    if (c->reasons.count > 0)
        return reasons[0];
    return c->verdict ? "inconclusive" : "too few rounds"; /* what is not comparable has its reasons */
}

static const char *place(struct arena *a, const struct report *r, int64_t point) {
    return point < 0 ? "" : arena_printf(a, " (%s)", points_name(a, r, point, terminal_is_utf8()));
}

/* Those that --fail-on-regression is about are said with it (cli/baseline). */
static bool is_told(const struct settings *s, const struct report_comparison *c) {
    return s->regression >= 0 && (c->between.count > 0) == (s->baseline != NULL);
}

static void tell_open(const struct settings *s, const struct report *r) {
    struct arena arena = {0};
    const struct report_comparison *c = r->comparisons.items;
    for (size_t i = 0; i < r->comparisons.count; i++) {
        const char *const *between = c[i].between.items;
        if (compare_is_open(&c[i]) && !is_told(s, &c[i]))
            terminal_say("no conclusion on %s%s against %s: %s", c[i].label, place(&arena, r, c[i].point),
                         c[i].between.count ? between[0] : c[i].baseline, why(&c[i]));
    }
    arena_fini(&arena);
}

void guard_tell_troubles(const struct report *r) {
    tell_lines(r, troubles_append);
}

void guard_judge(struct outcome *o, const struct settings *s, const struct report *r, bool said) {
    o->threshold_broken = threshold_is_broken(r);
    o->inconclusive = o->inconclusive || (s->strict && compare_is_inconclusive(r));
    if (o->threshold_broken && !said)
        tell_lines(r, guards_append);
    if (s->strict && o->inconclusive)
        tell_open(s, r);
}
