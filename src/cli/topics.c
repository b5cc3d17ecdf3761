/* Finding what a word names, and explaining it. */
#include "cli/topics.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/nearest.h"
#include "cli/cli.h"
#include "cli/concepts.h"
#include "cli/help.h"
#include "cli/optiontext.h"
#include "cli/prose.h"
#include "cli/settings.h"
#include "render/renderer.h"
#include "strategy/strategy.h"
#include "trust/trust.h"

#define INDENT 4
#define PROSE_LIMIT ((size_t)1 << 16)

/* A topic's heading stands at the margin, and topics are parted by an empty line. */
static void write_heading(struct buf *out, const char *before, const char *heading) {
    buf_printf(out, "%s%s%s\n", out->length ? "\n" : "", before, heading);
}

/* Ends the prose. */
static void write_body(struct buf *out, struct buf *prose) {
    if (prose->length)
        prose_write(out, buf_text(prose), INDENT);
    buf_fini(prose);
}

static void write_option(struct buf *out, const char *command, const struct option *row) {
    struct buf prose, spelling;
    buf_init(&prose, PROSE_LIMIT);
    buf_init(&spelling, PROSE_LIMIT);
    optiontext_spell(&spelling, row);
    write_heading(out, command, buf_text(&spelling));
    buf_fini(&spelling);
    buf_printf(&prose, "%s\n", row->help);
    optiontext_explain(&prose, row);
    write_body(out, &prose);
}

static void write_concept(struct buf *out, const struct concept *c) {
    struct buf prose;
    buf_init(&prose, PROSE_LIMIT);
    buf_printf(&prose, "%s\n", c->text);
    if (c->more)
        c->more(&prose);
    write_heading(out, "", c->title);
    write_body(out, &prose);
}

static void write_strategy(struct buf *out, const struct strategy *s) {
    struct buf prose;
    buf_init(&prose, PROSE_LIMIT);
    const char *why = s->probe ? s->probe() : NULL;
    buf_printf(&prose, "%s\n%s\n", s->summary, s->details ? s->details : "");
    if (why)
        buf_printf(&prose, "It cannot run here: %s.\n", why);
    for (size_t i = 0; strategy_option(s, i); i++)
        optiontext_explain_of(&prose, s->name, strategy_option(s, i));
    bool unnamed = strategy_option(s, 0) && strategy_option(s, 0)->unnamed;
    buf_printf(&prose, "  fetchbench --mode %s%s%s URL", s->name, unnamed ? ":" : "",
               unnamed ? strategy_option(s, 0)->argument : "");
    write_heading(out, "Strategy ", s->name);
    write_body(out, &prose);
}

static void write_format(struct buf *out, const struct renderer *r) {
    struct buf prose;
    buf_init(&prose, PROSE_LIMIT);
    buf_printf(&prose, "%s\n  fetchbench --format %s URL", r->summary, r->name);
    write_heading(out, "Format ", r->name);
    write_body(out, &prose);
}

static void write_command(struct buf *out, const struct cli_command *c) {
    if (out->length)
        buf_append_char(out, '\n');
    help_write_command(out, c);
}

const char *topics_group(const struct option *row) {
    const char *blank = row->group ? strrchr(row->group, ' ') : NULL;
    return blank ? blank + 1 : "";
}

static void write_group(struct buf *out, const char *word) {
    for (const struct option *row = settings_options; row->name; row++) {
        if (strcasecmp(topics_group(row), word) != 0 && strcasecmp(row->group, word) != 0)
            continue;
        help_write_options(out, settings_options, row->group);
        return;
    }
}

static void write_named(struct buf *out, const char *word) {
    for (const struct concept *c = concepts_table; c->name; c++)
        if (strcasecmp(c->name, word) == 0 || concepts_names(c->also, word))
            write_concept(out, c);
    for (const struct strategy *const *s = strategy_table; *s; s++)
        if (strcasecmp((*s)->name, word) == 0)
            write_strategy(out, *s);
    for (const struct renderer *const *r = renderer_table; *r; r++)
        if (strcasecmp((*r)->name, word) == 0)
            write_format(out, *r);
    for (const struct cli_command *c = cli_commands; c->name; c++)
        if (strcasecmp(c->name, word) == 0 || concepts_names(c->also, word))
            write_command(out, c);
    write_group(out, word);
}

static const struct option *find_option(const struct option *table, const char *name) {
    const struct option *row = option_find(table, name);
    return row || name[0] == '\0' || name[1] ? row : option_find_letter(table, name[0]);
}

/* The option of that name of the main table and of each command's. */
static void write_options(struct buf *out, const char *name) {
    const struct option *row = find_option(settings_options, name);
    if (row)
        write_option(out, "", row);
    for (const struct cli_command *c = cli_commands; c->name; c++) {
        char command[64];
        snprintf(command, sizeof command, "fetchbench %s ", c->name);
        row = find_option(c->options, name);
        if (row && row->kind != OPTION_HELP) /* every command has one, which says no more than the first */
            write_option(out, command, row);
    }
}

void topics_each(void (*visit)(void *state, const char *name, const char *what), void *state) {
    for (const struct concept *c = concepts_table; c->name; c++)
        visit(state, c->name, c->title);
    for (const struct cli_command *c = cli_commands; c->name; c++)
        visit(state, c->name, c->help);
    for (const struct strategy *const *s = strategy_table; *s; s++)
        visit(state, (*s)->name, (*s)->summary);
    for (const struct renderer *const *r = renderer_table; *r; r++)
        visit(state, (*r)->name, (*r)->summary);
    const char *group = "";
    for (const struct option *row = settings_options; row->name; row++) {
        if (strcmp(group, topics_group(row)) != 0)
            visit(state, topics_group(row), row->group);
        group = topics_group(row);
        visit(state, row->name, row->help);
    }
    for (const struct cli_command *c = cli_commands; c->name; c++)
        for (const struct option *row = c->options; row->name; row++)
            visit(state, row->name, row->help);
}

static void offer(void *state, const char *name, const char *what) {
    (void)what;
    nearest_offer(state, name);
}

static int refuse(const char *word, const char *name, struct err *err) {
    for (const struct words_hint *h = settings_hints; h->option; h++)
        if (strcmp(h->option + strspn(h->option, "-"), name) == 0)
            return err_set(err, ERR_USAGE, "%s: %s", h->option, h->answer);
    struct nearest near;
    nearest_init(&near, name);
    topics_each(offer, &near);
    if (near.best)
        return err_set(err, ERR_USAGE, "there is no help on \"%.60s\": did you mean --help %s?", word,
                       near.best);
    return err_set(err, ERR_USAGE, "there is no help on \"%.60s\" (--help shows everything)", word);
}

int topics_write(struct buf *out, const char *word, struct err *err) {
    if (!*word || strstr(word, "://")) {
        help_write(out);
        return 0;
    }
    size_t dashes = strspn(word, "-");
    char name[64];
    size_t length = strcspn(word + dashes, dashes ? "=" : "");
    size_t most = sizeof name - 1;
    snprintf(name, sizeof name, "%.*s", (int)(length < most ? length : most), word + dashes);
    size_t begun = out->length;
    if (!dashes)
        write_named(out, name);
    write_options(out, name);
    if (out->length == begun && trust_find(name))
        write_named(out, "trust"); /* a check's id that is no topic's name as well */
    return out->length > begun ? 0 : refuse(word, name, err);
}
