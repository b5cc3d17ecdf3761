/* Completion for zsh. */
#include <string.h>

#include "cli/cli.h"
#include "cli/complete.h"
#include "cli/generate.h"
#include "cli/settings.h"
#include "cli/topics.h"
#include "strategy/strategy.h"

static const char modes_begin[] = "# Entries of --mode: [label=]name[:option=value]..., parted by commas.\n"
                                  "_fetchbench_modes() {\n"
                                  "    local name\n"
                                  "    local -a strategies\n"
                                  "    compset -P '*,'\n"
                                  "    if [[ $PREFIX == *:* ]]; then\n"
                                  "        name=${${PREFIX%%:*}#*=}\n"
                                  "        compset -P '*:'\n"
                                  "        case $name in\n";

static const char modes_middle[] = "        esac\n"
                                   "        return 1\n"
                                   "    fi\n"
                                   "    compset -P '*='\n"
                                   "    strategies=(\n";

/* Inside single quotes. */
static void append_quoted(struct buf *out, const char *text) {
    complete_append_replaced(out, text, '\'', "'\\''");
}

/* Inside the parts of a specification, which brackets and colons part. */
static void append_part(struct buf *out, const char *text) {
    for (; *text; text++) {
        if (strchr("[]:\\", *text))
            buf_append_char(out, '\\');
        append_quoted(out, (char[]){*text, '\0'});
    }
}

static void write_modes(struct buf *out) {
    buf_append_text(out, modes_begin);
    for (const struct strategy *const *s = strategy_table; *s; s++) {
        if (!strategy_option(*s, 0) || strategy_option(*s, 0)->unnamed)
            continue;
        buf_printf(out, "            %s) compadd -S '' --", (*s)->name);
        for (size_t i = 0; strategy_option(*s, i); i++)
            buf_printf(out, " %s=", strategy_option(*s, i)->name);
        buf_append_text(out, "; return ;;\n");
    }
    buf_append_text(out, modes_middle);
    for (const struct strategy *const *s = strategy_table; *s; s++) {
        buf_printf(out, "        '%s:", (*s)->name);
        append_quoted(out, (*s)->summary);
        buf_append_text(out, "'\n");
    }
    buf_append_text(out, "        'all:every strategy that can run here'\n    )\n"
                         "    _describe -t strategies strategy strategies -S ''\n}\n\n");
}

static void append_topic(void *state, const char *name, const char *what) {
    buf_printf(state, "        '%s:", name);
    append_quoted(state, what);
    buf_append_text(state, "'\n");
}

static void write_topics(struct buf *out) {
    buf_append_text(out, "_fetchbench_topics() {\n    local -a topics\n    topics=(\n");
    topics_each(append_topic, out);
    buf_append_text(out, "    )\n    _describe -t topics topic topics\n}\n\n");
}

static void write_action(struct buf *out, const struct option *row) {
    if (row->choices) {
        buf_append_char(out, '(');
        complete_append_words(out, row->choices);
        buf_append_char(out, ')');
    } else if (row->takes_modes) {
        buf_append_text(out, "_fetchbench_modes");
    } else if (row->takes_file) {
        buf_append_text(out, "_files");
    } else if (row->kind == OPTION_HELP) {
        buf_append_text(out, "_fetchbench_topics");
    } else {
        buf_append_char(out, ' ');
    }
}

/* Spellings that exclude each other, unless the option may be repeated. */
static void write_spellings(struct buf *out, const struct option *row) {
    bool value = row->kind != OPTION_FLAG && row->kind != OPTION_HELP;
    if (row->kind == OPTION_LIST) {
        buf_append_text(out, "'*'");
    } else if (*row->letters) {
        buf_append_text(out, "'(");
        for (const char *letter = row->letters; *letter; letter++)
            buf_printf(out, "-%c ", *letter);
        buf_printf(out, "--%s)'", row->name);
    }
    if (*row->letters)
        buf_append_char(out, '{');
    for (const char *letter = row->letters; *letter; letter++)
        buf_printf(out, "-%c%s,", *letter, value ? "+" : "");
    buf_printf(out, "--%s%s%s", row->name, value ? "=" : "", *row->letters ? "}" : "");
}

static void write_specification(struct buf *out, const struct option *row) {
    buf_append_text(out, " \\\n        ");
    write_spellings(out, row);
    buf_append_text(out, "'[");
    append_part(out, row->help);
    buf_append_char(out, ']');
    if (row->kind != OPTION_FLAG) {
        buf_append_text(out, row->kind == OPTION_HELP ? "::" : ":");
        append_part(out, row->argument);
        buf_append_char(out, ':');
        write_action(out, row);
    }
    buf_append_char(out, '\'');
}

static void write_specifications(struct buf *out, const struct option *table) {
    buf_append_text(out, "_arguments -s -S");
    for (const struct option *row = table; row->name; row++)
        write_specification(out, row);
}

static void write_command(struct buf *out, const struct cli_command *c) {
    buf_printf(out, "_fetchbench_%s() {\n    ", c->name);
    write_specifications(out, c->options);
    if (c->choices) {
        buf_append_text(out, " \\\n        '1:what:(");
        complete_append_words(out, c->choices);
        buf_append_text(out, ")'");
    } else if (c->takes_files) {
        buf_append_text(out, " \\\n        '*:file:_files'");
    } else if (c->run == cli_help) {
        buf_append_text(out, " \\\n        '1:topic:_fetchbench_topics'");
    }
    buf_append_text(out, "\n}\n\n");
}

static void write_first(struct buf *out) {
    buf_append_text(out, "_fetchbench_first() {\n    local -a commands\n    commands=(\n");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        append_topic(out, c->name, c->help);
    buf_append_text(out, "    )\n    (( CURRENT == 2 )) && _describe -t commands command commands\n"
                         "    _message -e urls URL\n}\n\n");
}

void generate_zsh(struct buf *out) {
    buf_append_text(out, "#compdef fetchbench\n"
                         "# Completion of fetchbench for zsh, made by: fetchbench generate zsh\n\n");
    write_modes(out);
    write_topics(out);
    write_first(out);
    for (const struct cli_command *c = cli_commands; c->name; c++)
        write_command(out, c);
    buf_append_text(out, "_fetchbench() {\n    if (( CURRENT > 2 )); then\n        case $words[2] in\n");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        buf_printf(out, "            %s) shift words; (( CURRENT-- )); _fetchbench_%s; return ;;\n", c->name,
                   c->name);
    buf_append_text(out, "        esac\n    fi\n    ");
    write_specifications(out, settings_options);
    buf_append_text(out, " \\\n        '1: :_fetchbench_first'\n}\n\n"
                         "if [[ $funcstack[1] == _fetchbench ]]; then\n    _fetchbench \"$@\"\n"
                         "else\n    compdef _fetchbench fetchbench\nfi\n");
}
