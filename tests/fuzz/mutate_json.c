/* How libFuzzer changes reports: every other time as JSON, so that what comes out is a report still, or
 * nearly. Bytes changed at random seldom get beyond the reader's first refusal. */
#include <cjson/cJSON.h>
#include <string.h>

#include "fuzz.h"

#define MOST_NODES 4096

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

struct nodes {
    cJSON *parents[MOST_NODES], *items[MOST_NODES];
    size_t count;
};

static void gather(struct nodes *all, cJSON *parent) {
    for (cJSON *item = parent->child; item && all->count < MOST_NODES; item = item->next) {
        all->parents[all->count] = parent;
        all->items[all->count++] = item;
        gather(all, item);
    }
}

static unsigned next_random(unsigned *seed) {
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static cJSON *number_of(unsigned choice) {
    static const double numbers[] = {0,   1,     2,      3,     7,      0.5,        1e-300,           1e-9,
                                     1e9, 86400, 0.9999, 1e308, -1e308, 4294967296, 9007199254740991, -1};
    return cJSON_CreateNumber(numbers[choice % (sizeof numbers / sizeof numbers[0])]);
}

static cJSON *text_of(unsigned choice) {
    static const char *const texts[] = {
        "",
        "x",
        "200",
        "async",
        "a|b`c*d_e\\",
        "=1+1",
        "\"quoted\", and so",
        "<b>&amp;",
        "\033[31m",
        "a\nb",
        "\t\r\x7f",
        "\xC2\x9B",
        "\xE4\xB8\xAD\xE6\x96\x87",
        "e\xCC\x81",
        "2026-01-02T03:04:05.678Z",
        "a text that is so much longer than the column it is to stand in that it has to be cut or put on lines of its own",
    };
    return cJSON_CreateString(texts[choice % (sizeof texts / sizeof texts[0])]);
}

/* Numbers mostly become numbers, and texts texts. */
static cJSON *instead_of(const struct nodes *all, const cJSON *item, unsigned *seed) {
    unsigned kind = next_random(seed) % 8, choice = next_random(seed);
    if (kind == 0)
        return cJSON_CreateNull();
    if (kind == 1)
        return cJSON_Duplicate(all->items[choice % all->count], 1);
    if (kind == 2 || cJSON_IsBool(item))
        return cJSON_CreateBool(choice % 2);
    return cJSON_IsString(item) || kind == 3 ? text_of(choice) : number_of(choice);
}

static void replace(cJSON *parent, cJSON *item, cJSON *with) {
    if (cJSON_IsObject(parent)) {
        char *key = strdup(item->string);
        cJSON_ReplaceItemInObjectCaseSensitive(parent, key, with);
        free(key);
    } else {
        cJSON_ReplaceItemViaPointer(parent, item, with);
    }
}

static void change(cJSON *root, unsigned *seed) {
    static struct nodes all;
    all.count = 0;
    gather(&all, root);
    if (!all.count)
        return;
    size_t at = next_random(seed) % all.count;
    cJSON *parent = all.parents[at], *item = all.items[at];
    unsigned how = next_random(seed) % 8;
    if (how == 0)
        cJSON_Delete(cJSON_DetachItemViaPointer(parent, item));
    else if (how == 1 && cJSON_IsArray(parent))
        cJSON_AddItemToArray(parent, cJSON_Duplicate(item, 1));
    else
        replace(parent, item, instead_of(&all, item, seed));
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
    cJSON *root = next_random(&seed) % 2 ? cJSON_ParseWithLength((const char *)data, size) : NULL;
    if (!root)
        return LLVMFuzzerMutate(data, size, max_size);
    for (unsigned changes = next_random(&seed) % 4 + 1; changes; changes--)
        change(root, &seed);
    char *text = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    size_t length = text ? strlen(text) : 0;
    if (length > max_size)
        length = 0;
    memcpy(data, text ? text : "", length);
    free(text);
    return length ? length : LLVMFuzzerMutate(data, size, max_size);
}
