/* What both ways of merging share, and the joining of rounds. */
#include "compare/merge.h"

#include <string.h>

#include "compare/alike.h"
#include "compare/compare.h"
#include "compare/mergeparts.h"
#include "compare/threshold.h"
#include "report/fields.h"

/* Moments are ISO 8601 in UTC, so their order is that of their texts. */
void mergeparts_span(struct report *whole, const struct report *part) {
    struct arena *a = &whole->arena;
    if (strcmp(part->started_at, whole->started_at) < 0)
        whole->started_at = arena_strdup(a, part->started_at);
    if (!whole->finished_at || !part->finished_at)
        whole->finished_at = NULL;
    else if (strcmp(part->finished_at, whole->finished_at) > 0)
        whole->finished_at = arena_strdup(a, part->finished_at);
    if (part->seed != whole->seed)
        whole->seed = -1;
    whole->complete = whole->complete && part->complete;
}

static bool has_text(const struct report_list *texts, const char *text) {
    const char *const *items = texts->items;
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(items[i], text) == 0)
            return true;
    return false;
}

void mergeparts_add_thresholds(struct report *whole, struct report_list *texts, const struct report *part) {
    const struct report_threshold *rows = part->thresholds.items;
    for (size_t i = 0; i < part->thresholds.count; i++)
        if (!has_text(texts, rows[i].expression) && threshold_check(rows[i].expression, NULL) == 0)
            *(const char **)report_list_add(whole, texts, sizeof(const char *)) =
                arena_strdup(&whole->arena, rows[i].expression);
}

void mergeparts_judge(struct report *whole, const struct report_list *thresholds) {
    threshold_fill(whole, thresholds->items, thresholds->count);
    whole->comparisons.count = 0; /* those with an earlier report were of the first part alone */
    compare_fill(whole);
}

static void note_part(struct report *whole, struct report_merged *m, const struct merge_part *from) {
    const struct report_merged *had = from->report->merged;
    const struct report_part *parts = had ? had->parts.items : NULL;
    if (had && strcmp(had->as, m->as) == 0) { /* as if all had been joined at once */
        for (size_t i = 0; i < had->parts.count; i++)
            *(struct report_part *)report_list_add(whole, &m->parts, sizeof *parts) = parts[i];
        return;
    }
    *(struct report_part *)report_list_add(whole, &m->parts, sizeof *parts) =
        (struct report_part){.name = arena_strdup(&whole->arena, from->name),
                             .started_at = from->report->started_at,
                             .finished_at = from->report->finished_at};
}

static void note_parts(struct report *whole, const struct merge_part *parts, size_t count) {
    struct report_merged *merged = arena_alloc(&whole->arena, sizeof *merged);
    *merged = (struct report_merged){.as = "rounds", .shares = -1};
    for (size_t i = 0; i < count; i++)
        note_part(whole, merged, &parts[i]);
    whole->merged = merged;
}

static int64_t last_round(const struct report *r) {
    const struct report_run *runs = r->runs.items;
    int64_t last = 0;
    for (size_t i = 0; i < r->runs.count; i++)
        last = runs[i].round > last ? runs[i].round : last;
    return last;
}

static void append_runs(struct report *whole, const struct report *part, int64_t after) {
    const struct report_run *runs = part->runs.items;
    for (size_t i = 0; i < part->runs.count; i++) {
        struct report_run *run = report_list_add(whole, &whole->runs, sizeof *run);
        *run = runs[i];
        run->round += after;
    }
}

/* Rounds of one share, or of loads of their own. */
static int check_share(const struct merge_part *first, const struct merge_part *other, struct err *err) {
    const struct report_share *a = first->report->share, *b = other->report->share;
    if ((!a && !b) || (a && b && a->index == b->index && a->count == b->count))
        return 0;
    return err_set(err, ERR_USAGE, "%s and %s are not rounds of one share: merge --shares adds shares up",
                   first->name, other->name);
}

static void append_clocks(struct report *whole, const struct report *part) {
    const struct report_clock *clocks = part->share ? part->share->clocks.items : NULL;
    for (size_t i = 0; clocks && i < part->share->clocks.count; i++)
        *(struct report_clock *)report_list_add(whole, &whole->share->clocks, sizeof *clocks) = clocks[i];
}

int merge_rounds(const struct merge_part *parts, size_t count, struct err *err) {
    struct report *whole = parts[0].report;
    struct report_list thresholds = {0};
    if (alike_check(ALIKE_ROUNDS, parts, count, err))
        return -1;
    for (size_t i = 1; i < count; i++)
        if (check_share(&parts[0], &parts[i], err))
            return -1;
    note_parts(whole, parts, count);
    whole->hosts.count = 0; /* of the first part's rounds alone */
    mergeparts_add_thresholds(whole, &thresholds, whole);
    for (size_t i = 1; i < count; i++) {
        append_runs(whole, parts[i].report, last_round(whole));
        append_clocks(whole, parts[i].report);
        mergeparts_add_thresholds(whole, &thresholds, parts[i].report);
        mergeparts_span(whole, parts[i].report);
    }
    whole->plan.rounds = last_round(whole);
    mergeparts_judge(whole, &thresholds);
    return 0;
}
