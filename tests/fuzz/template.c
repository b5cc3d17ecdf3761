/* URL templates: any text is either refused with a sentence, or becomes no more than was foretold. The first
 * bytes are the seed, the request's number, the bytes of its line and the choice; the text is what follows,
 * to the end or a NUL. */
#include "plan/template.h"

#include <stdbool.h>
#include <string.h>

#include "fuzz.h"

enum { VALUES_BYTES = 8 + 8 + 1 + 1, MOST_BYTES = 1 << 20 };

static struct template_values values_of(const uint8_t *data) {
    static const char line[256] = "/of/a/file?with={i}";
    struct template_values v = {.line = line, .line_bytes = data[16], .choice = data[17] % 3};
    memcpy(&v.seed, data, 8);
    memcpy(&v.number, data + 8, 8);
    v.number &= INT64_MAX;
    return v;
}

/* In memory of just the size that was foretold. */
static char *expanded(const char *text, const struct template_values *v, size_t most) {
    char *out = malloc(most + 1);
    size_t length = template_expand(text, v, out);
    FUZZ_CHECK(length <= most && out[length] == '\0');
    return out;
}

static void check_good(const char *text, const struct template_values *v,
                       const struct template_facts *facts) {
    size_t most = facts->most_bytes + facts->lines * v->line_bytes;
    FUZZ_CHECK(facts->lines <= facts->places && facts->places <= strlen(text) / 3);
    if (most > MOST_BYTES)
        return;
    char *once = expanded(text, v, most), *again = expanded(text, v, most);
    FUZZ_CHECK(memcmp(once, again, strlen(once) + 1) == 0);
    if (!facts->places)
        FUZZ_CHECK(strcmp(once, text) == 0);
    free(once);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < VALUES_BYTES)
        return 0;
    struct template_values values = values_of(data);
    char *text = strndup((const char *)data + VALUES_BYTES, size - VALUES_BYTES);
    struct template_facts facts;
    struct err err = {0};
    if (template_read(text, &facts, &err) == 0)
        check_good(text, &values, &facts);
    else
        FUZZ_CHECK(err.kind == ERR_USAGE && *err.text);
    free(text);
    return 0;
}
