/* What was sent is taken away from "args" piece by piece; nothing may be missing, nothing be left. */
#include "http/echo.h"

#include <stdio.h>
#include <string.h>

#include "base/percent.h"
#include "http/json.h"

#define SHOWN 60 /* bytes of a name or value in a message, */
#define URL_BYTES ((size_t)1 << 20)

struct argument {
    struct buf name, value, scratch;
};

/* What stands first under the name, or NULL; *array: the one that holds it, NULL where it stands alone.
 */
static cJSON *first_of(const cJSON *args, const char *name, cJSON **array) {
    cJSON *item = cJSON_GetObjectItemCaseSensitive(args, name);
    *array = cJSON_IsArray(item) ? item : NULL;
    return *array ? cJSON_GetArrayItem(item, 0) : item;
}

static void take_away(cJSON *args, cJSON *array, cJSON *item) {
    cJSON_Delete(cJSON_DetachItemViaPointer(array ? array : args, item));
    if (array && cJSON_GetArraySize(array) == 0)
        cJSON_Delete(cJSON_DetachItemViaPointer(args, array));
}

static bool check_argument(cJSON *args, const char *name, const char *value, char *why, size_t size) {
    cJSON *array = NULL, *item = first_of(args, name, &array);
    const char *came = cJSON_GetStringValue(item);
    if (came && strcmp(came, value) == 0) {
        take_away(args, array, item);
        return true;
    }
    if (came)
        snprintf(why, size, "%.*s=%.*s was sent, and \"args\" has %.*s for it", SHOWN, name, SHOWN, value,
                 SHOWN, came);
    else
        snprintf(why, size, "%.*s=%.*s was sent, and \"args\" has %s for it", SHOWN, name, SHOWN, value,
                 item ? "no text" : "nothing");
    return false;
}

static bool check_query(cJSON *args, struct argument *a, const char *query, const char *end, char *why,
                        size_t size) {
    struct percent_pair pair;
    while (percent_next_pair(&query, end, &pair)) {
        buf_clear(&a->name);
        buf_clear(&a->value);
        percent_decode_value(&a->name, &a->scratch, pair.name, pair.name_bytes);
        percent_decode_value(&a->value, &a->scratch, pair.value, pair.value_bytes);
        if (!check_argument(args, buf_text(&a->name), buf_text(&a->value), why, size))
            return false;
    }
    if (!args->child)
        return true;
    snprintf(why, size, "\"args\" has %.*s, which was not sent%s", SHOWN, args->child->string,
             cJSON_IsArray(args->child) ? " so often" : "");
    return false;
}

static bool check_url(cJSON *args, const char *url, char *why, size_t size) {
    const char *end = url + strcspn(url, "#");
    const char *mark = memchr(url, '?', (size_t)(end - url));
    struct argument a;
    buf_init(&a.name, URL_BYTES);
    buf_init(&a.value, URL_BYTES);
    buf_init(&a.scratch, URL_BYTES);
    bool right = check_query(args, &a, mark ? mark + 1 : end, end, why, size);
    buf_fini(&a.name);
    buf_fini(&a.value);
    buf_fini(&a.scratch);
    return right;
}

bool echo_check(const char *url, const char *body, size_t length, char *why, size_t size) {
    char words[80];
    cJSON *document = json_parse(body, length, words, sizeof words);
    if (!document) {
        snprintf(why, size, "an echo of the arguments was expected, and what came is %s", words);
        return false;
    }
    cJSON *args = cJSON_GetObjectItemCaseSensitive(document, "args");
    bool right = cJSON_IsObject(args) && check_url(args, url, why, size);
    if (!cJSON_IsObject(args))
        snprintf(why, size, "an echo of the arguments was expected, and the JSON has no object \"args\"");
    cJSON_Delete(document);
    return right;
}
