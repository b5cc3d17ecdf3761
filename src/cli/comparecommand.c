/* fetchbench compare OLD NEW...: saved reports against an older one. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/metricword.h"
#include "cli/reportfile.h"
#include "cli/terminal.h"
#include "cli/topics.h"
#include "cli/words.h"
#include "compare/between.h"
#include "compare/compare.h"
#include "render/between.h"
#include "render/points.h"
#include "report/report.h"
#include "stats/judgement.h"

struct compare_settings {
    struct option_list files;
    const char *format, *metric, *help;
    double margin; /* of --fail-on-regression; -1 when not given */
    bool force;
};

const struct option compare_options[] = {
    {.letters = "f",
     .name = "format",
     .argument = "WORD",
     .kind = OPTION_CHOICE,
     .choices = "text|json|markdown",
     .offset = offsetof(struct compare_settings, format),
     .help = "how to show it (text)",
     .details =
         "text and markdown are for people; json is {\"comparisons\": [...]} in the shape that reports "
         "have, by all metrics. Default: text."},
    {.letters = "",
     .name = "metric",
     .argument = "WORD",
     .kind = OPTION_CHOICE,
     .choices = METRIC_WORDS,
     .likened = METRIC_LIKENED,
     .offset = offsetof(struct compare_settings, metric),
     .help = "what the verdict is about (that of NEW)",
     .details =
         "As --metric of a run. Choose it before you look: of several metrics one would often differ by "
         "chance. Default: the one that NEW was made with."},
    {.letters = "",
     .name = "force",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct compare_settings, force),
     .help = "compare what was measured differently, with a warning",
     .details =
         "Keys that differ between the reports - another URL, another processor - are refused, since a "
         "difference could come from them. With this they are compared, and each of those keys stands "
         "in a line of its own, as a WARNING."},
    {.letters = "",
     .name = "fail-on-regression",
     .argument = "SHARE",
     .kind = OPTION_SHARE,
     .offset = offsetof(struct compare_settings, margin),
     .help = "status 5 where NEW is slower by more than that",
     .details =
         "Status 5 where any strategy is slower than in OLD by more than that with its whole interval, 0 where "
         "the whole interval of each is below that, and 6 otherwise. What lies within it counts as equivalent. "
         "Without it the status says only whether there was a conclusion, and 5 % counts as equivalent.\n"
         "Example: fetchbench compare --fail-on-regression 5% old.json new.json"},
    {.letters = "h",
     .name = "help",
     .argument = "[TOPIC]",
     .kind = OPTION_HELP,
     .offset = offsetof(struct compare_settings, help),
     .help = "show this"},
    {0},
};

static const struct words_grammar grammar = {.options = compare_options,
                                             .operand = "report",
                                             .operand_offset = offsetof(struct compare_settings, files),
                                             .takes_several = true};

struct comparing {
    const struct compare_settings *settings;
    struct report *old, *shown; /* shown: holds all comparisons */
    struct buf out;
    bool regressed, open;
};

/* What the status follows from. */
static void tell(const struct report *one, const struct report *fresh, double margin) {
    const struct report_comparison *c = one->comparisons.items;
    struct arena scratch = {0};
    for (size_t i = 0; i < one->comparisons.count; i++) {
        const char *sentence = c[i].primary ? regression_explain(&scratch, &c[i], margin) : NULL, *where = "";
        if (c[i].point >= 0)
            where =
                arena_printf(&scratch, "%s: ", points_name(&scratch, fresh, c[i].point, terminal_is_utf8()));
        if (sentence)
            terminal_say("%s%s", where, sentence);
    }
    arena_fini(&scratch);
}

static void conclude(struct comparing *c, struct report *one, const struct report *fresh) {
    double margin = c->settings->margin;
    enum regression found = margin >= 0 ? regression_of(one, true, margin) : REGRESSION_NONE;
    c->regressed = c->regressed || found == REGRESSION_FOUND;
    c->open = c->open || (margin >= 0 ? found == REGRESSION_OPEN : compare_is_inconclusive(one));
    if (margin >= 0)
        tell(one, fresh, margin);
}

/* A label that the guard cannot see must not pass it. */
static void tell_unguarded(struct comparing *c, const struct between *b) {
    const char *label =
        c->settings->margin >= 0 ? regression_unguarded(b->old.report, b->fresh.report) : NULL;
    if (!label)
        return;
    terminal_say("no conclusion on a regression of %s: %s has none of that name", label, b->old.name);
    c->open = true;
}

static void take_over(struct comparing *c, const struct report *one) {
    const struct report_comparison *items = one->comparisons.items;
    for (size_t i = 0; i < one->comparisons.count; i++)
        *(struct report_comparison *)report_list_add(c->shown, &c->shown->comparisons, sizeof *items) =
            items[i];
}

/* A slip of the shell's history more often than a wish. */
static void tell_same(const char *first, const char *second) {
    struct reportfile old = reportfile_named(first), fresh = reportfile_named(second);
    if (reportfile_is_same(&old, &fresh))
        terminal_say("%s and %s are one file, so what is compared is one report with itself", first, second);
}

static int compare_with(struct comparing *c, const char *path, struct report *one, struct err *err) {
    const struct compare_settings *s = c->settings;
    struct report *fresh = report_read(path, err);
    if (!fresh)
        return -1;
    struct between b = {.old = {c->old, s->files.items[0]},
                        .fresh = {fresh, path},
                        .margin = s->margin >= 0 ? fmax(s->margin, JUDGEMENT_MARGIN) : 0,
                        .force = s->force};
    const struct render_style style = {.width = 80, .utf8 = terminal_is_utf8()};
    if (s->metric && metricword_choose(s->metric, report_load_kind(&fresh->plan), &b.metric, err)) {
        report_close(fresh);
        return -1;
    }
    compare_fill(fresh);
    tell_same(b.old.name, path);
    if (between_common(c->old, fresh) == 0) {
        terminal_say("%s and %s have no label in common", b.old.name, path);
        c->open = true;
    } else {
        between_fill(one, &b);
        conclude(c, one, fresh);
        tell_unguarded(c, &b);
        if (c->out.length > 0)
            buf_append_char(&c->out, '\n');
        if (strcmp(s->format, "json") != 0)
            between_show(one, &b, s->format, &style, &c->out);
    }
    report_close(fresh);
    return 0;
}

/* Texts of a comparison are the report's that it was made in, so those live until all is shown. */
static int compare_all(struct comparing *c, struct report **ones, struct err *err) {
    const struct compare_settings *s = c->settings;
    c->old = report_read(s->files.items[0], err);
    if (!c->old)
        return -1;
    compare_fill(c->old);
    for (size_t i = 1; i < s->files.count; i++) {
        ones[i] = report_open();
        if (compare_with(c, s->files.items[i], ones[i], err))
            return -1;
        take_over(c, ones[i]);
    }
    if (strcmp(s->format, "json") == 0 && report_write_comparisons(c->shown, &c->out))
        return err_set(err, ERR_INTERNAL, "the comparisons are too many to be shown");
    return 0;
}

static enum cli_outcome compare_files(const struct compare_settings *s, struct err *err) {
    struct comparing c = {.settings = s, .shown = report_open()};
    struct report **ones = memory_zalloc(s->files.count, sizeof(struct report *));
    buf_init(&c.out, REPORT_TEXT_LIMIT);
    enum cli_outcome outcome = CLI_FAILED;
    if (compare_all(&c, ones, err))
        buf_fini(&c.out);
    else if (cli_print(&c.out, err) == CLI_OK)
        outcome = c.regressed ? CLI_REGRESSION : c.open ? CLI_NO_CONCLUSION : CLI_OK;
    for (size_t i = 0; i < s->files.count; i++)
        report_close(ones[i]);
    free(ones);
    report_close(c.old);
    report_close(c.shown);
    return outcome;
}

static enum cli_outcome show_help(const char *topic, struct err *err) {
    struct buf out;
    buf_init(&out, 1 << 20);
    if (topics_write(&out, *topic ? topic : "compare", err)) {
        buf_fini(&out);
        return CLI_FAILED;
    }
    return cli_print(&out, err);
}

enum cli_outcome cli_compare(int argc, char **argv, struct err *err) {
    struct compare_settings settings = {.format = "text", .margin = -1};
    int failed = words_read(&grammar, argc, argv, &settings, err);
    enum cli_outcome outcome = CLI_FAILED;
    if (!failed && settings.help)
        outcome = show_help(settings.help, err);
    else if (!failed && settings.files.count < 2)
        err_set(err, ERR_USAGE, "compare takes an old report and one or more new ones");
    else if (!failed)
        outcome = compare_files(&settings, err);
    free(settings.files.items);
    return outcome;
}
