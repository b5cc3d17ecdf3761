/* Factors and the lead, from the comparisons where there are any. */
#include "render/standing.h"

#include <math.h>
#include <string.h>

#include "compare/metric.h"
#include "render/ahead.h"

static const char *label_of(const struct summary *s) {
    return s->runs[0]->label;
}

/* Of times within this invocation, at that line's point; NaN without one. */
static double compared_ratio(const struct report *report, const struct summary *s) {
    const struct report_comparison *c = report->comparisons.items;
    const char *metric = metric_of_load(report_load_kind(&report->plan))->name;
    for (size_t i = 0; i < report->comparisons.count; i++)
        if (c[i].between.count == 0 && c[i].point == s->point && strcmp(c[i].metric, metric) == 0 &&
            strcmp(c[i].label, label_of(s)) == 0)
            return c[i].ratio;
    return NAN;
}

/* A line of the label that was named first. In a sweep it need not be the first line. */
static const struct summary *first_named(const struct summaries *all) {
    const struct summary *first = NULL;
    for (size_t i = 0; i < all->count; i++)
        if (!first || all->items[i].place < first->place)
            first = &all->items[i];
    return first;
}

/* The baseline at that line's point. One that holds at every point is set only against another that does. */
static const struct summary *baseline_of(const struct summaries *all, const struct summary *s) {
    for (size_t i = 0; i < all->count; i++) {
        const struct summary *b = &all->items[i];
        if (strcmp(label_of(b), label_of(all->baseline)) == 0 && (b->point == s->point || b->point < 0))
            return b;
    }
    return NULL;
}

static double times_as_fast(const struct summaries *all, const struct report *report,
                            const struct summary *s) {
    const struct summary *baseline = baseline_of(all, s);
    double ratio = compared_ratio(report, s);
    if (!baseline || !baseline->sound || !s->sound || all->load == LOAD_OPEN)
        return NAN;
    if (!isnan(ratio))
        return 1 / ratio;
    return all->load == LOAD_TIMED ? s->requests_per_s / baseline->requests_per_s
                                   : baseline->wall_s / s->wall_s;
}

void standing_fill(struct summaries *all, const struct report *report) {
    all->baseline = first_named(all);
    for (size_t i = 0; i < all->count; i++) {
        struct summary *s = &all->items[i];
        const char *ahead = ahead_label(report, s->point);
        s->times_as_fast = times_as_fast(all, report, s);
        s->ahead_by = ahead && strcmp(ahead, label_of(s)) == 0 ? report->plan.metric : NULL;
    }
}
