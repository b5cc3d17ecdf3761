/* For a pull request or an issue: GitHub's Markdown, a table and below it a list of what it does not show by
 * itself. Text of others stands in code spans, where no markup, link or mention is read. */
#include <string.h>

#include "render/claim.h"
#include "render/columns.h"
#include "render/forms.h"
#include "render/guards.h"
#include "render/hosts.h"
#include "render/notes.h"
#include "render/page.h"
#include "render/points.h"
#include "render/sentence.h"
#include "render/trusts.h"
#include "render/verdicts.h"

#define MOST_NAMED 4  /* labels of the heading */
#define MOST_NOTES 10 /* lines of notes that are not folded */
#define WIDTH 200     /* columns of a URL before it is shortened; lines are not wrapped */

static void append_heads(struct buf *out, const struct columns *shown) {
    buf_append_text(out, "| strategy |");
    for (size_t i = 0; i < shown->count; i++) {
        for (size_t line = 0; line < COLUMN_HEAD_LINES; line++) {
            const char *head = shown->items[i]->head[line];
            buf_printf(out, "%s%s", *head && *head != '/' ? " " : "", head);
        }
        buf_append_text(out, " |");
    }
    buf_append_text(out, "\n|:---|");
    for (size_t i = 0; i < shown->count; i++)
        buf_append_text(out, "---:|");
    buf_append_char(out, '\n');
}

/* A row of its own above those of a point. */
static void append_point(const struct notes *n, int64_t point, size_t shown) {
    form_append_cell(n->out, "**", points_marked_name(n, point));
    for (size_t i = 0; i < shown; i++)
        buf_append_text(n->out, " |");
    buf_append_char(n->out, '\n');
}

static void append_table(const struct notes *n) {
    const struct summaries *all = n->summaries;
    const struct columns shown = columns_of(all);
    append_heads(n->out, &shown);
    for (size_t row = 0; row < all->count; row++) {
        const struct summary *s = &all->items[row];
        if (row == 0 ? s->point >= 0 : s->point != s[-1].point)
            append_point(n, s->point, shown.count);
        form_append_cell(n->out, "", form_code(n->arena, s->label));
        for (size_t i = 0; i < shown.count; i++) {
            char figure[PAGE_FIGURE];
            const char *mark = column_tint(shown.items[i], s) == TINT_NONE ? "" : "**";
            buf_printf(n->out, " %s%s%s |", mark, shown.items[i]->write(figure, shown.items[i]->value(s)),
                       mark);
        }
        buf_append_char(n->out, '\n');
    }
}

/* A paragraph or list, parted by an empty line from what stands before it, if it says anything. */
static void add_part(struct notes *n, const struct notes_form *form, void (*part)(const struct notes *)) {
    size_t before = n->out->length;
    n->form = form;
    buf_append_char(n->out, '\n');
    part(n);
    if (!n->out->failed && n->out->length == before + 1)
        buf_truncate(n->out, before);
}

/* Likewise, folded: GitHub shows the summary, and the rest when asked. */
static void add_folded(struct notes *n, const char *summary, void (*part)(const struct notes *)) {
    size_t before = n->out->length;
    buf_printf(n->out, "\n<details><summary>%s</summary>\n\n", summary);
    size_t begun = n->out->length;
    n->form = &form_items;
    part(n);
    if (!n->out->failed && n->out->length == begun)
        buf_truncate(n->out, before);
    else
        buf_append_text(n->out, "\n</details>\n");
}

static void append_notes(const struct notes *n) {
    notes_reading(n);
    notes_failures(n);
    notes_endings(n);
}

/* Folded where they would bury what stands above them. */
static void add_notes(struct notes *n) {
    size_t before = n->out->length, lines_said = 0;
    add_part(n, &form_items, append_notes);
    for (const char *c = buf_text(n->out) + before; *c; c++)
        lines_said += *c == '\n';
    if (n->out->failed || lines_said <= MOST_NOTES)
        return;
    buf_truncate(n->out, before);
    add_folded(n, "Notes on the runs", append_notes);
}

/* Names what is compared. */
static void append_heading(const struct notes *n) {
    const struct report_plan_strategy *all = n->report->plan.strategies.items;
    size_t count = n->report->plan.strategies.count, named = count > MOST_NAMED ? MOST_NAMED - 1 : count;
    buf_append_text(n->out, "### fetchbench");
    for (size_t i = 0; i < named; i++) {
        const char *joint = i == 0 ? ": " : i + 1 == count ? " and " : ", ";
        buf_printf(n->out, "%s%s", joint, sentence_clean(n, all[i].label));
    }
    if (named < count)
        buf_printf(n->out, " and %zu more", count - named);
    buf_append_text(n->out, "\n\n");
}

static void append_all(struct notes *n) {
    n->form = &form_lines;
    append_heading(n);
    notes_head(n);
    if (notes_is_unresolved(n)) {
        add_part(n, &form_lines, notes_unresolved);
        return;
    }
    add_part(n, &form_items, guards_say_failed);
    if (n->summaries->count > 0)
        add_part(n, &form_lines, append_table);
    add_part(n, &form_items, hosts_draw_markdown);
    add_part(n, &form_items, verdicts_say);
    add_part(n, &form_lines, claim_say);
    add_part(n, &form_lines, points_say_ceilings);
    add_part(n, &form_items, guards_say_held);
    add_folded(n, "What was not judged", verdicts_say_unjudged);
    add_notes(n);
    add_part(n, &form_items, trusts_say);
}

static int render(const struct report *report, const struct render_style *style, struct buf *out) {
    (void)style; /* Markdown is read elsewhere: what this terminal can show is no matter */
    static const struct render_style page = {.width = WIDTH, .utf8 = true};
    struct arena arena = {0};
    struct summaries all = summary_make(&arena, report, true);
    struct notes n = {
        .arena = &arena,
        .report = report,
        .summaries = &all,
        .style = &page,
        .width = WIDTH,
        .out = out,
    };
    append_all(&n);
    arena_fini(&arena);
    return out->failed ? -1 : 0;
}

static void name_report(const char *name, const struct render_style *style, struct buf *out) {
    (void)style;
    struct arena arena = {0};
    buf_printf(out, "%s### %s\n\n", out->length > 0 ? "\n" : "",
               form_code(&arena, page_clean(&arena, name, true)));
    arena_fini(&arena);
}

const struct renderer renderer_markdown = {
    .name = "markdown",
    .summary = "a table for a pull request or an issue",
    .render = render,
    .name_report = name_report,
};
