/* The keys of the plan that do not matter when reports are joined; those of the machine that do are keys.h's.
 */
#include "compare/alike.h"

#include <math.h>
#include <string.h>

#include "compare/keys.h"
#include "compare/seen.h"
#include "report/fields.h"

/* Of the plan: keys that may differ, each between bars. They change what is kept or when a run is given up,
 * and nothing of what is measured. */
static const char may_differ[] =
    "|rounds|rounds_auto|budget_s|samples|samples_order|run_timeout_s|max_errors|baseline|"
    "fail_on_regression|";

/* In shares, what each does a part of; stages, strategies and points are looked at apart, since rates and
 * concurrency are among it. */
static const char is_shared[] =
    "|requests|concurrency|rate_per_s|stages|warmup_requests|pin|strategies|sweep|";

/* Where both served themselves, the port in the URL is whichever was free; and how many random arrivals come
 * in a given time the seed says. */
static bool is_skipped(enum alike kind, const struct report_plan *a, const struct report_plan *b,
                       const char *key) {
    if (a->embedded && b->embedded && strcmp(key, "url") == 0)
        return true;
    if (a->arrivals && b->arrivals && a->duration_s > 0 && strcmp(key, "requests") == 0)
        return true;
    return field_has_word(may_differ, key) || (kind == ALIKE_SHARES && field_has_word(is_shared, key));
}

static void note(struct buf *differing, const char *object, const char *key) {
    buf_printf(differing, "%s%s.%s", differing->length ? ", " : "", object, key);
}

static const struct shape *shape_of(const char *key) {
    return shape_find(&report_shape, key)->shape;
}

static bool has_same_strategies(const struct report_plan *a, const struct report_plan *b) {
    const struct report_plan_strategy *first = a->strategies.items, *second = b->strategies.items;
    const struct shape *shape = shape_find(shape_of("plan"), "strategies")->shape;
    const struct field *options = shape_find(shape, "options");
    if (a->strategies.count != b->strategies.count)
        return false;
    for (size_t i = 0; i < a->strategies.count; i++)
        if (strcmp(first[i].label, second[i].label) != 0 ||
            strcmp(first[i].strategy, second[i].strategy) != 0 ||
            !field_is_equal(options, &first[i], &second[i]))
            return false;
    return true;
}

static bool has_same_points(const struct report_plan *a, const struct report_plan *b) {
    const struct report_plan_point *first = a->sweep.items, *second = b->sweep.items;
    const struct shape *shape = shape_find(shape_of("plan"), "sweep")->shape;
    if (a->sweep.count != b->sweep.count)
        return false;
    for (size_t i = 0; i < a->sweep.count; i++)
        for (const struct field *f = shape->fields; f->key; f++)
            if (strcmp(f->key, "concurrency") != 0 && !field_is_equal(f, &first[i], &second[i]))
                return false;
    return true;
}

/* Stretches of the same lengths, whose rates add up. */
static bool has_same_stretches(const struct report_plan *a, const struct report_plan *b) {
    const struct report_plan_stage *first = a->stages.items, *second = b->stages.items;
    if (a->stages.count != b->stages.count)
        return false;
    for (size_t i = 0; i < a->stages.count; i++)
        if (first[i].length_s != second[i].length_s &&
            !(isnan(first[i].length_s) && isnan(second[i].length_s)))
            return false;
    return isnan(a->rate_per_s) == isnan(b->rate_per_s);
}

static void note_plan(struct buf *differing, enum alike kind, const struct report_plan *a,
                      const struct report_plan *b) {
    for (const struct field *f = shape_of("plan")->fields; f->key; f++)
        if (!is_skipped(kind, a, b, f->key) && !field_is_equal(f, a, b))
            note(differing, "plan", f->key);
    if (kind == ALIKE_SHARES && !has_same_strategies(a, b))
        note(differing, "plan", "strategies");
    if (kind == ALIKE_SHARES && !has_same_stretches(a, b))
        note(differing, "plan", "stages");
    if (kind == ALIKE_SHARES && !has_same_points(a, b))
        note(differing, "plan", "sweep");
}

static void note_place(struct buf *differing, const struct merge_part *a, const struct merge_part *b) {
    struct report_list sentences = {0};
    const struct named_report first = {a->report, a->name}, second = {b->report, b->name};
    keys_find_places_differing(a->report, &sentences, &first, &second);
    const char *const *items = sentences.items;
    for (size_t i = 0; i < sentences.count; i++)
        buf_printf(differing, "%s%s", differing->length ? "; " : "", items[i]);
}

int alike_check_two(enum alike kind, const struct merge_part *a, const struct merge_part *b,
                    struct err *err) {
    struct buf differing;
    buf_init(&differing, 1 << 16);
    note_plan(&differing, kind, &a->report->plan, &b->report->plan);
    if (differing.length > 0)
        buf_append_text(&differing, strchr(buf_text(&differing), ',') ? " differ" : " differs");
    if (kind == ALIKE_ROUNDS)
        note_place(&differing, a, b);
    int failed = differing.length > 0 || differing.failed;
    if (failed)
        err_set(err, ERR_USAGE, "%s and %s do not belong together: %s", a->name, b->name,
                buf_text(&differing));
    buf_fini(&differing);
    return failed ? -1 : 0;
}

int alike_check(enum alike kind, const struct merge_part *parts, size_t count, struct err *err) {
    struct seen seen = {0};
    int failed = 0;
    for (size_t i = 0; i < count && !failed; i++)
        failed = seen_add(&seen, parts[i].name, parts[i].report, err);
    for (size_t i = 1; i < count && !failed; i++)
        failed = alike_check_two(kind, &parts[0], &parts[i], err);
    seen_fini(&seen);
    return failed;
}
