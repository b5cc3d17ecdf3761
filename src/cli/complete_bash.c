/* Completion for bash. */
#include "cli/cli.h"
#include "cli/complete.h"
#include "cli/generate.h"
#include "cli/settings.h"
#include "cli/topics.h"
#include "strategy/strategy.h"

/* Bash parts words at = and :, so words are put together first, and of an answer only what stands behind the
 * last of them is given back. compgen -W is of no use: it expands what it is given, so that a tab would carry
 * out a $(command) that was typed. */
static const char helpers[] = "# Completion of fetchbench for bash, made by: fetchbench generate bash\n"
                              "\n"
                              "# CUR WORDS: offers those of the words that begin like CUR.\n"
                              "_fetchbench_offer() {\n"
                              "    local breaks= prefix= word words\n"
                              "    [[ $COMP_WORDBREAKS == *=* ]] && breaks+='='\n"
                              "    [[ $COMP_WORDBREAKS == *:* ]] && breaks+=':'\n"
                              "    [[ -n $breaks ]] && prefix=${1%\"${1##*[$breaks]}\"}\n"
                              "    read -ra words <<<\"$2\"\n"
                              "    for word in \"${words[@]}\"; do\n"
                              "        [[ $word == \"$1\"* ]] && COMPREPLY+=(\"${word#\"$prefix\"}\")\n"
                              "    done\n"
                              "}\n"
                              "\n"
                              "_fetchbench_files() {\n"
                              "    compopt -o filenames 2>/dev/null\n"
                              "    mapfile -t COMPREPLY < <(compgen -f -- \"$1\")\n"
                              "}\n"
                              "\n";

static const char modes_begin[] =
    "# Entries of --mode: [label=]name[:option=value]..., parted by commas.\n"
    "_fetchbench_modes() {\n"
    "    local item=${1##*,} name options= option words=\n"
    "    local before=${1%\"$item\"}\n"
    "    compopt -o nospace 2>/dev/null\n"
    "    name=${item%%:*}\n"
    "    if [[ $item != *:* ]]; then\n"
    "        [[ $name == *=* ]] && before+=${name%%=*}=\n"
    "        for option in $_fetchbench_strategies; do words+=\" $before$option\"; done\n"
    "        _fetchbench_offer \"$1\" \"$words\"\n"
    "        return\n"
    "    fi\n"
    "    case ${name#*=} in\n";

static const char modes_end[] = "    esac\n"
                                "    for option in $options; do words+=\" $before${item%:*}:$option\"; done\n"
                                "    _fetchbench_offer \"$1\" \"$words\"\n"
                                "}\n"
                                "\n";

static const char main_begin[] = "_fetchbench() {\n"
                                 "    local line=() word glue= cur option= command=\n"
                                 "    COMPREPLY=()\n"
                                 "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD}\"; do\n"
                                 "        if ((${#line[@]})) && [[ $glue || $word == [=:]* ]]; then\n"
                                 "            line[-1]+=$word\n"
                                 "        else\n"
                                 "            line+=(\"$word\")\n"
                                 "        fi\n"
                                 "        glue=\n"
                                 "        [[ $word == *[=:] ]] && glue=yes\n"
                                 "    done\n"
                                 "    ((${#line[@]})) || return 0\n"
                                 "    cur=${line[-1]}\n"
                                 "    ((${#line[@]} > 1)) && option=${line[-2]}\n"
                                 "    if [[ $cur == --*=* ]]; then\n"
                                 "        option=${cur%%=*}\n"
                                 "        cur=${cur#*=}\n"
                                 "    fi\n"
                                 "    ((${#line[@]} > 1)) && case ${line[0]} in\n";

static void write_strategies(struct buf *out) {
    buf_append_text(out, "_fetchbench_strategies='");
    for (const struct strategy *const *s = strategy_table; *s; s++)
        buf_printf(out, "%s ", (*s)->name);
    buf_append_text(out, "all'\n\n");
}

static void write_modes(struct buf *out) {
    buf_append_text(out, modes_begin);
    for (const struct strategy *const *s = strategy_table; *s; s++) {
        if (!strategy_option(*s, 0) || strategy_option(*s, 0)->unnamed)
            continue;
        buf_printf(out, "        %s) options='", (*s)->name);
        for (size_t i = 0; strategy_option(*s, i); i++)
            buf_printf(out, "%s%s=", i ? " " : "", strategy_option(*s, i)->name);
        buf_append_text(out, "' ;;\n");
    }
    buf_append_text(out, modes_end);
}

static void write_value(struct buf *out, const struct option *row) {
    if (row->choices) {
        buf_append_text(out, "_fetchbench_offer \"$cur\" '");
        complete_append_words(out, row->choices);
        buf_append_text(out, "'");
    } else if (row->takes_modes) {
        buf_append_text(out, "_fetchbench_modes \"$cur\"");
    } else if (row->takes_file) {
        buf_append_text(out, "_fetchbench_files \"$cur\"");
    } else if (row->kind == OPTION_HELP) {
        buf_append_text(out, "_fetchbench_offer \"$cur\" \"$_fetchbench_topics\"");
    } else {
        buf_append_text(out, ":");
    }
}

/* What follows an option that takes a value. */
static void write_values(struct buf *out, const struct option *table) {
    buf_append_text(out, "    case $option in\n");
    for (const struct option *row = table; row->name; row++) {
        if (row->kind == OPTION_FLAG)
            continue;
        buf_append_text(out, "        ");
        for (const char *letter = row->letters; *letter; letter++)
            buf_printf(out, "-%c | ", *letter);
        buf_printf(out, "--%s)\n            ", row->name);
        write_value(out, row);
        buf_append_text(out, "\n            return ;;\n");
    }
    buf_append_text(out, "    esac\n");
}

static void write_command(struct buf *out, const struct cli_command *c) {
    buf_printf(out, "_fetchbench_%s() {\n    local cur=$1 option=$2\n", c->name);
    write_values(out, c->options);
    buf_append_text(out, "    if [[ $cur == -* ]]; then\n        _fetchbench_offer \"$cur\" '");
    complete_append_names(out, c->options);
    buf_append_text(out, "'\n    else\n        ");
    if (c->takes_files) {
        buf_append_text(out, "_fetchbench_files \"$cur\"");
    } else if (c->choices) {
        buf_append_text(out, "_fetchbench_offer \"$cur\" '");
        complete_append_words(out, c->choices);
        buf_append_char(out, '\'');
    } else {
        buf_append_text(out, "_fetchbench_offer \"$cur\" ");
        buf_append_text(out, c->run == cli_help ? "\"$_fetchbench_topics\"" : "''");
    }
    buf_append_text(out, "\n    fi\n}\n\n");
}

static void write_main(struct buf *out) {
    buf_append_text(out, main_begin);
    for (const struct cli_command *c = cli_commands; c->name; c++)
        buf_printf(out,
                   "        %s)\n            _fetchbench_%s \"$cur\" \"$option\"\n            return ;;\n",
                   c->name, c->name);
    buf_append_text(out, "    esac\n");
    write_values(out, settings_options);
    buf_append_text(out, "    if [[ $cur == -* ]]; then\n        _fetchbench_offer \"$cur\" '");
    complete_append_names(out, settings_options);
    buf_append_text(out, "'\n    elif ((${#line[@]} == 1)); then\n        _fetchbench_offer \"$cur\" '");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        buf_printf(out, "%s%s", c == cli_commands ? "" : " ", c->name);
    buf_append_text(out, "'\n    fi\n}\n\ncomplete -F _fetchbench fetchbench\n");
}

static void append_topic(void *state, const char *name, const char *what) {
    (void)what;
    buf_printf(state, " %s", name);
}

void generate_bash(struct buf *out) {
    buf_append_text(out, helpers);
    write_strategies(out);
    buf_append_text(out, "_fetchbench_topics='");
    topics_each(append_topic, out);
    buf_append_text(out, "'\n\n");
    write_modes(out);
    for (const struct cli_command *c = cli_commands; c->name; c++)
        write_command(out, c);
    write_main(out);
}
