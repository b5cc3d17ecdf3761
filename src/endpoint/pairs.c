/* Names and values, gathered in one text so that a request of any shape needs no allocation once warm. */
#include "endpoint/pairs.h"

#include "base/percent.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void pairs_init(struct pairs *p) {
    *p = (struct pairs){0};
    buf_init(&p->text, PAIRS_LIMIT_BYTES);
    buf_init(&p->scratch, PAIRS_LIMIT_BYTES);
}

void pairs_fini(struct pairs *p) {
    buf_fini(&p->text);
    buf_fini(&p->scratch);
    free(p->items);
    *p = (struct pairs){0};
}

void pairs_clear(struct pairs *p) {
    if (p->capacity > PAIRS_KEPT) {
        buf_fini(&p->text);
        free(p->items);
        p->items = NULL;
        p->capacity = 0;
    }
    buf_clear(&p->text);
    p->count = 0;
}

/* Room for one more, or NULL (and the text failed). */
static struct pair *grow(struct pairs *p) {
    if (p->count == p->capacity) {
        size_t capacity = p->capacity ? p->capacity * 2 : 32;
        struct pair *items = realloc(p->items, capacity * sizeof *items);
        if (!items) {
            p->text.failed = true;
            return NULL;
        }
        p->items = items;
        p->capacity = capacity;
    }
    return &p->items[p->count++];
}

void pairs_add(struct pairs *p, const char *name, size_t name_bytes, const char *value, size_t value_bytes) {
    struct pair *pair = grow(p);
    if (!pair)
        return;
    *pair = (struct pair){.name = p->text.length, .name_bytes = name_bytes, .value_bytes = value_bytes};
    buf_append(&p->text, name, name_bytes);
    pair->value = p->text.length;
    buf_append(&p->text, value, value_bytes);
    if (p->text.failed)
        p->count--; /* its offsets would point beyond the text */
}

static void add_encoded_pair(struct pairs *p, const struct percent_pair *part) {
    struct pair *pair = grow(p);
    if (!pair)
        return;
    pair->name = p->text.length;
    percent_decode_value(&p->text, &p->scratch, part->name, part->name_bytes);
    pair->name_bytes = p->text.length - pair->name;
    pair->value = p->text.length;
    percent_decode_value(&p->text, &p->scratch, part->value, part->value_bytes);
    pair->value_bytes = p->text.length - pair->value;
}

void pairs_add_encoded(struct pairs *p, const char *text, size_t length) {
    struct percent_pair part;
    for (const char *at = text, *end = text + length; percent_next_pair(&at, end, &part);)
        add_encoded_pair(p, &part);
}

static void append_title(struct buf *out, const char *name, size_t length) {
    bool after_letter = false;
    for (size_t i = 0; i < length; i++) {
        int c = (unsigned char)name[i];
        buf_append_char(out, (char)(c == '_' ? '-' : after_letter ? tolower(c) : toupper(c)));
        after_letter = isalpha(c);
    }
}

void pairs_add_header(struct pairs *p, const char *name, size_t name_bytes, const char *value,
                      size_t value_bytes) {
    struct pair *pair = grow(p);
    if (!pair)
        return;
    while (value_bytes > 0 && (value[0] == ' ' || value[0] == '\t')) {
        value++;
        value_bytes--;
    }
    pair->name = p->text.length;
    append_title(&p->text, name, name_bytes);
    pair->name_bytes = p->text.length - pair->name;
    pair->value = p->text.length;
    utf8_append_latin1(&p->text, value, value_bytes);
    pair->value_bytes = p->text.length - pair->value;
}

static const char *name_of(const struct pairs *p, const struct pair *pair) {
    return buf_text(&p->text) + pair->name;
}

static const char *value_of(const struct pairs *p, const struct pair *pair) {
    return buf_text(&p->text) + pair->value;
}

struct pair_text pairs_at(const struct pairs *p, size_t index) {
    const struct pair *pair = &p->items[index];
    return (struct pair_text){.name = name_of(p, pair),
                              .name_bytes = pair->name_bytes,
                              .value = value_of(p, pair),
                              .value_bytes = pair->value_bytes};
}

static bool has_name(const struct pairs *p, const struct pair *pair, const char *name, size_t length) {
    return pair->name_bytes == length && memcmp(name_of(p, pair), name, length) == 0;
}

bool pairs_is_repeated(const struct pairs *p, size_t index) {
    const struct pair *this = &p->items[index];
    for (size_t i = 0; i < index; i++) {
        if (has_name(p, &p->items[i], name_of(p, this), this->name_bytes))
            return true;
    }
    return false;
}

bool pairs_has(const struct pairs *p, const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < p->count; i++) {
        if (has_name(p, &p->items[i], name, length))
            return true;
    }
    return false;
}

const char *pairs_find(const struct pairs *p, const char *name, size_t *value_bytes) {
    size_t length = strlen(name);
    for (size_t i = 0; i < p->count; i++) {
        const struct pair *pair = &p->items[i];
        if (pair->name_bytes != length || strncasecmp(name_of(p, pair), name, length) != 0)
            continue;
        *value_bytes = pair->value_bytes;
        return value_of(p, pair);
    }
    return NULL;
}

const char *pairs_find_exactly(const struct pairs *p, const char *name, size_t *value_bytes) {
    size_t length = strlen(name);
    for (size_t i = 0; i < p->count; i++) {
        if (!has_name(p, &p->items[i], name, length))
            continue;
        *value_bytes = p->items[i].value_bytes;
        return value_of(p, &p->items[i]);
    }
    return NULL;
}

static int compare_names(const char *text, const struct pair *a, const struct pair *b) {
    size_t shorter = a->name_bytes < b->name_bytes ? a->name_bytes : b->name_bytes;
    int order = memcmp(text + a->name, text + b->name, shorter);
    if (order != 0)
        return order;
    return (a->name_bytes > b->name_bytes) - (a->name_bytes < b->name_bytes);
}

static int compare(const void *left, const void *right, void *text) {
    const struct pair *a = left, *b = right;
    int order = compare_names(text, a, b);
    return order != 0 ? order : (a->name > b->name) - (a->name < b->name);
}

void pairs_sort(struct pairs *p) {
    if (p->count > 1 && p->text.text)
        qsort_r(p->items, p->count, sizeof *p->items, compare, p->text.text);
}

/* How many pairs from the first on have its name. */
static size_t count_same(const struct pairs *p, size_t first) {
    size_t end = first + 1;
    while (end < p->count && compare_names(buf_text(&p->text), &p->items[first], &p->items[end]) == 0)
        end++;
    return end - first;
}

static int compare_groups(const void *left, const void *right) {
    const struct pair *a = left, *b = right;
    int order = (a->group > b->group) - (a->group < b->group);
    return order != 0 ? order : (a->name > b->name) - (a->name < b->name);
}

void pairs_group(struct pairs *p) {
    pairs_sort(p);
    for (size_t i = 0, same; i < p->count; i += same) {
        same = count_same(p, i);
        for (size_t k = i; k < i + same; k++)
            p->items[k].group = p->items[i].name;
    }
    if (p->count > 1)
        qsort(p->items, p->count, sizeof *p->items, compare_groups);
}

static void write_array(const struct pairs *p, struct json_text *j, size_t first, size_t same) {
    json_text_open(j, '[');
    for (size_t i = first; i < first + same; i++) {
        json_text_item(j);
        json_text_string(j, value_of(p, &p->items[i]), p->items[i].value_bytes);
    }
    json_text_close(j, ']');
}

void pairs_write_lists(const struct pairs *p, struct json_text *j) {
    json_text_open(j, '{');
    for (size_t i = 0, same; i < p->count; i += same) {
        const struct pair *pair = &p->items[i];
        same = count_same(p, i);
        json_text_key(j, name_of(p, pair), pair->name_bytes);
        if (same > 1)
            write_array(p, j, i, same);
        else
            json_text_string(j, value_of(p, pair), pair->value_bytes);
    }
    json_text_close(j, '}');
}

static void join_values(struct pairs *p, size_t first, size_t same) {
    buf_clear(&p->scratch);
    for (size_t i = first; i < first + same; i++) {
        if (i > first)
            buf_append_char(&p->scratch, ',');
        buf_append(&p->scratch, value_of(p, &p->items[i]), p->items[i].value_bytes);
    }
}

const char *pairs_joined(struct pairs *p, const char *name, size_t *value_bytes) {
    size_t i = 0, length = strlen(name);
    while (i < p->count && !has_name(p, &p->items[i], name, length))
        i++;
    if (i == p->count)
        return NULL;
    size_t same = count_same(p, i);
    if (same > 1)
        join_values(p, i, same);
    *value_bytes = same > 1 ? p->scratch.length : p->items[i].value_bytes;
    return same > 1 ? buf_text(&p->scratch) : value_of(p, &p->items[i]);
}

void pairs_write_joined(struct pairs *p, struct json_text *j,
                        bool (*skip)(const char *name, size_t name_bytes)) {
    json_text_open(j, '{');
    for (size_t i = 0, same; i < p->count; i += same) {
        const struct pair *pair = &p->items[i];
        same = count_same(p, i);
        if (skip && skip(name_of(p, pair), pair->name_bytes))
            continue;
        json_text_key(j, name_of(p, pair), pair->name_bytes);
        if (same == 1) {
            json_text_string(j, value_of(p, pair), pair->value_bytes);
            continue;
        }
        join_values(p, i, same);
        json_text_string(j, buf_text(&p->scratch), p->scratch.length);
    }
    json_text_close(j, '}');
}
