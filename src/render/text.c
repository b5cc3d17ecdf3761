/* What a person sees when it is over: what was asked, the table, and what it does not show by itself. */
#include "render/notes.h"
#include "render/page.h"
#include "render/table.h"

/* One part of the page, parted by an empty line from what stands before it, if it says anything. */
static void add_part(const struct notes *n, void (*part)(const struct notes *)) {
    size_t before = n->out->length;
    buf_append_char(n->out, '\n');
    part(n);
    if (n->out->failed || n->out->length != before + 1)
        return;
    buf_truncate(n->out, before);
}

static void add_table(const struct notes *n) {
    if (n->summaries->count > 0)
        table_draw(n->out, n->arena, n->summaries, n->style);
}

static void add_failures(const struct notes *n) {
    notes_failures(n);
    notes_endings(n);
}

static void put(struct buf *out, const char *sentence, size_t width) {
    page_paragraph(out, sentence, width, 2);
}

static const char *quote(struct arena *a, const char *text) {
    (void)a;
    return text;
}

static const struct notes_form form = {.put = put, .quote = quote};

static int render(const struct report *report, const struct render_style *style, struct buf *out) {
    struct arena arena = {0};
    struct summaries all = summary_make(&arena, report, style->utf8);
    struct notes n = {
        .form = &form,
        .arena = &arena,
        .report = report,
        .summaries = &all,
        .style = style,
        .width = style->width > 80 ? (size_t)style->width : 80,
        .out = out,
    };
    notes_head(&n);
    if (notes_is_unresolved(&n)) {
        add_part(&n, notes_unresolved);
    } else {
        add_part(&n, add_table);
        add_part(&n, notes_reading);
        add_part(&n, add_failures);
    }
    arena_fini(&arena);
    return out->failed ? -1 : 0;
}

const struct renderer renderer_text = {
    .name = "text",
    .summary = "a table for people",
    .render = render,
};
