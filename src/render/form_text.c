/* How sentences are laid out on a terminal's page. */
#include <string.h>

#include "render/forms.h"
#include "render/page.h"

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
    if (n->style->colour && row->tint != TINT_NONE && body.length > strlen(row->text))
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

const struct notes_form form_text = {
    .put = put, .put_row = put_row, .put_heading = put_heading, .quote = quote};
