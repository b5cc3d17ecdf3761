/* Statuses, errors, checks, limits and notes of several runs as those of one. */
#include "compare/mergetexts.h"

#include <stdlib.h>
#include <string.h>

#include "compare/counts.h"
#include "record/sample.h"

struct error_row {
    struct report_error row;
    int64_t rank; /* whose example it is */
};

struct check_row {
    struct report_trust row;
    int64_t rank;
    size_t place; /* in the order of its run, the first of any */
};

struct note_row {
    const char *text;
    size_t place;
};

static bool is_same(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The row whose first member is that text, or a new one that is zeroed. */
static void *find_row(struct report *r, struct report_list *list, size_t size, const char *text,
                      bool *is_new) {
    for (size_t i = 0; i < list->count; i++) {
        char *item = (char *)list->items + i * size;
        const char *key = NULL;
        memcpy(&key, item, sizeof key);
        *is_new = !is_same(key, text);
        if (!*is_new)
            return item;
    }
    *is_new = true;
    return report_list_add(r, list, size);
}

static void add_codes(struct texts_sum *s, struct report *r, const struct report_run *from) {
    const struct report_count *codes = from->status_codes.items;
    for (size_t i = 0; i < from->status_codes.count; i++) {
        bool is_new = false;
        struct report_count *row = find_row(r, &s->codes, sizeof *row, codes[i].key, &is_new);
        row->key = is_new ? arena_strdup(&r->arena, codes[i].key) : row->key;
        counts_add(&row->count, codes[i].count);
    }
}

static void add_errors(struct texts_sum *s, struct report *r, const struct report_run *from, int64_t rank) {
    const struct report_error *errors = from->errors.items;
    for (size_t i = 0; i < from->errors.count; i++) {
        bool is_new = false;
        struct error_row *row = find_row(r, &s->errors, sizeof *row, errors[i].error_class, &is_new);
        if (is_new)
            row->row.error_class = arena_strdup(&r->arena, errors[i].error_class);
        counts_add(&row->row.count, errors[i].count);
        if (!errors[i].example || (row->row.example && row->rank <= rank))
            continue;
        row->row.example = arena_strdup(&r->arena, errors[i].example);
        row->rank = rank;
    }
}

static int badness(const char *status) {
    static const char *const ascending[] = {"pass", "unknown", "warn", "fail"};
    int at = 3;
    while (at > 0 && strcmp(ascending[at], status) != 0)
        at--;
    return at;
}

static bool replaces(const struct report_trust *row, int64_t rank, const struct check_row *had) {
    int more = badness(row->status) - badness(had->row.status);
    return more > 0 || (more == 0 && rank < had->rank);
}

static void add_trust(struct texts_sum *s, struct report *r, const struct report_run *from, int64_t rank) {
    const struct report_trust *checks = from->trust.items;
    for (size_t i = 0; i < from->trust.count; i++) {
        bool is_new = false;
        struct check_row *row = find_row(r, &s->trust, sizeof *row, checks[i].check, &is_new);
        row->place = is_new || i < row->place ? i : row->place;
        if (!is_new && !replaces(&checks[i], rank, row))
            continue;
        const char *check = is_new ? arena_strdup(&r->arena, checks[i].check) : row->row.check;
        row->row = checks[i];
        row->row.check = check;
        row->row.status = arena_strdup(&r->arena, checks[i].status);
        row->row.advice = arena_strdup(&r->arena, checks[i].advice);
        row->rank = rank;
    }
}

static void add_notes(struct texts_sum *s, struct report *r, const struct report_run *from) {
    const char *const *notes = from->notes.items;
    for (size_t i = 0; i < from->notes.count; i++) {
        bool is_new = false;
        struct note_row *row = find_row(r, &s->notes, sizeof *row, notes[i], &is_new);
        row->text = is_new ? arena_strdup(&r->arena, notes[i]) : row->text;
        row->place = is_new || i < row->place ? i : row->place;
    }
}

static void add_limit(struct texts_sum *s, struct report *r, const struct report_run *from, int64_t rank) {
    size_t at = 0;
    while (at < s->limit_count && !is_same(s->limits[at].by, from->limited_by))
        at++;
    if (at == MERGETEXTS_LIMITS)
        return;
    struct limit_told *told = &s->limits[at];
    bool is_new = at == s->limit_count;
    if (is_new) {
        s->limit_count++;
        told->by = arena_strdup(&r->arena, from->limited_by);
    }
    told->parts++;
    if (!is_new && told->rank < rank)
        return;
    told->rank = rank;
    told->reason = arena_strdup(&r->arena, from->limited_by_reason);
}

void texts_sum_add(struct texts_sum *s, struct report *r, const struct report_run *from, int64_t rank) {
    s->parts++;
    add_codes(s, r, from);
    add_errors(s, r, from, rank);
    add_trust(s, r, from, rank);
    add_notes(s, r, from);
    add_limit(s, r, from, rank);
}

static int by_key(const void *a, const void *b) {
    return strcmp(((const struct report_count *)a)->key, ((const struct report_count *)b)->key);
}

/* One that this fetchbench does not know comes last. */
static int class_of(const struct error_row *e) {
    int class = ERROR_NONE + 1;
    while (class < ERROR_CLASSES &&
           strcmp(error_class_name((enum error_class) class), e->row.error_class) != 0)
        class ++;
    return class;
}

static int by_class(const void *a, const void *b) {
    int first = class_of(a), second = class_of(b);
    return first != second ? first - second
                           : strcmp(((const struct error_row *)a)->row.error_class,
                                    ((const struct error_row *)b)->row.error_class);
}

static int by_place(size_t first, const char *a, size_t second, const char *b) {
    return first != second ? (first < second ? -1 : 1) : strcmp(a, b);
}

static int by_trust_place(const void *a, const void *b) {
    const struct check_row *first = a, *second = b;
    return by_place(first->place, first->row.check, second->place, second->row.check);
}

static int by_note_place(const void *a, const void *b) {
    const struct note_row *first = a, *second = b;
    return by_place(first->place, first->text, second->place, second->text);
}

static void sort(const struct report_list *list, size_t size, int (*order)(const void *, const void *)) {
    if (list->count > 1)
        qsort(list->items, list->count, size, order);
}

/* Of two words as often the earlier rank's. */
static bool is_more(const struct limit_told *a, const struct limit_told *b) {
    return a->parts != b->parts ? a->parts > b->parts : a->rank < b->rank;
}

static const struct limit_told *limit_of(const struct texts_sum *s) {
    const struct limit_told *most = NULL, *none = NULL;
    for (size_t i = 0; i < s->limit_count; i++) {
        const struct limit_told *told = &s->limits[i];
        none = told->by ? none : told;
        if (told->by && 2 * told->parts >= s->parts && (!most || is_more(told, most)))
            most = told;
    }
    return most ? most : none;
}

void texts_sum_fill(const struct texts_sum *s, struct report *r, struct report_run *out) {
    const struct error_row *errors = s->errors.items;
    const struct check_row *trust = s->trust.items;
    const struct note_row *notes = s->notes.items;
    const struct limit_told *limit = limit_of(s);
    sort(&s->codes, sizeof(struct report_count), by_key);
    sort(&s->errors, sizeof *errors, by_class);
    sort(&s->trust, sizeof *trust, by_trust_place);
    sort(&s->notes, sizeof *notes, by_note_place);
    out->status_codes = s->codes;
    for (size_t i = 0; i < s->errors.count; i++)
        *(struct report_error *)report_list_add(r, &out->errors, sizeof(struct report_error)) = errors[i].row;
    for (size_t i = 0; i < s->trust.count; i++)
        *(struct report_trust *)report_list_add(r, &out->trust, sizeof(struct report_trust)) = trust[i].row;
    for (size_t i = 0; i < s->notes.count; i++)
        *(const char **)report_list_add(r, &out->notes, sizeof(const char *)) = notes[i].text;
    out->limited_by = limit ? limit->by : NULL;
    out->limited_by_reason = limit ? limit->reason : NULL;
}
