/* A line is a JSON object of a few members; what else it has is of no matter. */
#include "program/line.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define STATUS_LEAST 100
#define BYTES_MOST 9e15 /* that a double holds exactly */

static double number_of(const cJSON *object, const char *name) {
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(member) ? member->valuedouble : NAN;
}

static const char *text_of(const cJSON *object, const char *name) {
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(member) ? member->valuestring : "";
}

static bool is_ready(const cJSON *object) {
    const cJSON *ready = cJSON_GetObjectItemCaseSensitive(object, "ready");
    return cJSON_IsTrue(ready) || (cJSON_IsNumber(ready) && ready->valuedouble != 0);
}

static enum line_kind kind_of(const cJSON *object) {
    if (!isnan(number_of(object, "index")))
        return LINE_SAMPLE;
    return is_ready(object) ? LINE_READY : LINE_OTHER;
}

enum line_kind line_kind_of(const char *text, size_t length) {
    cJSON *object = cJSON_ParseWithLength(text, length);
    enum line_kind kind = kind_of(object);
    cJSON_Delete(object);
    return kind;
}

void line_read_work(const char *text, size_t length, char *out, size_t size) {
    cJSON *object = cJSON_ParseWithLength(text, length);
    snprintf(out, size, "%s", text_of(object, "work"));
    cJSON_Delete(object);
}

/* The class of that name; what has no class, and what is fetchbench's own to say, is another failure. */
static enum error_class class_of(const char *name) {
    if (!*name)
        return ERROR_NONE;
    for (enum error_class c = ERROR_NONE + 1; c < ERROR_CLASSES; c++)
        if (c != ERROR_CANCELLED && strcmp(error_class_name(c), name) == 0)
            return c;
    return ERROR_OTHER;
}

static int read_object(struct line_sample *out, const cJSON *object) {
    double status = number_of(object, "status"), bytes = number_of(object, "bytes");
    const char *error = text_of(object, "error"), *message = text_of(object, "message");
    *out = (struct line_sample){.index = number_of(object, "index"),
                                .start_s = number_of(object, "start_s"),
                                .end_s = number_of(object, "end_s"),
                                .duration_s = number_of(object, "duration_s"),
                                .work_s = number_of(object, "work_s"),
                                .error = class_of(error)};
    if (status >= STATUS_LEAST && status < RECORDING_STATUSES)
        out->status = (int)status;
    if (bytes > 0 && bytes < BYTES_MOST)
        out->bytes = (int64_t)bytes;
    bool is_own_word = out->error == ERROR_OTHER && strcmp(error, error_class_name(ERROR_OTHER)) != 0;
    snprintf(out->example, sizeof out->example, "%s%s%s", is_own_word || !*message ? error : "",
             is_own_word && *message ? ": " : "", message);
    bool timed = !isnan(out->end_s) || !isnan(out->duration_s);
    return isnan(out->index) || !timed || (!out->error && !out->status) ? -1 : 0;
}

static bool is_blank(const char *from, const char *end) {
    while (from < end && strchr(" \t\r\n", *from) && *from)
        from++;
    return from == end;
}

int line_read(struct line_sample *out, const char *text, size_t length) {
    const char *behind = text;
    cJSON *object = cJSON_ParseWithLengthOpts(text, length, &behind, false);
    int failed = object && is_blank(behind, text + length) ? read_object(out, object) : -1;
    cJSON_Delete(object);
    return failed;
}

static bool has(const cJSON *object, const char *name) {
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    return member && !cJSON_IsNull(member);
}

static const char *name_of_no_number(const cJSON *object) {
    static const char *const names[] = {"index", "start_s", "end_s", "duration_s", "status"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (has(object, names[i]) && isnan(number_of(object, names[i])))
            return names[i];
    return NULL;
}

static void say_fault(const cJSON *object, char *out, size_t size) {
    const char *name = name_of_no_number(object);
    if (name)
        snprintf(out, size, "has a%s %s that is no number", strchr("ie", *name) ? "n" : "", name);
    else if (!has(object, "index"))
        snprintf(out, size, "has no index");
    else if (!has(object, "end_s") && !has(object, "duration_s"))
        snprintf(out, size, "has neither end_s nor duration_s");
    else if (!has(object, "status"))
        snprintf(out, size, "has no status");
    else
        snprintf(out, size, "has a status that is none");
}

void line_say_fault(const char *text, size_t length, char *out, size_t size) {
    struct line_sample sample;
    cJSON *object = cJSON_ParseWithLength(text, length);
    snprintf(out, size, "%s", "");
    if (cJSON_IsObject(object) && read_object(&sample, object))
        say_fault(object, out, size);
    cJSON_Delete(object);
}
