/* Help made from the option table, the strategies and the commands. */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "base/version.h"
#include "cli/concepts.h"
#include "cli/optiontext.h"
#include "cli/prose.h"
#include "cli/settings.h"
#include "strategy/strategy.h"

#define OPTION_COLUMN 26

static void write_beside(struct buf *out, size_t begun, const char *text) {
    int column = (int)(out->length - begun);
    if (column > OPTION_COLUMN - 2) {
        buf_append_char(out, '\n');
        column = 0;
    }
    buf_append_repeat(out, ' ', OPTION_COLUMN - column);
    prose_wrap(out, text, strlen(text), OPTION_COLUMN, OPTION_COLUMN);
}

static void write_named(struct buf *out, const char *name, const char *text) {
    size_t begun = out->length;
    buf_printf(out, "  %s", name);
    write_beside(out, begun, text);
}

static void write_option(struct buf *out, const struct option *row) {
    char help[200];
    size_t begun = out->length;
    buf_append_text(out, *row->letters ? "  " : "      ");
    optiontext_spell(out, row);
    snprintf(help, sizeof help, "%s%s%s", row->help, row->choices ? ": " : "",
             row->choices ? row->choices : "");
    write_beside(out, begun, help);
}

void help_write_options(struct buf *out, const struct option *table, const char *group) {
    const char *last = NULL;
    for (const struct option *row = table; row->name; row++) {
        if (group && strcmp(row->group, group) != 0)
            continue;
        if (row->group && (!last || strcmp(last, row->group) != 0))
            buf_printf(out, "%s%s:\n", out->length ? "\n" : "", row->group);
        last = row->group;
        write_option(out, row);
    }
}

static void write_usage(struct buf *out, const struct cli_command *c) {
    buf_printf(out, "fetchbench %s %s\n", c->name, c->operand ? c->operand : "[options]");
}

static void write_topics(struct buf *out) {
    struct buf prose;
    buf_init(&prose, 1 << 12);
    buf_append_text(&prose,
                    "fetchbench --help TOPIC explains an option (--help mode), a group (--help send), "
                    "a strategy, a format or a command, or one of: ");
    for (const struct concept *c = concepts_table; c->name; c++)
        buf_printf(&prose, "%s%s", c->name, c[1].name ? ", " : ".");
    buf_append_char(out, '\n');
    prose_write(out, buf_text(&prose), 0);
    buf_fini(&prose);
}

void help_write(struct buf *out) {
    buf_append_text(out, "Usage: fetchbench [options] [URL]\n");
    for (const struct cli_command *c = cli_commands; c->name; c++) {
        buf_append_text(out, "       ");
        write_usage(out, c);
    }
    buf_append_char(out, '\n');
    prose_write(out, concepts_about, 0);
    help_write_options(out, settings_options, NULL);
    buf_append_text(out, "\nStrategies:\n");
    for (const struct strategy *const *row = strategy_table; *row; row++)
        write_named(out, (*row)->name, (*row)->summary);
    buf_append_text(out, "\nCommands:\n");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        write_named(out, c->name, c->help);
    buf_append_text(out, "\nExamples:\n");
    prose_write(out, concepts_examples, 0);
    write_topics(out);
}

void help_write_command(struct buf *out, const struct cli_command *command) {
    struct buf prose;
    buf_init(&prose, 1 << 16);
    buf_append_text(&prose, command->details);
    if (command->more)
        command->more(&prose);
    buf_append_text(out, "Usage: ");
    write_usage(out, command);
    buf_append_text(out, "\nOptions:\n");
    help_write_options(out, command->options, NULL);
    buf_append_char(out, '\n');
    prose_write(out, buf_text(&prose), 0);
    buf_fini(&prose);
}

static void write_strategy_option(struct buf *out, const struct option *o) {
    char value[64];
    snprintf(value, sizeof value, "%s%s%s", o->unnamed ? "" : o->name, o->unnamed ? "" : "=", o->argument);
    buf_printf(out, "    :%-13s%s\n", value, o->help);
}

void help_write_list(struct buf *out) {
    for (const struct strategy *const *row = strategy_table; *row; row++) {
        const struct strategy *s = *row;
        const char *why = s->probe ? s->probe() : NULL;
        buf_printf(out, "%-14s%s%s%s%s\n", s->name, s->summary, why ? " (not here: " : "", why ? why : "",
                   why ? ")" : "");
        for (size_t i = 0; strategy_option(s, i); i++)
            write_strategy_option(out, strategy_option(s, i));
    }
}

void help_write_version(struct buf *out) {
    buf_printf(out, "fetchbench %s%s%s%s\n", version_number, *version_revision ? " (" : "", version_revision,
               *version_revision ? ")" : "");
}
