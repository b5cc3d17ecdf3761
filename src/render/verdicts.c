/* The list of verdicts below the table. */
#include "render/verdicts.h"

#include <math.h>
#include <string.h>

#include "compare/floor.h"
#include "render/page.h"
#include "render/points.h"
#include "render/sentence.h"
#include "render/versus.h"
#include "stats/judgement.h"

#define WIDEST_LABEL 24

static const struct report_comparison *comparison_at(const struct notes *n, size_t index) {
    return &((const struct report_comparison *)n->report->comparisons.items)[index];
}

static bool is_judged(const struct report_comparison *c) {
    return c->primary && c->verdict;
}

bool verdicts_are_there(const struct notes *n) {
    for (size_t i = 0; i < n->report->comparisons.count; i++)
        if (is_judged(comparison_at(n, i)))
            return true;
    return false;
}

static size_t widest_label(const struct notes *n) {
    size_t widest = 0;
    for (size_t i = 0; i < n->report->comparisons.count; i++) {
        size_t width = page_columns(page_clean(n->arena, comparison_at(n, i)->label, n->style->utf8));
        widest = width > widest ? width : widest;
    }
    return widest < WIDEST_LABEL ? widest : WIDEST_LABEL;
}

static bool has_same_reasons(const struct report_comparison *a, const struct report_comparison *b) {
    const char *const *one = a->reasons.items, *const *other = b->reasons.items;
    if (a->reasons.count != b->reasons.count)
        return false;
    for (size_t i = 0; i < a->reasons.count; i++)
        if (strcmp(one[i], other[i]) != 0)
            return false;
    return true;
}

/* Where all were refused for the same reason, it is said once. */
static const struct report_comparison *refused_alike(const struct notes *n) {
    const struct report_comparison *first = NULL;
    size_t judged = 0;
    for (size_t i = 0; i < n->report->comparisons.count; i++) {
        const struct report_comparison *c = comparison_at(n, i);
        if (!is_judged(c))
            continue;
        first = first ? first : c;
        if (!versus_is(c, "not_comparable") || !has_same_reasons(first, c))
            return NULL;
        judged++;
    }
    return judged > 1 ? first : NULL;
}

/* "threads against itself: 1.00x (0.98 to 1.02)"; "" where it was not run twice. */
static const char *noise_floor_of(const struct notes *n, const struct report_comparison *c) {
    const struct report_noise_floor *floor = c->noise_floor;
    if (!floor)
        return "";
    struct versus_figures f =
        versus_figures(n->arena, versus_metric(c->metric)->inverted, floor->ratio, floor->ci95);
    return arena_printf(n->arena, "%s against itself: %sx%s", sentence_shorten(n, c->baseline, n->width / 3),
                        f.text, f.interval ? arena_printf(n->arena, " (%s)", f.interval) : "");
}

/* What follows from it; nothing where all is refused because of it. */
static const char *floor_consequence(const struct notes *n, const struct report_noise_floor *floor) {
    double percent = 100 * floor_margin(floor);
    if (!(percent < 1e6) || floor_is_unsteady(floor))
        return "";
    const char *figure =
        percent < 99.5 ? arena_printf(n->arena, "%.2g", percent) : arena_printf(n->arena, "%.0f", percent);
    return arena_printf(n->arena, ", so less than %s %% is not called faster or slower", figure);
}

static const struct report_comparison *first_at(const struct notes *n, int64_t point) {
    for (size_t i = 0; i < n->report->comparisons.count; i++) {
        const struct report_comparison *c = comparison_at(n, i);
        if (is_judged(c) && c->point == point && !versus_is_between(c))
            return c;
    }
    return NULL;
}

static bool is_same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

static bool is_same_floor(const struct report_noise_floor *a, const struct report_noise_floor *b) {
    return a && b && is_same(a->ratio, b->ratio) && is_same(a->ci95[0], b->ci95[0]) &&
           is_same(a->ci95[1], b->ci95[1]);
}

/* A baseline that holds at every point was run against itself but once. */
static bool shares_floor(const struct notes *n) {
    const struct report_comparison *first = first_at(n, 0);
    for (int64_t point = 1; first && point < (int64_t)n->report->plan.sweep.count; point++) {
        const struct report_comparison *c = first_at(n, point);
        if (!c || !is_same_floor(c->noise_floor, first->noise_floor))
            return false;
    }
    return first;
}

static void say_noise_floor(const struct notes *n) {
    const struct report_comparison *c = first_at(n, n->report->plan.sweep.count > 0 ? 0 : -1);
    if (c && c->noise_floor)
        sentence_say(n, "%s%s.", noise_floor_of(n, c), floor_consequence(n, c->noise_floor));
}

static const char *point_heading(const struct notes *n, const struct report_comparison *c) {
    const char *floor = shares_floor(n) ? "" : noise_floor_of(n, c);
    return arena_printf(n->arena, "%s%s%s", points_marked_name(n, c->point), *floor ? "; " : "", floor);
}

static void say_row(const struct notes *n, const struct report_comparison *c, size_t width) {
    struct versus_line line = versus_line(n, c);
    n->form->put_row(n, &(struct notes_row){page_clean(n->arena, c->label, n->style->utf8), width, line.text,
                                            line.word, line.rest, line.tint});
}

/* Of one invocation, or of two. */
static void say_rows(const struct notes *n, int64_t point, bool between) {
    size_t width = widest_label(n);
    for (size_t i = 0; i < n->report->comparisons.count; i++) {
        const struct report_comparison *c = comparison_at(n, i);
        if (is_judged(c) && c->point == point && versus_is_between(c) == between)
            say_row(n, c, width);
    }
}

static void say_point_heading(const struct notes *n, int64_t point) {
    for (size_t i = 0; i < n->report->comparisons.count; i++) {
        const struct report_comparison *c = comparison_at(n, i);
        if (!is_judged(c) || c->point != point)
            continue;
        n->form->put_heading(n, point_heading(n, c));
        return;
    }
}

void verdicts_say(const struct notes *n) {
    const struct report_comparison *refused = refused_alike(n);
    if (!verdicts_are_there(n))
        return;
    if (refused)
        sentence_say(n, "Not comparable: %s.", versus_reasons(n, refused));
    else
        say_rows(n, -1, false);
    if (n->report->plan.sweep.count == 0 || shares_floor(n))
        say_noise_floor(n);
    if (!refused)
        say_rows(n, -1, true);
    for (int64_t point = 0; !refused && point < (int64_t)n->report->plan.sweep.count; point++) {
        say_point_heading(n, point);
        say_rows(n, point, false);
        say_rows(n, point, true);
    }
    versus_say_drift(n, "");
}

static bool is_unjudged(const struct report_comparison *c) {
    return !c->primary && isfinite(c->ci95[0]) && isfinite(c->ci95[1]);
}

/* The file of the older report; "" within one invocation. */
static const char *origin_of(const struct report_comparison *c) {
    return versus_is_between(c) ? ((const char *const *)c->between.items)[0] : "";
}

static bool is_same_pair(const struct report_comparison *a, const struct report_comparison *b) {
    return strcmp(a->label, b->label) == 0 && strcmp(a->baseline, b->baseline) == 0 && a->point == b->point &&
           strcmp(origin_of(a), origin_of(b)) == 0;
}

/* "p50 1.02 (1.01 to 1.03), CPU 0.42 (0.40 to 0.44)", of all metrics of that pair. */
static const char *unjudged_figures(const struct notes *n, const struct report_comparison *pair) {
    const char *text = "";
    for (size_t i = 0; i < n->report->comparisons.count; i++) {
        const struct report_comparison *c = comparison_at(n, i);
        if (!is_unjudged(c) || !is_same_pair(c, pair))
            continue;
        struct versus_figures f = versus_figures(n->arena, false, c->ratio, c->ci95);
        text = arena_printf(n->arena, "%s%s%s %s (%s)", text, *text ? ", " : "",
                            versus_metric(c->metric)->short_name, f.text, f.interval);
    }
    return text;
}

static bool is_first_of_pair(const struct notes *n, size_t index) {
    if (!is_unjudged(comparison_at(n, index)))
        return false;
    for (size_t i = 0; i < index; i++)
        if (is_unjudged(comparison_at(n, i)) && is_same_pair(comparison_at(n, i), comparison_at(n, index)))
            return false;
    return true;
}

/* Of two invocations the file: each label is set against its own runs there. */
static const char *against_what(const struct notes *n, const struct report_comparison *c) {
    if (!versus_is_between(c))
        return versus_baseline(n, c, n->width / 3);
    return sentence_shorten(n, origin_of(c), n->width / 2);
}

void verdicts_say_unjudged(const struct notes *n) {
    size_t width = widest_label(n);
    const struct report_comparison *last = NULL;
    for (size_t i = 0; i < n->report->comparisons.count; i++) {
        const struct report_comparison *c = comparison_at(n, i);
        if (!is_first_of_pair(n, i))
            continue;
        if (!last || strcmp(origin_of(c), origin_of(last)) != 0)
            sentence_say(
                n,
                "Not judged: ratios to %s (0.5 is half of it), with the 95 %% CI of each metric by itself.",
                against_what(n, c));
        if (c->point != (last ? last->point : -1))
            n->form->put_heading(n, points_marked_name(n, c->point));
        last = c;
        n->form->put_row(n, &(struct notes_row){page_clean(n->arena, c->label, n->style->utf8), width,
                                                unjudged_figures(n, c), "", "", TINT_NONE});
    }
}
