/* What a person sees when it is over: what was asked, the table, and what it does not show by itself. */
#include "render/notes.h"
#include "render/table.h"

static int render(const struct report *report, const struct render_style *style, struct buf *out) {
    struct arena arena = {0};
    struct summaries all = summary_make(&arena, report, style->utf8);
    struct notes n = {
        .arena = &arena,
        .report = report,
        .summaries = &all,
        .style = style,
        .width = style->width > 80 ? (size_t)style->width : 80,
        .out = out,
    };
    notes_head(&n);
    buf_append_char(out, '\n');
    if (all.count > 0) {
        table_draw(out, &arena, &all, style);
        buf_append_char(out, '\n');
    }
    notes_reading(&n);
    notes_failures(&n);
    notes_endings(&n);
    arena_fini(&arena);
    return out->failed ? -1 : 0;
}

const struct renderer renderer_text = {
    .name = "text",
    .summary = "a table for people",
    .render = render,
};
