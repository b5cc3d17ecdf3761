/* How sentences become Markdown. */
#include <string.h>

#include "render/forms.h"

static size_t longest_run(const char *text, char c) {
    size_t longest = 0, run = 0;
    for (; *text; text++) {
        run = *text == c ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* Fenced by more backticks than stand together in it; the blanks beside a fence are not part of the text. */
const char *form_code(struct arena *a, const char *text) {
    size_t length = strlen(text), fence = longest_run(text, '`') + 1;
    if (length == 0)
        return "";
    bool padded = text[0] == '`' || text[length - 1] == '`' || (text[0] == ' ' && text[length - 1] == ' ');
    char *ticks = arena_alloc(a, fence + 1);
    memset(ticks, '`', fence);
    const char *blank = padded ? " " : "";
    return arena_printf(a, "%s%s%s%s%s", ticks, blank, text, blank, ticks);
}

/* A bar ends a cell even within a code span, unless it is escaped. */
void form_append_cell(struct buf *out, const char *mark, const char *text) {
    buf_printf(out, "| %s", mark);
    for (; *text; text++) {
        if (*text == '|')
            buf_append_char(out, '\\');
        buf_append_char(out, *text);
    }
    buf_printf(out, "%s |", mark);
}

static void put_line(struct buf *out, const char *sentence, size_t width) {
    (void)width;
    buf_printf(out, "%s\n", sentence);
}

static void put_item(struct buf *out, const char *sentence, size_t width) {
    (void)width;
    buf_printf(out, "- %s\n", sentence);
}

static void put_row(const struct notes *n, const struct notes_row *row) {
    const char *mark = *row->word ? "**" : "";
    buf_printf(n->out, "- %s: %s%s%s%s%s\n", form_code(n->arena, row->label), row->text, mark, row->word,
               mark, row->rest);
}

static void put_heading(const struct notes *n, const char *heading) {
    const char *text = buf_text(n->out);
    bool is_parted = n->out->length > 1 && strcmp(text + n->out->length - 2, "\n\n") == 0;
    buf_printf(n->out, "%s**%s**\n\n", is_parted ? "" : "\n", heading);
}

const struct notes_form form_lines = {
    .put = put_line, .put_row = put_row, .put_heading = put_heading, .quote = form_code};
const struct notes_form form_items = {
    .put = put_item, .put_row = put_row, .put_heading = put_heading, .quote = form_code};
