/* From the report to JSON: walks the field tables and builds what they say. */
#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "base/utf8.h"
#include "report/fields.h"

struct writer {
    struct buf text; /* scratch for the text being cleaned */
    bool failed;     /* memory ran out */
};

static cJSON *write_object(struct writer *w, const struct shape *shape, const char *object);

static cJSON *checked(struct writer *w, cJSON *item) {
    if (!item)
        w->failed = true;
    return item;
}

static void add_item(struct writer *w, cJSON *array, cJSON *item) {
    if (array && item && cJSON_AddItemToArray(array, item))
        return;
    cJSON_Delete(item);
    w->failed = true;
}

static void add_member(struct writer *w, cJSON *object, const char *key, cJSON *item) {
    if (object && item && cJSON_AddItemToObject(object, key, item))
        return;
    cJSON_Delete(item);
    w->failed = true;
}

/* What servers send is not always UTF-8, but a report is. */
static const char *clean_text(struct writer *w, const char *text) {
    buf_clear(&w->text);
    utf8_append_repaired(&w->text, text, strlen(text));
    if (w->text.failed)
        w->failed = true;
    return buf_text(&w->text);
}

static cJSON *write_text(struct writer *w, const char *text) {
    return checked(w, text ? cJSON_CreateString(clean_text(w, text)) : cJSON_CreateNull());
}

/* cJSON prints doubles to about 16 digits, which is not always enough to read back the same. */
static cJSON *write_number(struct writer *w, double value) {
    char text[UNITS_TEXT];
    return checked(w, cJSON_CreateRaw(units_write_exact(text, value)));
}

static cJSON *write_integer(struct writer *w, int64_t value) {
    bool known = value >= 0 && value < REPORT_INTEGER_LIMIT;
    return known ? write_number(w, (double)value) : checked(w, cJSON_CreateNull());
}

static cJSON *write_real(struct writer *w, double value) {
    return isfinite(value) ? write_number(w, value) : checked(w, cJSON_CreateNull());
}

static cJSON *write_reals(struct writer *w, const double *values, size_t count) {
    if (!isfinite(values[0]))
        return checked(w, cJSON_CreateNull());
    cJSON *array = checked(w, cJSON_CreateArray());
    for (size_t i = 0; i < count; i++)
        add_item(w, array, write_real(w, values[i]));
    return array;
}

static cJSON *write_texts(struct writer *w, const struct report_list *list) {
    cJSON *array = checked(w, cJSON_CreateArray());
    const char *const *texts = list->items;
    for (size_t i = 0; i < list->count; i++)
        add_item(w, array, write_text(w, texts[i]));
    return array;
}

static cJSON *write_objects(struct writer *w, const struct field *f, const struct report_list *list) {
    cJSON *array = checked(w, cJSON_CreateArray());
    const char *items = list->items;
    for (size_t i = 0; i < list->count; i++)
        add_item(w, array, write_object(w, f->shape, items + i * f->shape->size));
    return array;
}

static cJSON *write_counts(struct writer *w, const struct report_list *list) {
    cJSON *object = checked(w, cJSON_CreateObject());
    const struct report_count *items = list->items;
    for (size_t i = 0; i < list->count; i++)
        add_member(w, object, items[i].key, write_integer(w, items[i].count));
    return object;
}

static cJSON *write_pairs(struct writer *w, const struct report_list *list) {
    cJSON *object = checked(w, cJSON_CreateObject());
    const struct report_pair *items = list->items;
    for (size_t i = 0; i < list->count; i++)
        add_member(w, object, items[i].key, write_text(w, items[i].text));
    return object;
}

static cJSON *write_object_map(struct writer *w, const struct field *f, const struct report_list *list) {
    cJSON *object = checked(w, cJSON_CreateObject());
    const char *items = list->items;
    for (size_t i = 0; i < list->count; i++) {
        const char *item = items + i * f->shape->size, *key = NULL;
        memcpy(&key, item, sizeof key);
        add_member(w, object, key, write_object(w, f->shape, item));
    }
    return object;
}

static cJSON *write_pointed(struct writer *w, const struct field *f, const char *at) {
    const char *object = NULL;
    memcpy(&object, at, sizeof object);
    return object ? write_object(w, f->shape, object) : checked(w, cJSON_CreateNull());
}

static cJSON *write_maybe_flag(struct writer *w, int flag) {
    return checked(w, flag < 0 ? cJSON_CreateNull() : cJSON_CreateBool(flag));
}

static cJSON *write_value(struct writer *w, const struct field *f, const char *object) {
    const void *at = object + f->offset;
    switch (f->kind) {
    case FIELD_TEXT:
        return write_text(w, *(const char *const *)at);
    case FIELD_INTEGER:
        return write_integer(w, *(const int64_t *)at);
    case FIELD_REAL:
        return write_real(w, *(const double *)at);
    case FIELD_REALS:
        return write_reals(w, at, f->count);
    case FIELD_FLAG:
        return checked(w, cJSON_CreateBool(*(const bool *)at));
    case FIELD_MAYBE_FLAG:
        return write_maybe_flag(w, *(const int *)at);
    case FIELD_OBJECT:
        return write_object(w, f->shape, at);
    case FIELD_MAYBE_OBJECT:
        return write_pointed(w, f, at);
    case FIELD_TEXTS:
        return write_texts(w, at);
    case FIELD_OBJECTS:
        return write_objects(w, f, at);
    case FIELD_COUNT_MAP:
        return write_counts(w, at);
    case FIELD_TEXT_MAP:
        return write_pairs(w, at);
    case FIELD_OBJECT_MAP:
        return write_object_map(w, f, at);
    }
    return NULL;
}

static cJSON *write_object(struct writer *w, const struct shape *shape, const char *object) {
    cJSON *out = checked(w, cJSON_CreateObject());
    for (const struct field *f = shape->fields; f->key; f++)
        add_member(w, out, f->key, write_value(w, f, object));
    return out;
}

static int write_whole(const struct report *r, const struct shape *shape, struct buf *out) {
    struct writer w = {0};
    buf_init(&w.text, REPORT_TEXT_LIMIT);
    cJSON *root = write_object(&w, shape, (const char *)r);
    char *text = root && !w.failed ? cJSON_Print(root) : NULL;
    if (text) {
        buf_append_text(out, text);
        buf_append_char(out, '\n');
    }
    bool done = text && !out->failed;
    cJSON_free(text);
    cJSON_Delete(root);
    buf_fini(&w.text);
    return done ? 0 : -1;
}

int report_write_text(const struct report *r, struct buf *out) {
    return write_whole(r, &report_shape, out);
}

int report_write_comparisons(const struct report *r, struct buf *out) {
    struct field only[2] = {{0}};
    for (const struct field *f = report_shape.fields; f->key; f++)
        if (f->kind == FIELD_OBJECTS && f->offset == offsetof(struct report, comparisons))
            only[0] = *f;
    const struct shape shape = {sizeof(struct report), only};
    return write_whole(r, &shape, out);
}
