/* fetchbench merge FILE...: several reports as one. */
#include <stddef.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/reportfile.h"
#include "cli/topics.h"
#include "cli/words.h"
#include "compare/merge.h"
#include "report/report.h"

struct merge_settings {
    struct option_list files;
    bool shares;
    const char *output, *help;
};

const struct option merge_options[] = {
    {.letters = "",
     .name = "shares",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct merge_settings, shares),
     .help = "the reports are parts of one load",
     .details =
         "Takes the reports for parts of one load that began at the same moment, such as one from each of several "
         "machines. Of each label and round they become one run: requests, bytes, processor time, memory, threads "
         "and connections are added, and so are histograms; the time is that of the part that took longest, and "
         "requests per second are all requests over it. The plans may differ in --requests, --concurrency and "
         "--pin, the machines in everything.\n"
         "Example: fetchbench merge --shares -o all.json one.json two.json"},
    {.letters = "o",
     .name = "output",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct merge_settings, output),
     .takes_file = true,
     .help = "the joined report (standard output)",
     .details =
         "Where the joined report goes, as JSON: a file, which is replaced whole, or - for standard output. "
         "It may be one of those that are read. Default: -."},
    {.letters = "h",
     .name = "help",
     .argument = "[TOPIC]",
     .kind = OPTION_HELP,
     .offset = offsetof(struct merge_settings, help),
     .help = "show this"},
    {0},
};

static const struct words_grammar grammar = {.options = merge_options,
                                             .operand = "report",
                                             .operand_offset = offsetof(struct merge_settings, files),
                                             .takes_several = true};

static int merge(const struct merge_settings *s, const struct merge_part *parts, struct err *err) {
    size_t count = s->files.count;
    struct reportfile target = reportfile_named(s->output);
    if (s->shares ? merge_shares(parts, count, err) : merge_rounds(parts, count, err))
        return -1;
    return report_write_file(parts[0].report, target.path, err);
}

static int merge_files(const struct merge_settings *s, struct err *err) {
    size_t count = s->files.count;
    struct merge_part *parts = memory_zalloc(count, sizeof *parts);
    int failed = 0;
    for (size_t i = 0; i < count && !failed; i++) {
        parts[i].name = s->files.items[i];
        parts[i].report = report_read(parts[i].name, err);
        failed = !parts[i].report;
    }
    if (!failed)
        failed = merge(s, parts, err);
    for (size_t i = 0; i < count; i++)
        report_close(parts[i].report);
    free(parts);
    return failed;
}

static enum cli_outcome show_help(const char *topic, struct err *err) {
    struct buf out;
    buf_init(&out, 1 << 20);
    if (topics_write(&out, *topic ? topic : "merge", err)) {
        buf_fini(&out);
        return CLI_FAILED;
    }
    return cli_print(&out, err);
}

enum cli_outcome cli_merge(int argc, char **argv, struct err *err) {
    struct merge_settings settings = {.output = "-"};
    int failed = words_read(&grammar, argc, argv, &settings, err);
    enum cli_outcome outcome = CLI_FAILED;
    if (!failed && settings.help)
        outcome = show_help(settings.help, err);
    else if (!failed && settings.files.count < 2)
        err_set(err, ERR_USAGE, "merge takes the files of two reports or more");
    else if (!failed && merge_files(&settings, err) == 0)
        outcome = CLI_OK;
    free(settings.files.items);
    return outcome;
}
