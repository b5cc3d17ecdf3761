/* Completion for fish. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/complete.h"
#include "cli/generate.h"
#include "cli/settings.h"
#include "cli/topics.h"
#include "strategy/strategy.h"

static const char modes_begin[] =
    "# Entries of --mode: [label=]name[:option=value]..., parted by commas.\n"
    "function __fetchbench_modes\n"
    "    set -l token (string replace -r -- '^(--mode=|-M)' '' (commandline -ct))\n"
    "    set -l before (string replace -r -- '[^,]*$' '' $token)\n"
    "    set -l item (string replace -r -- '^.*,' '' $token)\n"
    "    if string match -q -- '*:*' $item\n"
    "        set -l head (string replace -r -- '[^:]*$' '' $item)\n"
    "        switch (string replace -r -- '^([^:]*=)?([^:]*):.*' '$2' $item)\n";

static const char modes_middle[] = "        end\n"
                                   "        return\n"
                                   "    end\n"
                                   "    set -l label (string match -r -- '^[^=]*=' $item)\n";

/* In single quotes. */
static void append_quoted(struct buf *out, const char *text) {
    buf_append_char(out, '\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            buf_append_char(out, '\\');
        buf_append_char(out, *text);
    }
    buf_append_char(out, '\'');
}

/* A line that prints one candidate, after `before`, with what it is. */
static void write_candidate(struct buf *out, const char *before, const char *name, const char *what) {
    buf_printf(out, "printf '%%s\\t%%s\\n' %s'%s' ", before, name);
    append_quoted(out, what);
    buf_append_char(out, '\n');
}

static void write_modes(struct buf *out) {
    buf_append_text(out, modes_begin);
    for (const struct strategy *const *s = strategy_table; *s; s++) {
        if (!strategy_option(*s, 0) || strategy_option(*s, 0)->unnamed)
            continue;
        buf_printf(out, "            case %s\n", (*s)->name);
        for (size_t i = 0; strategy_option(*s, i); i++) {
            const struct option *o = strategy_option(*s, i);
            char name[64];
            snprintf(name, sizeof name, "%s=", o->name);
            buf_append_text(out, "                ");
            write_candidate(out, "\"$before$head\"", name, o->help);
        }
    }
    buf_append_text(out, modes_middle);
    for (const struct strategy *const *s = strategy_table; *s; s++) {
        buf_append_text(out, "    ");
        write_candidate(out, "\"$before$label\"", (*s)->name, (*s)->summary);
    }
    buf_append_text(out, "    ");
    write_candidate(out, "\"$before$label\"", "all", "every strategy that can run here");
    buf_append_text(out, "end\n\n");
}

static void append_topic(void *state, const char *name, const char *what) {
    buf_append_text(state, "    ");
    write_candidate(state, "", name, what);
}

static void write_value(struct buf *out, const struct option *row) {
    if (row->choices) {
        buf_append_text(out, " -x -a '");
        complete_append_words(out, row->choices);
        buf_append_char(out, '\'');
    } else if (row->takes_modes) {
        buf_append_text(out, " -x -a '(__fetchbench_modes)'");
    } else if (row->takes_file) {
        buf_append_text(out, " -r -F");
    } else if (row->kind != OPTION_FLAG && row->kind != OPTION_HELP) {
        buf_append_text(out, " -x");
    }
}

static void write_options(struct buf *out, const struct option *table, const char *condition) {
    for (const struct option *row = table; row->name; row++) {
        buf_printf(out, "complete -c fetchbench -n %s", condition);
        for (const char *letter = row->letters; *letter; letter++)
            buf_printf(out, " -s %c", *letter);
        buf_printf(out, " -l %s", row->name);
        write_value(out, row);
        buf_append_text(out, " -d ");
        append_quoted(out, row->help);
        buf_append_char(out, '\n');
    }
}

static void write_commands(struct buf *out) {
    for (const struct cli_command *c = cli_commands; c->name; c++) {
        char condition[64];
        buf_printf(out, "complete -c fetchbench -n __fetchbench_first -a %s -d ", c->name);
        append_quoted(out, c->help);
        buf_append_char(out, '\n');
        snprintf(condition, sizeof condition, "'__fetchbench_in %s'", c->name);
        write_options(out, c->options, condition);
        if (c->takes_files)
            buf_printf(out, "complete -c fetchbench -n %s -F\n", condition);
        if (c->choices) {
            buf_printf(out, "complete -c fetchbench -n %s -a '", condition);
            complete_append_words(out, c->choices);
            buf_append_text(out, "'\n");
        }
    }
}

/* Which command a line is of, its first word tells. */
static void write_conditions(struct buf *out) {
    buf_append_text(out, "function __fetchbench_in\n"
                         "    set -l line (commandline -poc)\n"
                         "    set -q line[2]; and test $line[2] = $argv[1]\n"
                         "end\n\n"
                         "function __fetchbench_bench\n"
                         "    set -l line (commandline -poc)\n"
                         "    not set -q line[2]; or not contains -- $line[2]");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        buf_printf(out, " %s", c->name);
    buf_append_text(out, "\nend\n\n"
                         "function __fetchbench_first\n"
                         "    test (count (commandline -poc)) -eq 1\n"
                         "end\n\n"
                         "function __fetchbench_wants_topic\n"
                         "    set -l line (commandline -poc)\n"
                         "    contains -- $line[-1] -h --help; or test \"$line[2..-1]\" = help\n"
                         "end\n\n");
}

void generate_fish(struct buf *out) {
    buf_append_text(out, "# Completion of fetchbench for fish, made by: fetchbench generate fish\n\n");
    write_conditions(out);
    write_modes(out);
    buf_append_text(out, "function __fetchbench_topics\n");
    topics_each(append_topic, out);
    buf_append_text(out, "end\n\ncomplete -c fetchbench -f\n");
    write_commands(out);
    buf_append_text(out, "complete -c fetchbench -n __fetchbench_wants_topic -a '(__fetchbench_topics)'\n");
    write_options(out, settings_options, "__fetchbench_bench");
}
