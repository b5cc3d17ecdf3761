/* What both ways of merging share, and the joining of rounds. */
#include "compare/merge.h"

#include <string.h>

#include "compare/alike.h"
#include "compare/compare.h"
#include "compare/mergeparts.h"
#include "compare/threshold.h"
#include "report/fields.h"

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

static void note_parts(struct report *whole, const char *as, const struct merge_part *parts, size_t count) {
    struct report_merged *merged = arena_alloc(&whole->arena, sizeof *merged);
    *merged = (struct report_merged){.as = as};
    for (size_t i = 0; i < count; i++)
        note_part(whole, merged, &parts[i]);
    whole->merged = merged;
}

/* Moments are ISO 8601 in UTC, so their order is that of their texts. */
static void span_time(struct report *whole, const struct report *part) {
    if (strcmp(part->started_at, whole->started_at) < 0)
        whole->started_at = part->started_at;
    if (!whole->finished_at || !part->finished_at)
        whole->finished_at = NULL;
    else if (strcmp(part->finished_at, whole->finished_at) > 0)
        whole->finished_at = part->finished_at;
    if (part->seed != whole->seed)
        whole->seed = -1;
    whole->complete = whole->complete && part->complete;
}

/* Thresholds that any of them had. */
static void judge_anew(struct report *whole, const struct merge_part *parts, size_t count) {
    struct report_list texts = {0};
    for (size_t i = 0; i < count; i++) {
        const struct report_threshold *rows = parts[i].report->thresholds.items;
        for (size_t t = 0; t < parts[i].report->thresholds.count; t++) {
            const char *const *had = texts.items;
            size_t at = 0;
            while (at < texts.count && strcmp(had[at], rows[t].expression) != 0)
                at++;
            if (at == texts.count && threshold_check(rows[t].expression, NULL) == 0)
                *(const char **)report_list_add(whole, &texts, sizeof(const char *)) = rows[t].expression;
        }
    }
    threshold_fill(whole, texts.items, texts.count);
}

void mergeparts_conclude(const char *as, const struct merge_part *parts, size_t count) {
    struct report *whole = parts[0].report;
    note_parts(whole, as, parts, count);
    for (size_t i = 1; i < count; i++)
        span_time(whole, parts[i].report);
    judge_anew(whole, parts, count);
    whole->comparisons.count = 0; /* those with an earlier report were of the first part alone */
    compare_fill(whole);
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

int merge_rounds(const struct merge_part *parts, size_t count, struct err *err) {
    struct report *whole = parts[0].report;
    if (alike_check(ALIKE_ROUNDS, parts, count, err))
        return -1;
    for (size_t i = 1; i < count; i++)
        append_runs(whole, parts[i].report, last_round(whole));
    whole->plan.rounds = last_round(whole);
    mergeparts_conclude("rounds", parts, count);
    return 0;
}
