/* The sentences of --fail-on and --fail-on-regression. */
#include "render/guards.h"

#include <math.h>
#include <string.h>

#include "base/rank.h"
#include "compare/between.h"
#include "compare/metric.h"
#include "compare/threshold.h"
#include "render/page.h"
#include "render/points.h"
#include "render/sentence.h"
#include "render/versus.h"

/* In a few digits, or where those would hide a difference from `other`, in all. */
static const char *figure(struct arena *a, enum threshold_unit unit, double value, double other) {
    char text[PAGE_FIGURE], beside[PAGE_FIGURE];
    switch (unit) {
    case THRESHOLD_SECONDS:
        if (strcmp(page_duration(text, value), page_duration(beside, other)) == 0 && value != other)
            return arena_printf(a, "%.9gs", value);
        return arena_printf(a, "%s", page_duration(text, value));
    case THRESHOLD_SHARE:
        return arena_printf(a, "%.4g%%", 100 * value);
    case THRESHOLD_PER_S:
    case THRESHOLD_MICROSECONDS:
        break;
    }
    return arena_printf(a, "%.6g", value);
}

static const char *over_rounds(struct arena *a, const struct report_threshold *row,
                               const struct threshold *t) {
    if (row->rounds < 2)
        return "";
    return arena_printf(a, " (%s %lld rounds)", t->metric->unit == THRESHOLD_SHARE ? "in" : "median of",
                        (long long)row->rounds);
}

/* " (20 at once)", where the row is of one point of a sweep. */
static const char *place(const struct notes *n, const struct report_threshold *row) {
    if (row->point < 0)
        return "";
    return arena_printf(n->arena, " (%s)", points_marked_name(n, row->point));
}

/* Without its full stop; NULL for an expression that no fetchbench wrote. */
static const char *sentence(const struct notes *n, const struct report_threshold *row) {
    struct threshold t;
    if (threshold_read(&t, row->expression, NULL))
        return NULL;
    struct arena *a = n->arena;
    const char *who =
        arena_printf(a, "%s of %s%s", t.metric->name, sentence_clean(n, row->label), place(n, row));
    const char *value = figure(a, t.metric->unit, row->value, t.bound);
    if (row->reason && isnan(row->value))
        return arena_printf(a, "%s cannot be judged by %s: %s", who, sentence_clean(n, row->expression),
                            sentence_clean(n, row->reason));
    if (row->reason)
        return arena_printf(a, "%s cannot be judged by %s: it is at least %s%s, and %s", who,
                            sentence_clean(n, row->expression), value, over_rounds(a, row, &t),
                            sentence_clean(n, row->reason));
    return arena_printf(a, "%s is %s%s, which breaks %s", who, value, over_rounds(a, row, &t),
                        sentence_clean(n, row->expression));
}

static bool was_named(const struct report_threshold *rows, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (strcmp(rows[i].expression, rows[index].expression) == 0)
            return true;
    return false;
}

static void say_held(const struct notes *n) {
    const struct report_threshold *rows = n->report->thresholds.items;
    const char *all = "";
    for (size_t i = 0; i < n->report->thresholds.count; i++)
        if (!was_named(rows, i))
            all = arena_printf(n->arena, "%s%s %s", all, *all ? "," : "",
                               sentence_clean(n, rows[i].expression));
    if (*all)
        sentence_say(n, "No threshold is broken:%s.", all);
}

static bool is_guarded(const struct report *r) {
    return r->plan.fail_on_regression >= 0; /* NaN is not */
}

/* Of an older report where one was given, else of the first label. */
static bool is_of_guard(const struct report *r, const struct report_comparison *c) {
    return c->primary && versus_is_between(c) == (r->plan.baseline != NULL);
}

/* "1.26 times that of async in old.json (95 % CI 1.20 to 1.31), and 1.05 is allowed" */
static const char *times(const struct notes *n, const struct report_comparison *c) {
    struct versus_figures f = versus_figures(n->arena, false, c->ratio, c->ci95);
    return arena_printf(n->arena, "%s times that of %s%s%s%s, and %.4g is allowed", f.text,
                        versus_baseline(n, c, n->width / 2), f.interval ? " (95 % CI " : "",
                        f.interval ? f.interval : "", f.interval ? ")" : "",
                        1 + n->report->plan.fail_on_regression);
}

static void say_regression(const struct notes *n, const struct report_comparison *c, enum regression found) {
    const char *point = c->point < 0 ? "" : arena_printf(n->arena, " (%s)", points_marked_name(n, c->point));
    const char *who = arena_printf(n->arena, "%s%s", sentence_clean(n, c->label), point);
    const char *reasons = versus_reasons(n, c);
    if (found == REGRESSION_FOUND)
        sentence_say(n, "FAILED: %s of %s is %s.", metric_find(c->metric)->what, who, times(n, c));
    else if (*reasons && versus_is(c, "not_comparable"))
        sentence_say(n, "NO CONCLUSION on a regression of %s: %s.", who, reasons);
    else
        sentence_say(n, "NO CONCLUSION on a regression of %s: its %s is %s, which lies inside.", who,
                     metric_find(c->metric)->what, times(n, c));
}

static void say_regressions(const struct notes *n, enum regression wanted) {
    const struct report_comparison *rows = n->report->comparisons.items;
    for (size_t i = 0; is_guarded(n->report) && i < n->report->comparisons.count; i++)
        if (is_of_guard(n->report, &rows[i]) &&
            regression_of_one(&rows[i], n->report->plan.fail_on_regression) == wanted)
            say_regression(n, &rows[i], wanted);
}

void guards_say_failed(const struct notes *n) {
    const struct report_threshold *rows = n->report->thresholds.items;
    for (size_t i = 0; i < n->report->thresholds.count; i++) {
        const char *text = rows[i].broken ? sentence(n, &rows[i]) : NULL;
        if (text)
            sentence_say(n, "FAILED: %s.", text);
    }
    say_regressions(n, REGRESSION_FOUND);
    say_regressions(n, REGRESSION_OPEN);
}

/* The fewest completed requests of a run that the row is about; 0 without any. */
static int64_t fewest_requests(const struct report *r, const struct report_threshold *row) {
    const struct report_run *runs = r->runs.items;
    int64_t fewest = 0;
    for (size_t i = 0; i < r->runs.count; i++) {
        int64_t count = runs[i].latency.count;
        if (strcmp(runs[i].label, row->label) == 0 && runs[i].point == row->point && !runs[i].ceiling &&
            count > 0 && (fewest == 0 || count < fewest))
            fewest = count;
    }
    return fewest;
}

static const char *maximum_of(const struct notes *n, const struct report_threshold *row) {
    struct threshold t;
    int64_t count = fewest_requests(n->report, row);
    if (threshold_read(&t, row->expression, NULL) || !(t.metric->share > 0) || count == 0 ||
        rank_nearest(t.metric->share, (uint64_t)count) < (uint64_t)count)
        return NULL;
    return arena_printf(n->arena, "%s of %lld request%s is %s maximum", t.metric->name, (long long)count,
                        count == 1 ? "" : "s", count == 1 ? "its" : "their");
}

/* A percentile of so few requests that it is one of them, each but once. */
static void say_maxima(const struct notes *n) {
    const struct report_threshold *rows = n->report->thresholds.items;
    const char *last = "";
    for (size_t i = 0; i < n->report->thresholds.count; i++) {
        const char *text = maximum_of(n, &rows[i]);
        if (text && strcmp(text, last) != 0)
            sentence_say(n, "%s.", text);
        last = text ? text : last;
    }
}

void guards_say_held(const struct notes *n) {
    const struct report_plan *p = &n->report->plan;
    if (!threshold_is_broken(n->report))
        say_held(n);
    if (is_guarded(n->report) &&
        regression_of(n->report, p->baseline != NULL, p->fail_on_regression) == REGRESSION_NONE)
        sentence_say(n, "No regression beyond %.3g %%.", 100 * p->fail_on_regression);
    say_maxima(n);
}

static const char *as_it_is(struct arena *a, const char *text) {
    (void)a;
    return text;
}

void guards_append(struct buf *out, const struct report *report, bool utf8) {
    static const struct notes_form form = {.quote = as_it_is};
    const struct render_style style = {.utf8 = utf8};
    const struct report_threshold *rows = report->thresholds.items;
    struct arena arena = {0};
    const struct notes n = {.form = &form, .arena = &arena, .report = report, .style = &style};
    for (size_t i = 0; i < report->thresholds.count; i++) {
        const char *text = rows[i].broken ? sentence(&n, &rows[i]) : NULL;
        if (text)
            buf_printf(out, "%s\n", text);
    }
    arena_fini(&arena);
}
