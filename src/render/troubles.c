/* The page's own sentences, unwrapped. */
#include "render/troubles.h"

#include "render/notes.h"
#include "render/summary.h"

static void put(struct buf *out, const char *sentence, size_t width) {
    (void)width;
    buf_printf(out, "%s\n", sentence);
}

static const char *quote(struct arena *a, const char *text) {
    (void)a;
    return text;
}

void troubles_append(struct buf *out, const struct report *report, bool utf8) {
    static const struct notes_form form = {.put = put, .quote = quote};
    const struct render_style style = {.utf8 = utf8};
    struct arena arena = {0};
    struct summaries all = summary_make(&arena, report, utf8);
    const struct notes n = {
        .form = &form, .arena = &arena, .report = report, .summaries = &all, .style = &style, .out = out};
    if (notes_is_unresolved(&n)) {
        notes_unresolved(&n);
    } else {
        notes_failures(&n);
        notes_endings(&n);
    }
    arena_fini(&arena);
}
