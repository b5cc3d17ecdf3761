/* Sentences on sweeps and ceilings. */
#include "render/points.h"

#include <math.h>
#include <string.h>

#include "render/ahead.h"
#include "render/sentence.h"

#define LIMITED_SHARE 0.8 /* of its ceiling, from which on it is the client that is measured (METHOD) */

static const struct report_plan_point *point_at(const struct report *report, int64_t point) {
    const struct report_list *sweep = &report->plan.sweep;
    return point >= 0 && (size_t)point < sweep->count ? (const struct report_plan_point *)sweep->items + point
                                                      : NULL;
}

static bool is_same_text(const char *a, const char *b) {
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

/* What changes from point to point. */
struct swept {
    bool concurrency, value;
};

static struct swept swept_of(const struct report *report) {
    struct swept swept = {false, false};
    const struct report_plan_point *points = report->plan.sweep.items;
    for (size_t i = 1; i < report->plan.sweep.count; i++) {
        swept.concurrency = swept.concurrency || points[i].concurrency != points[0].concurrency;
        swept.value = swept.value || !is_same_text(points[i].value, points[0].value);
    }
    return swept;
}

const char *points_name(struct arena *a, const struct report *report, int64_t point, bool utf8) {
    const struct report_plan_point *p = point_at(report, point);
    if (!p)
        return "every point";
    struct swept swept = swept_of(report);
    const char *setting = "";
    if (p->name && p->value && (swept.value || !swept.concurrency))
        setting = page_clean(a, arena_printf(a, "%s=%s", p->name, p->value), utf8);
    if (*setting && !swept.concurrency)
        return setting;
    return arena_printf(a, "%s%s%lld at once", setting, *setting ? ", " : "", (long long)p->concurrency);
}

const char *points_marked_name(const struct notes *n, int64_t point) {
    const char *name = points_name(n->arena, n->report, point, n->style->utf8);
    return strchr(name, '=') ? n->form->quote(n->arena, name) : name;
}

static const char *ahead_everywhere(const struct report *report) {
    const char *first = NULL;
    for (size_t i = 0; i < report->plan.sweep.count; i++) {
        const char *ahead = ahead_label(report, (int64_t)i);
        first = first ? first : ahead;
        if (!ahead || strcmp(ahead, first) != 0)
            return NULL;
    }
    return first;
}

void points_append_crossovers(struct buf *out, const struct notes *n) {
    const struct report_crossover *c = n->report->crossovers.items;
    const char *blank = out->length > 0 ? " " : "", *ahead = ahead_everywhere(n->report);
    for (size_t i = 0; i < n->report->crossovers.count; i++, blank = " ")
        buf_printf(out, "%sBetween %s and %s the lead %s from %s to %s%s.", blank,
                   points_marked_name(n, c[i].from_point), points_marked_name(n, c[i].to_point),
                   c[i].supported ? "passes" : "seems to pass", sentence_clean(n, c[i].winner_before),
                   sentence_clean(n, c[i].winner_after),
                   c[i].supported ? "" : ", which these rounds do not show");
    if (n->report->crossovers.count == 0 && ahead)
        buf_printf(out, "%s%s is ahead at every point.", blank, sentence_clean(n, ahead));
}

/* Rounds that a share is missing in have fewer at once than the others, and a line of their own. */
static bool is_told_by_concurrency(const struct notes *n, const struct summary *s) {
    for (size_t i = 0; i < n->summaries->count; i++) {
        const struct summary *other = &n->summaries->items[i];
        if (other->concurrency != s->concurrency && other->point == s->point &&
            strcmp(other->label, s->label) == 0)
            return true;
    }
    return false;
}

const char *points_label(const struct notes *n, const struct summary *s) {
    const char *label = sentence_label(n, s);
    if (s->point >= 0)
        return arena_printf(n->arena, "%s (%s)", label, points_marked_name(n, s->point));
    if (is_told_by_concurrency(n, s))
        return arena_printf(n->arena, "%s (%lld at once)", label, (long long)s->concurrency);
    return label;
}

/* Between the share of the line before, whose point is `last`, and one of another. */
static const char *joint(const struct notes *n, bool is_first, int64_t last, int64_t point) {
    if (point != last)
        return arena_printf(n->arena, "%s %s:", is_first ? "" : ";", points_marked_name(n, point));
    return is_first ? "" : ",";
}

/* "async 43 % (40 to 47 %)". Above the ceiling a share means nothing. */
static const char *share_of(const struct notes *n, const struct summary *s) {
    const struct summary_shares *shares = &s->ceiling;
    const char *label = sentence_label(n, s);
    if (shares->median > 1)
        return arena_printf(n->arena, "%s is at it", label);
    int decimals = shares->median < 0.0995 ? 1 : 0;
    const char *text = arena_printf(n->arena, "%s %.*f %%", label, decimals, 100 * shares->median);
    if (shares->rounds < 2)
        return text;
    return arena_printf(n->arena, "%s (%.*f to %.*f %%)", text, decimals, 100 * shares->least, decimals,
                        100 * fmin(shares->most, 1));
}

static const char *add_label(const struct notes *n, const char *list, const struct summary *s) {
    return arena_printf(n->arena, "%s%s %s", list, *list ? "," : "", points_label(n, s));
}

void points_say_ceilings(const struct notes *n) {
    const char *all = "", *limited = "", *at_it = "";
    int64_t last = -1;
    for (size_t i = 0; i < n->summaries->count; i++) {
        const struct summary *s = &n->summaries->items[i];
        if (!isfinite(s->ceiling.median))
            continue;
        all = arena_printf(n->arena, "%s%s %s", all, joint(n, !*all, last, s->point), share_of(n, s));
        last = s->point;
        if (s->ceiling.median > 1)
            at_it = add_label(n, at_it, s);
        else if (s->ceiling.median > LIMITED_SHARE)
            limited = add_label(n, limited, s);
    }
    if (*all)
        sentence_say(n, "Share of its ceiling, the rate that each reaches against the embedded endpoint:%s.",
                     all);
    if (*limited)
        sentence_say(n, "So near to its ceiling that it is the client that is measured:%s.", limited);
    if (*at_it)
        sentence_say(
            n,
            "At its ceiling:%s. The target answers at least as fast as the embedded endpoint, so what is "
            "measured is the client's own speed, or both servers are alike.",
            at_it);
}
