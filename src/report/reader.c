/* From JSON to a report: walks the same field tables, and refuses what does not fit them, naming the place.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "report/fields.h"

struct reader {
    struct report *report;
    const char *name; /* of the file, for messages */
    struct buf path;  /* of the value being read: runs[0].exit.reason */
    struct err *err;
};

static int read_object(struct reader *r, const struct shape *shape, const cJSON *json, char *object);

static int refuse(struct reader *r, const char *why) {
    const char *path = buf_text(&r->path);
    return err_set(r->err, ERR_USAGE, "%s is no report: %s%s%s", r->name, path, *path ? " " : "", why);
}

static int refuse_type(struct reader *r, const cJSON *json, const char *wanted) {
    char why[96] = "is missing";
    if (json && cJSON_IsNull(json))
        strcpy(why, "is null");
    else if (json)
        snprintf(why, sizeof why, "is not %s", wanted);
    return refuse(r, why);
}

static bool is_absent(const cJSON *json) {
    return !json || cJSON_IsNull(json);
}

/* Appends to the path and returns how to take it off again. A path too long for its buffer is only cut short.
 */
static size_t enter_key(struct reader *r, const char *key) {
    size_t length = r->path.length;
    buf_printf(&r->path, "%s%.60s", length ? "." : "", key);
    return length;
}

static size_t enter_index(struct reader *r, size_t index) {
    size_t length = r->path.length;
    buf_printf(&r->path, "[%zu]", index);
    return length;
}

static int read_text(struct reader *r, const struct field *f, const cJSON *json, const char **out) {
    if (f->nullable && is_absent(json))
        return 0;
    if (!cJSON_IsString(json))
        return refuse_type(r, json, "a text");
    if (f->words && !field_has_word(f->words, json->valuestring))
        return refuse(r, "is none of the words allowed there");
    *out = arena_strdup(&r->report->arena, json->valuestring);
    return 0;
}

static int read_integer(struct reader *r, bool nullable, const cJSON *json, int64_t *out) {
    if (nullable && is_absent(json))
        return 0;
    if (!cJSON_IsNumber(json))
        return refuse_type(r, json, "a number");
    double value = json->valuedouble;
    if (!(value >= 0 && value < (double)REPORT_INTEGER_LIMIT) || value != floor(value))
        return refuse(r, "is not an integer from 0 to 2^53 - 1");
    *out = (int64_t)value;
    return 0;
}

static int read_real(struct reader *r, const cJSON *json, double *out) {
    if (is_absent(json))
        return 0;
    if (!cJSON_IsNumber(json))
        return refuse_type(r, json, "a number");
    if (!isfinite(json->valuedouble))
        return refuse(r, "is too large a number");
    *out = json->valuedouble;
    return 0;
}

static int read_reals(struct reader *r, const struct field *f, const cJSON *json, double *out) {
    if (is_absent(json))
        return 0;
    if (!cJSON_IsArray(json) || (size_t)cJSON_GetArraySize(json) != f->count)
        return refuse_type(r, json, "a list of as many numbers as belong there");
    size_t i = 0;
    for (const cJSON *item = json->child; item; item = item->next) {
        if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble))
            return refuse(r, "holds what is no number");
        out[i++] = item->valuedouble;
    }
    return 0;
}

/* A flag that is not there at all is one that an older fetchbench did not know: what it says was not done. */
static int read_flag(struct reader *r, const cJSON *json, bool *out) {
    if (!json)
        return 0;
    if (!cJSON_IsBool(json))
        return refuse_type(r, json, "true or false");
    *out = cJSON_IsTrue(json);
    return 0;
}

static int read_maybe_flag(struct reader *r, const cJSON *json, int *out) {
    bool flag = false;
    if (is_absent(json))
        return 0;
    if (read_flag(r, json, &flag))
        return -1;
    *out = flag;
    return 0;
}

static int read_pointed(struct reader *r, const struct field *f, const cJSON *json, char *at) {
    if (is_absent(json))
        return 0;
    char *object = arena_alloc(&r->report->arena, f->shape->size);
    memcpy(at, &object, sizeof object);
    return read_object(r, f->shape, json, object);
}

/* One entry of a list or map, as the field's kind says. */
static int read_item(struct reader *r, const struct field *f, const cJSON *json, struct report_list *list) {
    static const struct field text = {.kind = FIELD_TEXT, .nullable = false};
    const char *key = json->string ? arena_strdup(&r->report->arena, json->string) : NULL;
    if (f->kind == FIELD_TEXTS) {
        const char **item = report_list_add(r->report, list, sizeof *item);
        return read_text(r, &text, json, item);
    }
    if (f->kind == FIELD_COUNT_MAP) {
        struct report_count *item = report_list_add(r->report, list, sizeof *item);
        item->key = key;
        return read_integer(r, false, json, &item->count);
    }
    if (f->kind == FIELD_TEXT_MAP) {
        struct report_pair *item = report_list_add(r->report, list, sizeof *item);
        item->key = key;
        return read_text(r, &text, json, &item->text);
    }
    char *item = report_list_add(r->report, list, f->shape->size);
    if (f->kind == FIELD_OBJECT_MAP)
        memcpy(item, &key, sizeof key);
    return read_object(r, f->shape, json, item);
}

static int read_list(struct reader *r, const struct field *f, const cJSON *json, struct report_list *list) {
    bool is_map = f->kind == FIELD_COUNT_MAP || f->kind == FIELD_TEXT_MAP || f->kind == FIELD_OBJECT_MAP;
    if (is_absent(json))
        return 0;
    if (is_map ? !cJSON_IsObject(json) : !cJSON_IsArray(json))
        return refuse_type(r, json, is_map ? "an object" : "a list");
    size_t index = 0;
    for (const cJSON *item = json->child; item; item = item->next) {
        size_t length = is_map ? enter_key(r, item->string) : enter_index(r, index++);
        if (read_item(r, f, item, list))
            return -1;
        buf_truncate(&r->path, length);
    }
    return 0;
}

static int read_value(struct reader *r, const struct field *f, const cJSON *json, char *object) {
    void *at = object + f->offset;
    switch (f->kind) {
    case FIELD_TEXT:
        return read_text(r, f, json, at);
    case FIELD_INTEGER:
        return read_integer(r, f->nullable, json, at);
    case FIELD_REAL:
        return read_real(r, json, at);
    case FIELD_REALS:
        return read_reals(r, f, json, at);
    case FIELD_FLAG:
        return read_flag(r, json, at);
    case FIELD_MAYBE_FLAG:
        return read_maybe_flag(r, json, at);
    case FIELD_OBJECT:
        return read_object(r, f->shape, json, at);
    case FIELD_MAYBE_OBJECT:
        return read_pointed(r, f, json, at);
    default:
        return read_list(r, f, json, at);
    }
}

static int read_object(struct reader *r, const struct shape *shape, const cJSON *json, char *object) {
    shape_clear(shape, object);
    if (!cJSON_IsObject(json))
        return refuse_type(r, json, "an object");
    for (const struct field *f = shape->fields; f->key; f++) {
        size_t length = enter_key(r, f->key);
        if (read_value(r, f, cJSON_GetObjectItemCaseSensitive(json, f->key), object))
            return -1;
        buf_truncate(&r->path, length);
    }
    return 0;
}

static int read_root(struct reader *r, const cJSON *json) {
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(json, "schema_version");
    if (!cJSON_IsNumber(version))
        return refuse(r, "it has no schema_version");
    if (version->valuedouble != REPORT_SCHEMA_VERSION)
        return err_set(r->err, ERR_USAGE, "%s has schema_version %g, and this fetchbench reads %d", r->name,
                       version->valuedouble, REPORT_SCHEMA_VERSION);
    return read_object(r, &report_shape, json, (char *)r->report);
}

/* cJSON takes texts of any bytes, and what shows them relies on their being UTF-8. */
static cJSON *parse(const char *text, size_t length, const char *name, struct err *err) {
    cJSON *json = cJSON_ParseWithLength(text, length);
    if (json && utf8_is_valid(text, length))
        return json;
    err_set(err, ERR_USAGE, "%s is no report: it is not %s", name, json ? "UTF-8" : "JSON");
    cJSON_Delete(json);
    return NULL;
}

struct report *report_read_text(const char *text, size_t length, const char *name, struct err *err) {
    cJSON *json = parse(text, length, name, err);
    if (!json)
        return NULL;
    struct report *report = report_open();
    struct reader r = {.report = report, .name = name, .err = err};
    buf_init(&r.path, 200);
    int failed = read_root(&r, json);
    buf_fini(&r.path);
    cJSON_Delete(json);
    if (failed) {
        report_close(report);
        return NULL;
    }
    return report;
}

static int slurp(int fd, const char *path, struct buf *out, struct err *err) {
    char block[65536];
    for (;;) {
        ssize_t got = read(fd, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(err, ERR_USAGE, "cannot read %s: %s", path, strerror(errno));
        if (got == 0)
            return 0;
        buf_append(out, block, (size_t)got);
        if (out->failed)
            return err_set(err, ERR_USAGE, "%s is no report: it is larger than %zu MiB", path,
                           out->limit >> 20);
    }
}

struct report *report_read(const char *path, struct err *err) {
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        err_set(err, ERR_USAGE, "cannot read %s: %s", path, strerror(errno));
        return NULL;
    }
    const char *name = standard ? "standard input" : path;
    struct buf text;
    buf_init(&text, REPORT_TEXT_LIMIT);
    struct report *report = NULL;
    if (slurp(fd, name, &text, err) == 0)
        report = report_read_text(buf_text(&text), text.length, name, err);
    buf_fini(&text);
    if (!standard)
        (void)close(fd); /* nothing was written to it */
    return report;
}
