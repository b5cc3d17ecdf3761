/* URL templates, cut once into literal pieces and places. */
#include "plan/template.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define PIECES 64
#define PLACE_BYTES 20 /* the longest that {i} becomes */

/* A literal, then a place (the last piece has none). */
struct piece {
    const char *literal;
    size_t length;
    bool place;
};

struct template {
    char *text;
    struct piece pieces[PIECES];
    size_t count;
};

static int read_place(const char *open, const char **after, struct err *err) {
    const char *close = strchr(open, '}');
    if (!close)
        return err_set(err, ERR_USAGE,
                       "the URL has a { that is never closed (write %%7B for a brace itself)");
    if (strncmp(open, "{i}", 3) != 0)
        return err_set(
            err, ERR_USAGE,
            "the URL has an unknown place %.*s: there is {i}, the request's number (write %%7B for a "
            "brace itself)",
            (int)(close - open + 1 > 40 ? 40 : close - open + 1), open);
    *after = close + 1;
    return 0;
}

static int cut(struct template *t, struct err *err) {
    const char *at = t->text;
    for (;;) {
        if (t->count == PIECES)
            return err_set(err, ERR_USAGE, "the URL has more than %d places", PIECES - 1);
        const char *open = strchr(at, '{');
        struct piece *piece = &t->pieces[t->count++];
        *piece = (struct piece){at, open ? (size_t)(open - at) : strlen(at), open != NULL};
        if (!open)
            return 0;
        if (read_place(open, &at, err))
            return -1;
    }
}

int template_open(struct template **out, const char *text, struct err *err) {
    struct template *t = memory_zalloc(1, sizeof *t);
    t->text = memory_strdup(text);
    int failed = cut(t, err);
    if (!failed && strlen(text) + t->count * PLACE_BYTES >= TEMPLATE_URL_BYTES)
        failed = err_set(err, ERR_USAGE, "the URL is longer than %d bytes", TEMPLATE_URL_BYTES);
    if (failed) {
        template_close(t);
        return -1;
    }
    *out = t;
    return 0;
}

void template_close(struct template *t) {
    if (!t)
        return;
    free(t->text);
    free(t);
}

bool template_is_constant(const struct template *t) {
    return t->count == 1;
}

size_t template_expand(const struct template *t, int64_t number, char *out) {
    size_t length = 0;
    for (size_t i = 0; i < t->count; i++) {
        const struct piece *piece = &t->pieces[i];
        memcpy(out + length, piece->literal, piece->length);
        length += piece->length;
        if (piece->place)
            length += (size_t)snprintf(out + length, PLACE_BYTES + 1, "%" PRId64, number);
    }
    out[length] = '\0';
    return length;
}
