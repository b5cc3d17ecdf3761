/* cJSON, behind a look at how deep it would have to go. */
#include "http/json.h"

#include <stdio.h>
#include <string.h>

/* The offset just after the string that begins at `at`. */
static size_t pass_string(const char *text, size_t length, size_t at) {
    for (at++; at < length && text[at] != '"'; at++)
        at += text[at] == '\\';
    return at + 1;
}

/* Where brackets are JSON_DEPTH + 1 deep, or length. */
static size_t find_too_deep(const char *text, size_t length) {
    size_t depth = 0;
    for (size_t at = 0; at < length;) {
        char c = text[at];
        if (c == '"') {
            at = pass_string(text, length, at);
            continue;
        }
        if ((c == '[' || c == '{') && ++depth > JSON_DEPTH)
            return at;
        if ((c == ']' || c == '}') && depth > 0)
            depth--;
        at++;
    }
    return length;
}

cJSON *json_parse(const char *text, size_t length, char *why, size_t size) {
    if (find_too_deep(text, length) < length) {
        snprintf(why, size, "JSON nested more than %d deep", JSON_DEPTH);
        return NULL;
    }
    /* cJSON's own note of where it stopped is shared by all threads. */
    const char *end = text;
    size_t nul = strnlen(text, length);
    cJSON *document = cJSON_ParseWithLengthOpts(text, length + 1, &end, 1);
    if (document && nul == length)
        return document;
    cJSON_Delete(document);
    if (length == 0)
        snprintf(why, size, "no JSON: the body is empty");
    else
        snprintf(why, size, "no JSON, at byte %zu of %zu", document ? nul : (size_t)(end - text), length);
    return NULL;
}
