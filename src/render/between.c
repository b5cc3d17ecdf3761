/* The page of a comparison between invocations. */
#include "render/between.h"

#include <string.h>

#include "compare/side.h"
#include "render/forms.h"
#include "render/page.h"
#include "render/points.h"
#include "render/sentence.h"
#include "render/versus.h"
#include "stats/quantile.h"

#define WIDEST_LABEL 36

struct page {
    struct notes n;
    const struct between *b;
    bool markdown;
    size_t columns;              /* that labels take */
    struct report *warner;       /* where the texts live */
    struct report_list warnings; /* what --force passed over: texts */
};

static bool is_shown(const struct page *p, const struct report_comparison *c) {
    const char *const *names = c->between.items;
    return c->primary && c->between.count == 2 && strcmp(names[0], p->b->old.name) == 0 &&
           strcmp(names[1], p->b->fresh.name) == 0;
}

static const char *median_of(struct page *p, const struct report *r, const struct report_comparison *c,
                             size_t *rounds) {
    char figure[PAGE_FIGURE];
    struct side side = side_gather(p->n.arena, r, c->label, c->point, false);
    double *values = side_figures(p->n.arena, metric_find(c->metric), &side, rounds);
    double median = quantile_median(values, *rounds);
    size_t length = strlen(c->metric);
    bool is_time = length > 2 && strcmp(c->metric + length - 2, "_s") == 0;
    if (is_time)
        page_duration(figure, median);
    else
        page_number(figure, strcmp(c->metric, "memory_bytes") == 0 ? median / (1 << 20) : median);
    return arena_strdup(p->n.arena, figure);
}

/* With its point of a sweep; clean. */
static const char *name_of(struct page *p, const struct report_comparison *c) {
    const char *label = page_clean(p->n.arena, c->label, p->n.style->utf8);
    if (c->point < 0)
        return label;
    return arena_printf(p->n.arena, "%s (%s)", label,
                        points_name(p->n.arena, p->b->fresh.report, c->point, p->n.style->utf8));
}

static void add_line(struct page *p, const struct report_comparison *c) {
    size_t before, after;
    const char *label = name_of(p, c);
    const char *old = median_of(p, p->b->old.report, c, &before);
    const char *fresh = median_of(p, p->b->fresh.report, c, &after);
    if (p->markdown) {
        form_append_cell(p->n.out, "", form_code(p->n.arena, label));
        buf_printf(p->n.out, " %s | %s | %zu, %zu |\n", old, fresh, before, after);
        return;
    }
    label = page_shorten(p->n.arena, label, p->columns, p->n.style->utf8);
    buf_append_text(p->n.out, label);
    buf_append_repeat(p->n.out, ' ', (int)(p->columns - page_columns(label)));
    buf_printf(p->n.out, "  %8s  %8s  %4zu, %zu\n", old, fresh, before, after);
}

static const struct report_comparison *comparison_at(const struct page *p, size_t i) {
    return &((const struct report_comparison *)p->n.report->comparisons.items)[i];
}

static void add_table(struct page *p) {
    if (p->markdown)
        buf_append_text(p->n.out, "| strategy | old | new | rounds |\n|:---|---:|---:|---:|\n");
    else
        buf_printf(p->n.out, "%-*s  %8s  %8s  rounds\n", (int)p->columns, "strategy", "old", "new");
    for (size_t i = 0; i < p->n.report->comparisons.count; i++)
        if (is_shown(p, comparison_at(p, i)))
            add_line(p, comparison_at(p, i));
}

/* What --force passed over stands before the figures that it could explain. */
static void add_warnings(struct page *p) {
    const char *const *texts = p->warnings.items;
    for (size_t i = 0; i < p->warnings.count; i++)
        sentence_say(&p->n, "%sWARNING: %s.", p->markdown ? "- " : "", sentence_clean(&p->n, texts[i]));
    if (p->warnings.count)
        buf_append_char(p->n.out, '\n');
}

static bool is_warning(const struct page *p, const char *text) {
    const char *const *texts = p->warnings.items;
    for (size_t i = 0; i < p->warnings.count; i++)
        if (strcmp(texts[i], text) == 0)
            return true;
    return false;
}

/* The same without the reasons that stand above as warnings. */
static struct report_comparison without_warnings(struct page *p, const struct report_comparison *c) {
    struct report_comparison rest = *c;
    rest.reasons = (struct report_list){0};
    for (size_t i = 0; i < c->reasons.count; i++) {
        const char *text = ((const char *const *)c->reasons.items)[i];
        if (!is_warning(p, text))
            *(const char **)report_list_add(p->warner, &rest.reasons, sizeof text) = text;
    }
    return rest;
}

static void add_verdicts(struct page *p) {
    for (size_t i = 0; i < p->n.report->comparisons.count; i++) {
        const struct report_comparison *c = comparison_at(p, i);
        if (!is_shown(p, c))
            continue;
        struct report_comparison rest = without_warnings(p, c);
        struct versus_line line = versus_line(&p->n, &rest);
        const char *label = name_of(p, c);
        p->n.form->put_row(&p->n,
                           &(struct notes_row){page_shorten(p->n.arena, label, p->columns, p->n.style->utf8),
                                               p->columns, line.text, line.word, line.rest, line.tint});
    }
}

static void measure_labels(struct page *p) {
    p->columns = strlen("strategy");
    for (size_t i = 0; i < p->n.report->comparisons.count; i++) {
        size_t width = page_columns(name_of(p, comparison_at(p, i)));
        p->columns = width > p->columns ? width : p->columns;
    }
    p->columns = p->columns < WIDEST_LABEL ? p->columns : WIDEST_LABEL;
}

static void add_head(struct page *p) {
    const char *metric = metric_find(p->b->metric ? p->b->metric : p->b->fresh.report->plan.metric)->what;
    const char *fresh = sentence_clean(&p->n, p->b->fresh.name), *old = sentence_clean(&p->n, p->b->old.name);
    sentence_say(&p->n, "%s%s against %s, between invocations, by %s%s", p->markdown ? "### " : "", fresh,
                 old, metric,
                 strstr(metric, "memory") ? " in MiB"
                 : strstr(metric, "CPU")  ? " in us"
                                          : "");
    buf_append_char(p->n.out, '\n');
}

void between_show(const struct report *shown, const struct between *b, const char *format,
                  const struct render_style *style, struct buf *out) {
    struct arena arena = {0};
    bool markdown = strcmp(format, "markdown") == 0;
    struct page p = {.n = {.form = markdown ? &form_lines : &form_text,
                           .arena = &arena,
                           .report = shown,
                           .style = style,
                           .width = markdown ? 200 : 80,
                           .out = out},
                     .b = b,
                     .markdown = markdown};
    p.warner = report_open();
    if (b->force)
        keys_find_differences(p.warner, &p.warnings, &b->old, &b->fresh, false);
    measure_labels(&p);
    add_head(&p);
    add_warnings(&p);
    add_table(&p);
    buf_append_char(out, '\n');
    add_verdicts(&p);
    versus_say_drift(&p.n, markdown ? "\n" : "");
    report_close(p.warner);
    arena_fini(&arena);
}
