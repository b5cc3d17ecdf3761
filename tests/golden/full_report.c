/* Writes, to standard output, a report in which every key of the field tables holds a value: test_schema.py
 * holds it against the schema. With "unknown" as its argument, one in which everything that may be null is.
 */
#include <stdio.h>
#include <string.h>

#include "report/fields.h"

static struct report *report;

static void fill_object(const struct shape *shape, char *object);

/* A value that the schema's patterns and constants accept. */
static const char *text_for(const struct field *f) {
    static const struct {
        const char *key, *text;
    } special[] = {{"name", "fetchbench"},
                   {"started_at", "2026-01-02T03:04:05.678Z"},
                   {"finished_at", "2026-01-02T03:04:06.789Z"},
                   {"hdr", "HISTFAAA"}};
    if (f->words)
        return arena_printf(&report->arena, "%.*s", (int)strcspn(f->words + 1, "|"), f->words + 1);
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        if (strcmp(special[i].key, f->key) == 0)
            return special[i].text;
    }
    return "text";
}

static void fill_list(const struct field *f, struct report_list *list) {
    struct report_count *count = NULL;
    struct report_pair *pair = NULL;
    const char **text = NULL, *key = "timeout";
    char *item = NULL;
    switch (f->kind) {
    case FIELD_TEXTS:
        text = report_list_add(report, list, sizeof *text);
        *text = "text";
        break;
    case FIELD_COUNT_MAP:
        count = report_list_add(report, list, sizeof *count);
        *count = (struct report_count){"200", 1};
        break;
    case FIELD_TEXT_MAP:
        pair = report_list_add(report, list, sizeof *pair);
        *pair = (struct report_pair){"name", "text"};
        break;
    default:
        item = report_list_add(report, list, f->shape->size);
        memcpy(item, &key, f->kind == FIELD_OBJECT_MAP ? sizeof key : 0);
        fill_object(f->shape, item);
    }
}

static void fill_pointed(const struct field *f, char *at) {
    char *object = arena_alloc(&report->arena, f->shape->size);
    memcpy(at, &object, sizeof object);
    fill_object(f->shape, object);
}

static void fill_field(const struct field *f, char *object) {
    void *at = object + f->offset;
    switch (f->kind) {
    case FIELD_TEXT:
        *(const char **)at = text_for(f);
        break;
    case FIELD_INTEGER:
        *(int64_t *)at = 1;
        break;
    case FIELD_REAL:
        *(double *)at = 0.5;
        break;
    case FIELD_REALS:
        for (size_t i = 0; i < f->count; i++)
            ((double *)at)[i] = 0.5;
        break;
    case FIELD_FLAG:
        *(bool *)at = true;
        break;
    case FIELD_MAYBE_FLAG:
        *(int *)at = 1;
        break;
    case FIELD_OBJECT:
        fill_object(f->shape, at);
        break;
    case FIELD_MAYBE_OBJECT:
        fill_pointed(f, at);
        break;
    default:
        fill_list(f, at);
    }
}

static void fill_object(const struct shape *shape, char *object) {
    for (const struct field *f = shape->fields; f->key; f++)
        fill_field(f, object);
}

/* Takes away again whatever may be unknown; the lists keep one item. */
static void forget_object(const struct shape *shape, char *object) {
    for (const struct field *f = shape->fields; f->key; f++) {
        void *at = object + f->offset;
        const struct field one[] = {*f, {.key = NULL}};
        const struct shape only = {shape->size, one};
        bool listed = f->kind == FIELD_OBJECTS || f->kind == FIELD_OBJECT_MAP;
        bool required = (f->kind == FIELD_TEXT || f->kind == FIELD_INTEGER) && !f->nullable;
        if (f->kind == FIELD_OBJECT)
            forget_object(f->shape, at);
        else if (listed)
            forget_object(f->shape, ((struct report_list *)at)->items);
        else if (!required && f->kind != FIELD_FLAG)
            shape_clear(&only, object);
    }
}

int main(int argc, char **argv) {
    struct buf text;
    report = report_open();
    fill_object(&report_shape, (char *)report);
    if (argc > 1 && strcmp(argv[1], "unknown") == 0)
        forget_object(&report_shape, (char *)report);
    buf_init(&text, REPORT_TEXT_LIMIT);
    int failed = report_write_text(report, &text);
    fputs(buf_text(&text), stdout);
    buf_fini(&text);
    report_close(report);
    return failed || fflush(stdout) != 0 ? 1 : 0;
}
