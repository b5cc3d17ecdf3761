/* The table of subcommands, and what to say to one that there is not. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/nearest.h"
#include "cli/cli.h"
#include "endpoint/endpoint.h"

#define GENERATED "man|bash|zsh|fish"

const struct cli_command cli_commands[] = {
    {.name = "serve",
     .also = "endpoint|httpbin|server|sojourn",
     .help = "serve the embedded httpbin-style endpoint",
     .run = cli_serve,
     .options = serve_options,
     .details =
         "Answers as httpbin does, until Ctrl-C, for something to try a client on. It listens on "
         "loopback alone unless --public is given. With no URL, fetchbench runs it by itself.\n"
         "  fetchbench serve --listen 127.0.0.1:8080\n"
         "/sojourn holds an answer for a time that is fixed, or "
         "drawn at random from ?seed= and ?key=, the same again for the same two. With ?queue=1 its requests are "
         "served one after another, as by one server with a queue, so that they wait for each other.\n"
         "  fetchbench 'http://127.0.0.1:8080/sojourn/exponential/1ms?seed=7&key={i}'\n"
         "Its paths:\n",
     .more = endpoint_describe},
    {.name = "report",
     .also = "show|render",
     .help = "show saved reports again, in any format",
     .run = cli_report,
     .options = report_options,
     .operand = "[-f WORD] [-o FILE] FILE...",
     .takes_files = true,
     .details =
         "Shows a saved report as its run did, byte for byte, or in another format; - is standard input. Several "
         "are shown one after another: with their files' names above them as text and Markdown, under one line "
         "of names as CSV, and as they are as JSON.\n"
         "  fetchbench report results/*.json\n"
         "  fetchbench report -f csv -o runs.csv old.json new.json"},
    {.name = "merge",
     .also = "join|shares",
     .help = "join reports of one plan, or of parts of one load",
     .run = cli_merge,
     .options = merge_options,
     .operand = "[--shares] [-o FILE] FILE...",
     .takes_files = true,
     .details =
         "Joins two or more reports of the same plan, made on the same machine, to one with all their rounds, "
         "numbered anew in the order given; comparisons are made anew over all of them. With --shares the reports "
         "are of parts of one load, which several processes or machines sent at the same time: each run becomes the "
         "sum of its parts. Percentiles are never averaged: histograms are added. Reports of different plans are "
         "refused, and the keys in which they differ are named.\n"
         "  fetchbench merge -o whole.json monday.json tuesday.json\n"
         "  fetchbench merge --shares here.json there.json | fetchbench report -"},
    {.name = "compare",
     .also = "between|diff|comparing",
     .help = "compare saved reports with an older one",
     .run = cli_compare,
     .options = compare_options,
     .operand = "[-f WORD] OLD NEW...",
     .takes_files = true,
     .details =
         "Compares each new report with the old one, strategy by strategy, by labels that both have. Their "
         "rounds were not made side by side, so they are not paired: the ratio is that of Hodges and Lehmann "
         "with the interval of Mann and Whitney, and is called between invocations, since whatever else "
         "changed in between is in it. It takes as many rounds on either side as a verdict always takes: make "
         "both with --rounds auto.\n"
         "Refused is what was not measured alike: another URL (an embedded endpoint's port aside), method, body, "
         "number of requests, concurrency, keep-alive or HTTP version, other libraries, another kernel, "
         "processor, number of CPUs or limit of a container, and so on; each key that differs is named. Load "
         "average, seed and the number of rounds do not matter. --force compares all the same.\n"
         "Exit status: 0 with a conclusion, 5 see --fail-on-regression, 6 where anything was refused or "
         "inconclusive, 2 for a file that is no report.\n"
         "  fetchbench compare old.json new.json\n"
         "  fetchbench compare -f markdown --fail-on-regression 5% main.json branch.json"},
    {.name = "doctor",
     .also = "health|machine",
     .help = "say what of this machine is in the way of measuring",
     .run = cli_doctor,
     .options = doctor_options,
     .operand = NULL,
     .details =
         "Looks at this machine for some two seconds, without sending anything, and says what would better be changed "
         "before measuring on it: its processors and who else uses them, what a hypervisor or a quota takes, the "
         "frequency governor, the clock and timers, and limits of files, threads, ports and backlogs. Each run is "
         "then checked by itself, which is the end of its page and the report's trust.\n"
         "Exit status: 0, or 6 with --strict where something is not well.\n"
         "  fetchbench doctor\n"
         "  fetchbench doctor --strict && fetchbench --rounds auto URL"},
    {.name = "help",
     .also = "topics|topic",
     .help = "explain an option, a strategy or another topic",
     .run = cli_help,
     .options = help_options,
     .operand = "[TOPIC]",
     .details = "The same as fetchbench --help, with or without a topic.\n  fetchbench help modes"},
    {.name = "generate",
     .also = "completion|completions|man|manual|manpage|bash|zsh|fish",
     .help = "print the manual page, or a shell's completion",
     .run = cli_generate,
     .options = generate_options,
     .operand = GENERATED,
     .choices = GENERATED,
     .details = "Prints the manual page or the completion of a shell, made from the table of options. An "
                "installed fetchbench has them in their places; for one that is not:\n"
                "  source <(fetchbench generate bash)\n"
                "  fetchbench generate zsh > ~/.zfunc/_fetchbench    # a folder of $fpath\n"
                "  fetchbench generate fish > ~/.config/fish/completions/fetchbench.fish\n"
                "  fetchbench generate man | man -l -"},
    {.name = NULL},
};

const struct cli_command *cli_find_command(const char *name) {
    for (const struct cli_command *c = cli_commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

int cli_check_word(const char *word, struct err *err) {
    static const char *const options[] = {"version", "list"}; /* commands of other tools */
    if (!*word || *word == '-' || strpbrk(word, ".:/") || access(word, F_OK) == 0)
        return 0;
    struct nearest near;
    nearest_init(&near, word);
    for (const struct cli_command *c = cli_commands; c->name; c++)
        nearest_offer(&near, c->name);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        nearest_offer(&near, options[i]);
    if (!near.best)
        return 0;
    return err_set(err, ERR_USAGE, "there is no command \"%.60s\": did you mean %s%s?", word,
                   cli_find_command(near.best) ? "" : "--", near.best);
}

enum cli_outcome cli_print(struct buf *out, struct err *err) {
    bool failed = out->failed || fputs(buf_text(out), stdout) < 0;
    buf_fini(out);
    if (!failed)
        return CLI_OK;
    err_set(err, ERR_OUTPUT, "standard output could not be written");
    return CLI_FAILED;
}
