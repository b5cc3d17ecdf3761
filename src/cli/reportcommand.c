/* fetchbench report FILE...: saved reports shown again, as they were when they were live. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/reportfile.h"
#include "cli/terminal.h"
#include "cli/topics.h"
#include "cli/words.h"
#include "render/renderer.h"
#include "report/report.h"

struct report_settings {
    struct option_list files;
    const char *format, *output, *help;
};

const struct option report_options[] = {
    {.letters = "f",
     .name = "format",
     .argument = "WORD",
     .kind = OPTION_CHOICE,
     .choices = renderer_words + 1,
     .offset = offsetof(struct report_settings, format),
     .help = "how to show it (text)",
     .details = "As --format of a run: the same bytes as the run itself showed. Default: text.\n"
                "Example: fetchbench report -f markdown FILE"},
    {.letters = "o",
     .name = "output",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct report_settings, output),
     .takes_file = true,
     .help = "write to FILE (standard output)",
     .details = "Where to write what is shown: a file, which is replaced whole, or - for standard output. "
                "Default: -."},
    {.letters = "h",
     .name = "help",
     .argument = "[TOPIC]",
     .kind = OPTION_HELP,
     .offset = offsetof(struct report_settings, help),
     .help = "show this"},
    {0},
};

static const struct words_grammar grammar = {.options = report_options,
                                             .operand = "report",
                                             .operand_offset = offsetof(struct report_settings, files),
                                             .takes_several = true};

/* Cuts the first line off what was appended since `begin`. */
static void drop_head(struct buf *out, size_t begin) {
    const char *end = out->failed ? NULL : memchr(out->text + begin, '\n', out->length - begin);
    if (!end)
        return;
    size_t line = (size_t)(end + 1 - (out->text + begin));
    memmove(out->text + begin, out->text + begin + line, out->length - begin - line);
    buf_truncate(out, out->length - line);
}

static int append_report(struct buf *out, const struct report_settings *s, size_t index,
                         struct render_style style, struct err *err) {
    const struct renderer *renderer = renderer_find(s->format);
    const char *path = s->files.items[index];
    style.file = s->files.count > 1 ? path : NULL;
    struct report *report = report_read(path, err);
    if (!report)
        return -1;
    if (s->files.count > 1 && renderer->name_report)
        renderer->name_report(path, &style, out);
    size_t begin = out->length;
    int failed = renderer->render(report, &style, out);
    if (index > 0 && renderer->has_head)
        drop_head(out, begin);
    report_close(report);
    return failed ? err_set(err, ERR_INTERNAL, "%s is too large to be shown", path) : 0;
}

/* What is shown cannot be read as a report again. */
static int check_reports_stay(const struct report_settings *s, const struct reportfile *target,
                              struct err *err) {
    for (size_t i = 0; i < s->files.count; i++) {
        struct reportfile source = reportfile_named(s->files.items[i]);
        if (source.is_file && reportfile_is_same(&source, target))
            return err_set(err, ERR_USAGE, "what is shown would replace the report %s: give -o another file",
                           s->files.items[i]);
    }
    return 0;
}

static int show_all(const struct report_settings *s, struct err *err) {
    struct reportfile target = reportfile_named(s->output);
    if (check_reports_stay(s, &target, err))
        return -1;
    bool colour = strcmp(target.path, "-") == 0 && terminal_may_colour(STDOUT_FILENO);
    struct render_style style = {.width = 80, .colour = colour, .utf8 = terminal_is_utf8()};
    struct buf out;
    buf_init(&out, REPORT_TEXT_LIMIT);
    int failed = 0;
    for (size_t i = 0; i < s->files.count && !failed; i++)
        failed = append_report(&out, s, i, style, err);
    if (!failed)
        failed = report_put_text(&out, target.path, err);
    buf_fini(&out);
    return failed;
}

static enum cli_outcome show_help(const char *topic, struct err *err) {
    struct buf out;
    buf_init(&out, 1 << 20);
    if (topics_write(&out, *topic ? topic : "report", err)) {
        buf_fini(&out);
        return CLI_FAILED;
    }
    return cli_print(&out, err);
}

enum cli_outcome cli_report(int argc, char **argv, struct err *err) {
    struct report_settings settings = {.format = "text", .output = "-"};
    int failed = words_read(&grammar, argc, argv, &settings, err);
    enum cli_outcome outcome = CLI_FAILED;
    if (!failed && settings.help)
        outcome = show_help(settings.help, err);
    else if (!failed && settings.files.count == 0)
        err_set(err, ERR_USAGE, "report takes the files of reports, or - for one on standard input");
    else if (!failed && show_all(&settings, err) == 0)
        outcome = CLI_OK;
    free(settings.files.items);
    return outcome;
}
