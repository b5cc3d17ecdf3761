/* What a person sees when it is over: what was asked, the table, and what it does not show by itself. */
#include <string.h>

#include "render/claim.h"
#include "render/guards.h"
#include "render/notes.h"
#include "render/page.h"
#include "render/points.h"
#include "render/sentence.h"
#include "render/table.h"
#include "render/verdicts.h"

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
        table_draw(n->out, n->arena, n->report, n->summaries, n->style);
}

/* Of a sweep it would be longer than all the rest. */
static void add_unjudged(const struct notes *n) {
    if (n->report->plan.sweep.count == 0)
        verdicts_say_unjudged(n);
    else if (verdicts_are_there(n))
        sentence_say(n, "What was not judged is in the report, and in -f markdown.");
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

/* One line of a row's text; `word` is where its word is to be tinted, NULL for nowhere. */
static void put_line(struct buf *out, const char *text, size_t length, const struct notes_row *row,
                     const char *word) {
    if (!word || word < text || word >= text + length) {
        buf_append(out, text, length);
    } else {
        size_t before = (size_t)(word - text), tinted = strlen(row->word);
        buf_append(out, text, before);
        buf_printf(out, "%s%s\x1b[0m", page_tints[row->tint], row->word);
        buf_append(out, word + tinted, length - before - tinted);
    }
    buf_append_char(out, '\n');
}

/* The sentence beside its label, wrapped to what the label leaves of the page. */
static void put_row(const struct notes *n, const struct notes_row *row) {
    struct buf body;
    size_t lead = row->columns + 2;
    const char *label =
        page_shorten(n->arena, row->label, row->columns > 4 ? row->columns : 4, n->style->utf8);
    buf_init(&body, 1 << 16);
    page_paragraph(&body, arena_printf(n->arena, "%s%s%s", row->text, row->word, row->rest), n->width - lead,
                   0);
    const char *text = buf_text(&body), *word = NULL;
    if (n->style->colour && row->tint != TINT_NONE)
        word = strstr(text + strlen(row->text), row->word); /* one word, so it was not broken */
    for (bool first = true; *text; first = false) {
        size_t length = strcspn(text, "\n");
        buf_append_text(n->out, first ? label : "");
        buf_append_repeat(n->out, ' ', (int)(lead - (first ? page_columns(label) : 0)));
        put_line(n->out, text, length, row, word);
        text += length + 1;
    }
    buf_fini(&body);
}

static void put_heading(const struct notes *n, const char *heading) {
    buf_printf(n->out, "%s%s:%s\n", n->style->colour ? "\x1b[1m" : "", heading,
               n->style->colour ? "\x1b[0m" : "");
}

static const struct notes_form form = {
    .put = put, .put_row = put_row, .put_heading = put_heading, .quote = quote};

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
        add_part(&n, verdicts_say);
        add_part(&n, claim_say);
        add_part(&n, points_say_ceilings);
        add_part(&n, add_unjudged);
        add_part(&n, notes_reading);
        add_part(&n, guards_say);
        add_part(&n, add_failures);
    }
    arena_fini(&arena);
    return out->failed ? -1 : 0;
}

static void name_report(const char *name, const struct render_style *style, struct buf *out) {
    struct arena arena = {0};
    buf_printf(out, "%s%s:\n", out->length > 0 ? "\n" : "", page_clean(&arena, name, style->utf8));
    arena_fini(&arena);
}

const struct renderer renderer_text = {
    .name = "text",
    .summary = "a table for people",
    .render = render,
    .name_report = name_report,
};
