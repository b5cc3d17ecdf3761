/* Whether two structs of one shape say the same. */
#include <math.h>
#include <string.h>

#include "report/fields.h"

static bool same_text(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_reals(const double *a, const double *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!(a[i] == b[i] || (isnan(a[i]) && isnan(b[i]))))
            return false;
    return true;
}

static bool same_objects(const struct shape *shape, const char *a, const char *b) {
    for (const struct field *f = shape->fields; f->key; f++)
        if (!field_is_equal(f, a, b))
            return false;
    return true;
}

static bool same_pointed(const struct shape *shape, const void *a, const void *b) {
    const char *first = *(const char *const *)a, *second = *(const char *const *)b;
    return first && second ? same_objects(shape, first, second) : first == second;
}

static bool same_item(const struct field *f, const struct report_list *a, const struct report_list *b,
                      size_t i) {
    const char *const *texts[] = {a->items, b->items};
    const struct report_count *counts[] = {a->items, b->items};
    const struct report_pair *pairs[] = {a->items, b->items};
    switch (f->kind) {
    case FIELD_TEXTS:
        return same_text(texts[0][i], texts[1][i]);
    case FIELD_COUNT_MAP:
        return same_text(counts[0][i].key, counts[1][i].key) && counts[0][i].count == counts[1][i].count;
    case FIELD_TEXT_MAP:
        return same_text(pairs[0][i].key, pairs[1][i].key) && same_text(pairs[0][i].text, pairs[1][i].text);
    default:
        break;
    }
    const char *first = (const char *)a->items + i * f->shape->size;
    const char *second = (const char *)b->items + i * f->shape->size;
    bool same_key = f->kind != FIELD_OBJECT_MAP || same_text(*(const char *const *)(const void *)first,
                                                             *(const char *const *)(const void *)second);
    return same_key && same_objects(f->shape, first, second);
}

static bool same_lists(const struct field *f, const struct report_list *a, const struct report_list *b) {
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!same_item(f, a, b, i))
            return false;
    return true;
}

bool field_is_equal(const struct field *f, const void *a, const void *b) {
    const void *first = (const char *)a + f->offset, *second = (const char *)b + f->offset;
    switch (f->kind) {
    case FIELD_TEXT:
        return same_text(*(const char *const *)first, *(const char *const *)second);
    case FIELD_INTEGER:
        return *(const int64_t *)first == *(const int64_t *)second;
    case FIELD_REAL:
        return same_reals(first, second, 1);
    case FIELD_REALS:
        return same_reals(first, second, f->count);
    case FIELD_FLAG:
        return *(const bool *)first == *(const bool *)second;
    case FIELD_MAYBE_FLAG:
        return *(const int *)first == *(const int *)second;
    case FIELD_OBJECT:
        return same_objects(f->shape, first, second);
    case FIELD_MAYBE_OBJECT:
        return same_pointed(f->shape, first, second);
    default:
        return same_lists(f, first, second);
    }
}

const struct field *shape_find_span(const struct shape *shape, const char *key, size_t length) {
    for (const struct field *f = shape->fields; f->key; f++)
        if (strlen(f->key) == length && strncmp(f->key, key, length) == 0)
            return f;
    return NULL;
}

const struct field *shape_find(const struct shape *shape, const char *key) {
    return shape_find_span(shape, key, strlen(key));
}

bool field_has_word(const char *words, const char *word) {
    size_t length = strlen(word);
    for (const char *at = words; at[1]; at = strchr(at + 1, '|'))
        if (strncmp(at + 1, word, length) == 0 && at[1 + length] == '|')
            return !strchr(word, '|');
    return false;
}
