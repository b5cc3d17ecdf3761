/* One comparison of many. */
#include "render/provisional.h"

#include <math.h>
#include <string.h>

#include "render/page.h"
#include "render/points.h"
#include "render/versus.h"

#define LONGEST_LABEL 12

/* Of the run made last; -1 without a sweep, or where it holds at every point. */
static int64_t last_point(const struct report *report) {
    const struct report_run *runs = report->runs.items;
    return report->runs.count ? runs[report->runs.count - 1].point : -1;
}

static const struct report_comparison *find_best(const struct report *report) {
    const struct report_comparison *all = report->comparisons.items, *best = NULL;
    int64_t point = last_point(report);
    for (size_t i = 0; i < report->comparisons.count; i++) {
        const struct report_comparison *c = &all[i];
        if (!c->primary || c->rounds < 2 || !(c->ratio > 0) || (point >= 0 && c->point != point))
            continue;
        best = !best || c->ratio < best->ratio ? c : best;
    }
    return best;
}

static const char *short_label(struct arena *a, const char *label, bool utf8) {
    return page_shorten(a, page_clean(a, label, utf8), LONGEST_LABEL, utf8);
}

const char *provisional_text(struct arena *a, const struct report *report, bool utf8) {
    char factor[PAGE_FIGURE];
    const struct report_comparison *best = find_best(report);
    if (!best)
        return NULL;
    const struct versus_metric *metric = versus_metric(best->metric);
    page_factor(factor, metric->inverted ? 1 / best->ratio : best->ratio);
    const char *where = "";
    if (best->point >= 0)
        where = arena_printf(a, " (%s)", points_name(a, report, best->point, utf8));
    return arena_printf(a, "provisional: %s %s %s%s%s%s", short_label(a, best->label, utf8), factor,
                        metric->inverted ? "" : metric->short_name, metric->inverted ? "" : " of ",
                        short_label(a, best->baseline, utf8), where);
}
