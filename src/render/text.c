/* What a person sees when it is over: what was asked, the table, and what it does not show by itself. */
#include "render/claim.h"
#include "render/forms.h"
#include "render/guards.h"
#include "render/hosts.h"
#include "render/notes.h"
#include "render/page.h"
#include "render/points.h"
#include "render/sentence.h"
#include "render/table.h"
#include "render/trusts.h"
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

static int render(const struct report *report, const struct render_style *style, struct buf *out) {
    struct arena arena = {0};
    struct summaries all = summary_make(&arena, report, style->utf8);
    struct notes n = {
        .form = &form_text,
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
        add_part(&n, guards_say_failed);
        add_part(&n, add_table);
        add_part(&n, hosts_draw_text);
        add_part(&n, verdicts_say);
        add_part(&n, claim_say);
        add_part(&n, points_say_ceilings);
        add_part(&n, add_unjudged);
        add_part(&n, notes_reading);
        add_part(&n, guards_say_held);
        add_part(&n, add_failures);
        add_part(&n, trusts_say);
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
