/* fetchbench merge FILE...: several reports as one. */
#include <stddef.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/reportfile.h"
#include "cli/topics.h"
#include "cli/words.h"
#include "compare/merge.h"
#include "compare/merging.h"
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
         "and connections are added, and so are histograms; the time is from the first "
         "one's begin to the last one's end, as far as their clocks are known, or that of the part that took longest, and "
         "requests per second are all requests over it. The plans may differ in --requests, --concurrency, "
         "--rate and --pin, the machines in everything. Reports of the ranks of one launch, or of --share, say which "
         "part they are: those that are missing are named. A single one will do, where the others are lost.\n"
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

static int write_to(const struct merge_settings *s, const struct report *whole, struct err *err) {
    struct reportfile target = reportfile_named(s->output);
    return report_write_file(whole, target.path, err);
}

static int merge_parts(const struct merge_settings *s, struct merge_part *parts, struct err *err) {
    for (size_t i = 0; i < s->files.count; i++) {
        parts[i].name = s->files.items[i];
        parts[i].report = report_read(parts[i].name, err);
        if (!parts[i].report)
            return -1;
    }
    return merge_rounds(parts, s->files.count, err) ? -1 : write_to(s, parts[0].report, err);
}

static int join_rounds(const struct merge_settings *s, struct err *err) {
    struct merge_part *parts = memory_zalloc(s->files.count, sizeof *parts);
    int failed = merge_parts(s, parts, err);
    for (size_t i = 0; i < s->files.count; i++)
        report_close(parts[i].report);
    free(parts);
    return failed;
}

static int add_files(const struct merge_settings *s, struct merging *m, struct err *err) {
    for (size_t i = 0; i < s->files.count; i++) {
        struct report *part = report_read(s->files.items[i], err);
        if (!part || merging_add(m, s->files.items[i], part, err))
            return -1;
    }
    return 0;
}

static int add_shares(const struct merge_settings *s, struct err *err) {
    struct merging *m = merging_open();
    struct report *whole = add_files(s, m, err) ? NULL : merging_finish(m, err);
    merging_close(m);
    int failed = whole ? write_to(s, whole, err) : -1;
    report_close(whole);
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
    size_t least = settings.shares ? 1 : 2; /* of the others there may be nothing left */
    enum cli_outcome outcome = CLI_FAILED;
    if (!failed && settings.help)
        outcome = show_help(settings.help, err);
    else if (!failed && settings.files.count < least)
        err_set(err, ERR_USAGE, "merge takes the files of two reports or more");
    else if (!failed && (settings.shares ? add_shares(&settings, err) : join_rounds(&settings, err)) == 0)
        outcome = CLI_OK;
    free(settings.files.items);
    return outcome;
}
