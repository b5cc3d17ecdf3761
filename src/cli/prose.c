/* Reading the markup of help texts, and laying it out for a terminal. */
#include "cli/prose.h"

#include <string.h>

#define GAP 2            /* blanks between a term and its text */
#define WIDEST_COLUMN 24 /* a longer term has a line to itself */

bool prose_next(const char **at, struct prose_line *line) {
    const char *start = *at + strspn(*at, "\n");
    if (!*start)
        return false;
    size_t length = strcspn(start, "\n");
    *at = start + length;
    *line = (struct prose_line){.kind = PROSE_PARAGRAPH, .text = start, .length = length};
    const char *tab = memchr(start, '\t', length);
    if (*start == ' ') {
        line->kind = PROSE_EXAMPLE;
    } else if (tab) {
        line->kind = PROSE_TERM;
        line->term = start;
        line->term_length = (size_t)(tab - start);
        line->text = tab + 1;
        line->length = length - line->term_length - 1;
    }
    return true;
}

void prose_wrap(struct buf *out, const char *text, size_t length, int indent, int column) {
    const char *end = text + length;
    for (bool first = true; text < end; first = false) {
        size_t word = strcspn(text, " \n");
        word = word < (size_t)(end - text) ? word : (size_t)(end - text);
        if (!first && column + 1 + (int)word >= PROSE_WIDTH) {
            buf_append_char(out, '\n');
            buf_append_repeat(out, ' ', indent);
            column = indent;
        } else if (!first) {
            buf_append_char(out, ' ');
            column++;
        }
        buf_append(out, text, word);
        column += (int)word;
        text += word;
        while (text < end && *text == ' ')
            text++;
    }
    buf_append_char(out, '\n');
}

/* Columns that the terms from here to the next line of another kind take. */
static int column_of_terms(const char *at, struct prose_line line) {
    size_t widest = 0;
    bool more = true;
    for (; more && line.kind == PROSE_TERM; more = prose_next(&at, &line))
        if (line.term_length > widest && line.term_length + GAP <= WIDEST_COLUMN)
            widest = line.term_length;
    return (int)widest + GAP;
}

static void write_term(struct buf *out, const struct prose_line *line, int indent, int column) {
    buf_append(out, line->term, line->term_length);
    int at = (int)line->term_length;
    if (at + GAP > column) {
        buf_append_char(out, '\n');
        buf_append_repeat(out, ' ', indent);
        at = 0;
    }
    buf_append_repeat(out, ' ', column - at);
    prose_wrap(out, line->text, line->length, indent + column, indent + column);
}

void prose_write(struct buf *out, const char *text, int indent) {
    struct prose_line line;
    enum prose_kind before = PROSE_PARAGRAPH;
    int column = 0;
    for (bool first = true; prose_next(&text, &line); first = false) {
        bool begins = first || line.kind != before;
        if (!first && (begins || line.kind == PROSE_PARAGRAPH))
            buf_append_char(out, '\n');
        if (begins && line.kind == PROSE_TERM)
            column = column_of_terms(text, line);
        before = line.kind;
        buf_append_repeat(out, ' ', indent);
        if (line.kind == PROSE_TERM)
            write_term(out, &line, indent, column);
        else if (line.kind == PROSE_PARAGRAPH)
            prose_wrap(out, line.text, line.length, indent, indent);
        else
            buf_printf(out, "%.*s\n", (int)line.length, line.text);
    }
}
