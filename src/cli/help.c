/* Help made from the option table, the strategies and the commands. */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "base/version.h"
#include "cli/cli.h"
#include "strategy/strategy.h"

#define WIDTH 80
#define OPTION_COLUMN 26

/* Wraps `text` at words into the columns from `indent` on; the first line continues where `column` is. */
static void write_wrapped(struct buf *out, const char *text, int indent, int column) {
    bool first = true;
    while (*text) {
        int word = (int)strcspn(text, " ");
        if (!first && column + 1 + word > WIDTH - 1) {
            buf_append_char(out, '\n');
            buf_append_repeat(out, ' ', indent);
            column = indent;
            first = true;
        }
        if (!first) {
            buf_append_char(out, ' ');
            column++;
        }
        buf_append(out, text, (size_t)word);
        column += word;
        first = false;
        text += word;
        text += strspn(text, " ");
    }
    buf_append_char(out, '\n');
}

static void write_option(struct buf *out, const struct option *row) {
    char left[80] = "  ";
    size_t length = 2;
    for (const char *letter = row->letters; *letter; letter++)
        length += (size_t)snprintf(left + length, sizeof left - length, "-%c, ", *letter);
    if (!*row->letters)
        length += (size_t)snprintf(left + length, sizeof left - length, "    ");
    length += (size_t)snprintf(left + length, sizeof left - length, "--%s%s%s", row->name,
                               row->argument ? " " : "", row->argument ? row->argument : "");
    buf_append_text(out, left);
    int column = (int)length;
    if (column > OPTION_COLUMN - 2) {
        buf_append_char(out, '\n');
        column = 0;
    }
    buf_append_repeat(out, ' ', OPTION_COLUMN - column);
    char help[200];
    snprintf(help, sizeof help, "%s%s%s", row->help, row->choices ? ": " : "",
             row->choices ? row->choices : "");
    write_wrapped(out, help, OPTION_COLUMN, OPTION_COLUMN);
}

void help_write_options(struct buf *out, const struct option *table) {
    const char *group = NULL;
    for (const struct option *row = table; row->name; row++) {
        if (row->group && (!group || strcmp(group, row->group) != 0))
            buf_printf(out, "\n%s:\n", row->group);
        group = row->group;
        write_option(out, row);
    }
}

static void write_named(struct buf *out, const char *name, const char *text) {
    buf_printf(out, "  %-*s", OPTION_COLUMN - 2, name);
    write_wrapped(out, text, OPTION_COLUMN, OPTION_COLUMN);
}

void help_write(struct buf *out) {
    buf_append_text(out, "Usage: fetchbench [options] [URL]\n");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        buf_printf(out, "       fetchbench %s [options]\n", c->name);
    buf_append_text(out, "\n"
                         "Fires N requests at a URL with one client strategy or several, measures each\n"
                         "in a process of its own, and shows how their times compare. In the URL, {i}\n"
                         "is the request's number, from 0. With no URL it serves itself for the run.\n"
                         "Counts may be written 10k, times 250ms, 30s, 5m. Defaults are in brackets.\n");
    help_write_options(out, settings_options);
    buf_append_text(out, "\nStrategies:\n");
    for (const struct strategy *const *row = strategy_table; *row; row++)
        write_named(out, (*row)->name, (*row)->summary);
    buf_append_text(out, "\nCommands:\n");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        write_named(out, c->name, c->help);
    buf_append_text(out, "\n"
                         "Examples:\n"
                         "  fetchbench --mode async -n 100 http://127.0.0.1:8080/get\n"
                         "  fetchbench -M sequential,threads,async 'http://127.0.0.1:8080/get?key={i}'\n"
                         "  fetchbench -M async,two=async:threads=2 -n 10k -c 200 http://127.0.0.1:8080/\n"
                         "\n"
                         "Exit status: 0 done; 1 a run broke or the report could not be written; 2 bad\n"
                         "usage; 3 no request succeeded, or more failed than --max-errors; 130 or 143\n"
                         "interrupted.\n");
}

void help_write_list(struct buf *out) {
    for (const struct strategy *const *row = strategy_table; *row; row++) {
        const struct strategy *s = *row;
        const char *why = s->probe ? s->probe() : NULL;
        buf_printf(out, "%-14s%s%s%s%s\n", s->name, s->summary, why ? " (not here: " : "", why ? why : "",
                   why ? ")" : "");
        for (const struct option *o = s->options; o && o->name; o++)
            buf_printf(out, "    :%s=%-*s%s\n", o->name, (int)(12 - strlen(o->name)), o->argument, o->help);
    }
}

void help_write_version(struct buf *out) {
    buf_printf(out, "fetchbench %s%s%s%s\n", version_number, *version_revision ? " (" : "", version_revision,
               *version_revision ? ")" : "");
}
