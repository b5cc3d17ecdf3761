/* The manual page: the same tables and texts as --help, in man's macros. */
#include <ctype.h>
#include <string.h>

#include "base/version.h"
#include "cli/cli.h"
#include "cli/concepts.h"
#include "cli/generate.h"
#include "cli/optiontext.h"
#include "cli/prose.h"
#include "cli/settings.h"

#define PROSE_LIMIT ((size_t)1 << 16)
#define LINE 60 /* of a source line, before the word that may stretch it */

/* In text to be typed a hyphen is a minus, and so are the quotes what they are. */
static void append_character(struct buf *out, char c, bool typed) {
    if (c == '\\')
        buf_append_text(out, "\\e");
    else if (c == '-' && typed)
        buf_append_text(out, "\\-");
    else if (c == '\'')
        buf_append_text(out, "\\(aq");
    else if (c == '`')
        buf_append_text(out, "\\(ga");
    else if (c == '^')
        buf_append_text(out, "\\(ha");
    else if (c == '~')
        buf_append_text(out, "\\(ti");
    else if (c == '"')
        buf_append_text(out, "\\(dq");
    else
        buf_append_char(out, c);
}

/* A line must not begin like a request; a quote has become an escape before it could. */
static void append_typed(struct buf *out, const char *text, size_t length) {
    if (length && *text == '.')
        buf_append_text(out, "\\&");
    for (size_t i = 0; i < length; i++)
        append_character(out, text[i], true);
}

static size_t option_length(const char *text, size_t length) {
    size_t n = 0;
    while (n < length && (isalnum((unsigned char)text[n]) || text[n] == '-' || text[n] == '.'))
        n++;
    while (n && text[n - 1] == '.')
        n--;
    return n;
}

/* A word of running text; an option is bold. */
static void append_word(struct buf *out, const char *word, size_t length) {
    size_t before = 0, option = 0;
    while (before < length && (word[before] == '(' || word[before] == '`'))
        before++;
    if (before < length && word[before] == '-')
        option = option_length(word + before, length - before);
    if (option < 2)
        option = 0;
    if (*word == '.')
        buf_append_text(out, "\\&");
    for (size_t i = 0; i < before; i++)
        append_character(out, word[i], false);
    if (option) {
        buf_append_text(out, "\\fB");
        append_typed(out, word + before, option);
        buf_append_text(out, "\\fR");
    }
    for (size_t i = before + option; i < length; i++)
        append_character(out, word[i], false);
}

/* Sentences begin lines, and no line is long, as man's macros want it. */
static void append_running(struct buf *out, const char *text, size_t length) {
    const char *end = text + length;
    size_t line = out->length;
    char last = ' ';
    for (bool first = true; text < end; first = false) {
        const char *blank = memchr(text, ' ', (size_t)(end - text));
        size_t word = (size_t)((blank ? blank : end) - text);
        bool parts = last == '.' || out->length - line + word > LINE;
        if (!first)
            buf_append_char(out, parts ? '\n' : ' ');
        if (!first && parts)
            line = out->length;
        append_word(out, text, word);
        last = word ? text[word - 1] : ' ';
        text += word;
        text += strspn(text, " ") < (size_t)(end - text) ? strspn(text, " ") : (size_t)(end - text);
    }
    buf_append_char(out, '\n');
}

static void write_term(struct buf *out, const char *term, size_t length) {
    buf_append_text(out, ".TP\n\\fB");
    append_typed(out, term, length);
    buf_append_text(out, "\\fR\n");
}

/* Examples are indented already. */
static void write_example(struct buf *out, const struct prose_line *line) {
    append_typed(out, line->text, line->length);
    buf_append_char(out, '\n');
}

/* `part` is the macro between paragraphs. */
static void write_prose(struct buf *out, const char *text, const char *part) {
    struct prose_line line;
    bool in_example = false, begun = false;
    while (prose_next(&text, &line)) {
        if (in_example && line.kind != PROSE_EXAMPLE)
            buf_append_text(out, ".fi\n");
        if (begun && line.kind != PROSE_TERM && !(in_example && line.kind == PROSE_EXAMPLE))
            buf_append_text(out, part);
        if (!in_example && line.kind == PROSE_EXAMPLE)
            buf_append_text(out, ".nf\n");
        in_example = line.kind == PROSE_EXAMPLE;
        begun = true;
        if (line.kind == PROSE_TERM)
            write_term(out, line.term, line.term_length);
        if (in_example)
            write_example(out, &line);
        else
            append_running(out, line.text, line.length);
    }
    if (in_example)
        buf_append_text(out, ".fi\n");
}

static void write_section(struct buf *out, const char *title) {
    buf_append_text(out, ".SH \"");
    for (; *title; title++)
        buf_append_char(out, (char)toupper((unsigned char)*title));
    buf_append_text(out, "\"\n");
}

/* Where a row has no details, its line stands for them. */
static void write_option(struct buf *out, const struct option *row) {
    struct buf text;
    buf_init(&text, PROSE_LIMIT);
    optiontext_spell(&text, row);
    write_term(out, buf_text(&text), text.length);
    buf_clear(&text);
    if (!row->details)
        buf_printf(&text, "%c%s.\n", toupper((unsigned char)*row->help), row->help + 1);
    optiontext_explain(&text, row);
    write_prose(out, buf_text(&text), ".IP\n");
    buf_fini(&text);
}

static void write_options(struct buf *out, const struct option *table) {
    const char *group = "";
    for (const struct option *row = table; row->name; row++) {
        if (row->group && strcmp(group, row->group) != 0) {
            group = row->group;
            buf_printf(out, ".SS \"%s\"\n", group);
        }
        write_option(out, row);
    }
}

static void write_synopsis(struct buf *out) {
    write_section(out, "Synopsis");
    buf_append_text(out, ".B fetchbench\n[options] [URL]\n");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        buf_printf(out, ".br\n.B fetchbench %s\n%s\n", c->name, c->operand ? c->operand : "[options]");
}

static void write_concept(struct buf *out, const struct concept *c) {
    struct buf prose;
    buf_init(&prose, PROSE_LIMIT);
    buf_printf(&prose, "%s\n", c->text);
    if (c->more)
        c->more(&prose);
    write_section(out, c->title);
    write_prose(out, buf_text(&prose), ".PP\n");
    buf_fini(&prose);
}

static void write_command(struct buf *out, const struct cli_command *c) {
    struct buf prose;
    buf_init(&prose, PROSE_LIMIT);
    buf_append_text(&prose, c->details);
    if (c->more)
        c->more(&prose);
    buf_printf(out, ".SS \"fetchbench %s %s\"\n", c->name, c->operand ? c->operand : "[options]");
    write_prose(out, buf_text(&prose), ".PP\n");
    write_options(out, c->options);
    buf_fini(&prose);
}

void generate_man(struct buf *out) {
    buf_printf(out, ".TH FETCHBENCH 1 \"%s\" \"fetchbench %s\" \"User Commands\"\n", version_date,
               version_number);
    buf_append_text(out,
                    ".nh\n.ad l\n.SH NAME\nfetchbench \\- compare HTTP client strategies on one endpoint\n");
    write_synopsis(out);
    write_section(out, "Description");
    write_prose(out, concepts_about, ".PP\n");
    write_section(out, "Options");
    write_options(out, settings_options);
    for (const struct concept *c = concepts_table; c->name; c++)
        write_concept(out, c);
    write_section(out, "Commands");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        write_command(out, c);
    write_section(out, "Examples");
    write_prose(out, concepts_examples, ".PP\n");
    buf_append_text(out, ".SH \"SEE ALSO\"\n.BR curl (1),\n.BR wrk (1),\n.BR hyperfine (1)\n");
}
