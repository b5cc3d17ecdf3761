/* Columns are as wide as what stands in them; labels take what is left and are shortened to it. */
#include "render/table.h"

#include <math.h>
#include <string.h>

#include "render/columns.h"
#include "render/page.h"
#include "render/points.h"

#define LEAST_LABEL 7
#define MOST_NUMBERED 100 /* lines of a table whose labels are checked to differ */

/* How it is all laid out. */
struct layout {
    const struct render_style *style;
    struct columns columns; /* but the label's */
    size_t widths[COLUMNS_MOST];
    size_t label, gap;
};

/* Whether a word stands above this column and the next. */
static bool spans(const struct columns *all, size_t i, size_t line) {
    return line + 1 < COLUMN_HEAD_LINES && i + 1 < all->count && *all->items[i]->head[line] &&
           strcmp(all->items[i]->head[line], all->items[i + 1]->head[line]) == 0;
}

static size_t width_of(const struct columns *columns, size_t index, const struct summaries *all) {
    char figure[PAGE_FIGURE];
    const struct column *c = columns->items[index];
    size_t width = 0;
    for (size_t line = 0; line < COLUMN_HEAD_LINES; line++) {
        if (spans(columns, index, line) || (index > 0 && spans(columns, index - 1, line)))
            continue; /* both together have room for it */
        if (strlen(c->head[line]) > width)
            width = strlen(c->head[line]);
    }
    for (size_t i = 0; i < all->count; i++) {
        size_t length = strlen(c->write(figure, c->value(&all->items[i])));
        if (length > width)
            width = length;
    }
    return width;
}

static size_t widest_label(const struct summaries *all) {
    size_t widest = strlen("strategy");
    for (size_t i = 0; i < all->count; i++) {
        size_t width = page_columns(all->items[i].label);
        widest = width > widest ? width : widest;
    }
    return widest;
}

static struct layout lay_out(const struct summaries *all, const struct render_style *style) {
    struct layout l = {.style = style, .columns = columns_of(all), .gap = 1};
    size_t page = style->width > 80 ? (size_t)style->width : 80, figures = 0;
    for (size_t i = 0; i < l.columns.count; i++) {
        l.widths[i] = width_of(&l.columns, i, all);
        figures += l.widths[i] + l.gap;
    }
    size_t left = page > figures + LEAST_LABEL ? page - figures : LEAST_LABEL, wanted = widest_label(all);
    l.label = wanted < left ? wanted : left;
    if (left - l.label >= l.columns.count)
        l.gap = 2;
    return l;
}

/* "-- service --" over two columns. */
static void draw_span(struct buf *out, const char *head, size_t width) {
    size_t dashes = width > strlen(head) + 2 ? width - strlen(head) - 2 : 0;
    const char *blank = dashes > 0 ? " " : "";
    buf_append_repeat(out, '-', (int)(dashes / 2));
    buf_printf(out, "%s%s%s", blank, head, blank);
    buf_append_repeat(out, '-', (int)(dashes - dashes / 2));
}

static void draw_head_line(struct buf *out, const struct layout *l, size_t line) {
    const char *label = line == COLUMN_HEAD_LINES - 1 ? "strategy" : "";
    int blanks = (int)(l->label - strlen(label));
    buf_printf(out, "%s%s", l->style->colour ? "\x1b[1m" : "", label);
    for (size_t i = 0; i < l->columns.count; i++) {
        const char *head = l->columns.items[i]->head[line];
        if (spans(&l->columns, i, line)) {
            buf_append_repeat(out, ' ', blanks + (int)l->gap);
            draw_span(out, head, l->widths[i] + l->gap + l->widths[i + 1]);
            blanks = 0;
            i++;
            continue;
        }
        blanks += (int)(l->widths[i] + l->gap - strlen(head));
        if (!*head)
            continue;
        buf_append_repeat(out, ' ', blanks);
        buf_append_text(out, head);
        blanks = 0;
    }
    buf_append_text(out, l->style->colour ? "\x1b[0m\n" : "\n");
}

static void draw_cell(struct buf *out, const struct layout *l, size_t column, const struct summary *s) {
    char figure[PAGE_FIGURE];
    const struct column *c = l->columns.items[column];
    const char *text = c->write(figure, c->value(s));
    enum tint tint = l->style->colour ? column_tint(c, s) : TINT_NONE;
    buf_append_repeat(out, ' ', (int)(l->widths[column] + l->gap - strlen(text)));
    buf_printf(out, "%s%s%s", page_tints[tint], text, tint == TINT_NONE ? "" : "\x1b[0m");
}

/* Labels as they are shown. Where shortening would make two of them alike, all are numbered. */
static const char **shown_labels(struct arena *a, const struct layout *l, const struct summaries *all) {
    const char **labels = arena_alloc(a, all->count * sizeof *labels);
    bool alike = false;
    for (size_t i = 0; i < all->count; i++) {
        labels[i] = page_shorten(a, all->items[i].label, l->label, l->style->utf8);
        for (size_t j = 0; j < i && !alike && all->count <= MOST_NUMBERED; j++)
            alike =
                strcmp(labels[i], labels[j]) == 0 && strcmp(all->items[i].label, all->items[j].label) != 0;
    }
    for (size_t i = 0; i < all->count && alike; i++) {
        const char *numbered = arena_printf(a, "%zu %s", i + 1, all->items[i].label);
        labels[i] = page_shorten(a, numbered, l->label, l->style->utf8);
    }
    return labels;
}

static void draw_row(struct buf *out, const struct layout *l, const char *label, const struct summary *s) {
    buf_append_text(out, label);
    buf_append_repeat(out, ' ', (int)(l->label - page_columns(label)));
    for (size_t i = 0; i < l->columns.count; i++)
        draw_cell(out, l, i, s);
    buf_append_char(out, '\n');
}

static void draw_point(struct buf *out, struct arena *a, const struct layout *l, const struct report *report,
                       int64_t point) {
    buf_printf(out, "%s%s:%s\n", l->style->colour ? "\x1b[1m" : "",
               points_name(a, report, point, l->style->utf8), l->style->colour ? "\x1b[0m" : "");
}

void table_draw(struct buf *out, struct arena *a, const struct report *report, const struct summaries *all,
                const struct render_style *style) {
    struct layout l = lay_out(all, style);
    const char **labels = shown_labels(a, &l, all);
    for (size_t line = 0; line < COLUMN_HEAD_LINES; line++)
        draw_head_line(out, &l, line);
    for (size_t i = 0; i < all->count; i++) {
        int64_t point = all->items[i].point;
        if (point != (i == 0 ? -1 : all->items[i - 1].point))
            draw_point(out, a, &l, report, point);
        draw_row(out, &l, labels[i], &all->items[i]);
    }
}
