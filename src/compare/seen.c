/* Whether two reports are one. */
#include "compare/seen.h"

#include <stdlib.h>
#include <string.h>

struct seen_report {
    const char *name;
    struct report_part *parts; /* itself where it was not joined */
    size_t part_count;
    bool is_joined;
    uint64_t figures; /* of its runs */
};

/* FNV-1a, by the word. */
static uint64_t mix(uint64_t hash, uint64_t word) {
    return (hash ^ word) * UINT64_C(0x100000001b3);
}

static uint64_t mix_real(uint64_t hash, double value) {
    uint64_t word = 0;
    memcpy(&word, &value, sizeof word);
    return mix(hash, word);
}

static uint64_t mix_text(uint64_t hash, const char *text) {
    for (; text && *text; text++)
        hash = mix(hash, (unsigned char)*text);
    return mix(hash, 0);
}

/* Two reports of the same moment with the same figures are one. */
static uint64_t figures_of(const struct report *r) {
    const struct report_run *runs = r->runs.items;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < r->runs.count; i++) {
        hash = mix_text(hash, runs[i].label);
        hash = mix_real(hash, runs[i].clock_go_s);
        hash = mix_real(hash, runs[i].wall_s);
        hash = mix_real(hash, runs[i].client.cpu_user_s);
        hash = mix_real(hash, runs[i].latency.mean_s);
        hash = mix_text(hash, runs[i].latency.hdr);
    }
    return hash;
}

static struct report_part copy_of(struct arena *a, const char *started_at, const char *finished_at) {
    return (struct report_part){.started_at = arena_strdup(a, started_at),
                                .finished_at = arena_strdup(a, finished_at)};
}

static struct seen_report note(struct arena *a, const char *name, const struct report *r) {
    const struct report_part *parts = r->merged ? r->merged->parts.items : NULL;
    struct seen_report seen = {.name = arena_strdup(a, name),
                               .is_joined = r->merged,
                               .part_count = r->merged ? r->merged->parts.count : 1,
                               .figures = figures_of(r)};
    seen.parts = arena_alloc(a, seen.part_count * sizeof *seen.parts);
    for (size_t i = 0; i < seen.part_count; i++)
        seen.parts[i] = parts ? copy_of(a, parts[i].started_at, parts[i].finished_at)
                              : copy_of(a, r->started_at, r->finished_at);
    return seen;
}

static bool is_same_text(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool holds_same(const struct seen_report *a, const struct seen_report *b) {
    for (size_t i = 0; i < a->part_count; i++)
        for (size_t j = 0; j < b->part_count; j++)
            if (is_same_text(a->parts[i].started_at, b->parts[j].started_at) &&
                is_same_text(a->parts[i].finished_at, b->parts[j].finished_at))
                return true;
    return false;
}

/* Of a joined report only the moments of its parts are known, which are in milliseconds. */
static int compare(const struct seen_report *a, const struct seen_report *b, struct err *err) {
    if (a->figures != b->figures && !a->is_joined && !b->is_joined)
        return 0;
    if (!holds_same(a, b))
        return 0;
    return err_set(err, ERR_USAGE, "%s and %s %s the same report", a->name, b->name,
                   a->figures == b->figures ? "are" : "hold");
}

int seen_add(struct seen *s, const char *name, const struct report *r, struct err *err) {
    struct seen_report seen = note(&s->arena, name, r);
    for (size_t i = 0; i < s->count; i++)
        if (compare(&s->reports[i], &seen, err))
            return -1;
    if (s->count == s->capacity) {
        s->capacity = s->capacity ? 2 * s->capacity : 16;
        struct seen_report *grown = memory_zalloc(s->capacity, sizeof *grown);
        if (s->count > 0)
            memcpy(grown, s->reports, s->count * sizeof *grown);
        free(s->reports);
        s->reports = grown;
    }
    s->reports[s->count++] = seen;
    return 0;
}

void seen_fini(struct seen *s) {
    free(s->reports);
    arena_fini(&s->arena);
    *s = (struct seen){0};
}
