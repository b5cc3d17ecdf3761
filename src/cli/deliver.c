/* From the finished report to the outcome. */
#include "cli/deliver.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/baseline.h"
#include "cli/guard.h"
#include "cli/terminal.h"
#include "compare/compare.h"
#include "compare/threshold.h"
#include "http/save.h"
#include "render/renderer.h"

/* Standard output belongs to the report when -o is "-", and to the samples likewise; people then read
 * standard error. */
static FILE *people(const struct delivery *d) {
    return strcmp(d->file.path, "-") == 0 || d->samples_on_stdout ? stderr : stdout;
}

void delivery_write(struct delivery *d) {
    compare_fill(d->report);
    d->unwritten = (struct err){0};
    report_write_file(d->report, d->file.path, &d->unwritten);
}

/* Whether people are shown sentences, and not only data. */
static bool shows_page(const struct delivery *d) {
    const char *format = d->settings->format;
    return !d->settings->quiet && (strcmp(format, "text") == 0 || strcmp(format, "markdown") == 0);
}

/* Whether standard error shows the page too: it is where the page goes, or both are one terminal or file. */
static bool errors_show_page(const struct delivery *d) {
    struct stat page, errors;
    if (!shows_page(d) || people(d) == stderr)
        return shows_page(d);
    return fstat(STDOUT_FILENO, &page) == 0 && fstat(STDERR_FILENO, &errors) == 0 &&
           page.st_dev == errors.st_dev && page.st_ino == errors.st_ino;
}

static void show(struct delivery *d) {
    FILE *out = people(d);
    struct render_style style = {
        .width = 80, .colour = !d->plain && terminal_may_colour(fileno(out)), .utf8 = terminal_is_utf8()};
    struct buf text;
    buf_init(&text, REPORT_TEXT_LIMIT);
    if (renderer_find(d->settings->format)->render(d->report, &style, &text) || text.failed)
        terminal_say("the report is too large to be shown");
    bool lost = fputs(buf_text(&text), out) < 0 || fflush(out) != 0;
    if (lost && d->unwritten.kind == ERR_NONE)
        err_set(&d->unwritten, ERR_OUTPUT, "%s could not be written: %s",
                out == stdout ? "standard output" : "standard error", strerror(errno));
    buf_fini(&text);
}

bool delivery_tell_unwritten(struct delivery *d) {
    if (d->unwritten.kind == ERR_NONE)
        return false;
    if (strcmp(d->told.text, d->unwritten.text) != 0)
        terminal_say("%s", d->unwritten.text);
    d->told = d->unwritten;
    return true;
}

static void tell_saved(struct delivery *d) {
    const char *folder = d->settings->plan.save;
    bool is_told = folder && !d->settings->quiet && strcmp(d->settings->format, "text") == 0;
    int64_t count = is_told ? save_count(folder) : -1;
    if (count >= 0)
        fprintf(people(d), "%" PRId64 " bod%s in %s\n", count, count == 1 ? "y is" : "ies are", folder);
}

static void tell_where(struct delivery *d) {
    tell_saved(d);
    if (d->samples_failed.kind != ERR_NONE)
        terminal_say("%s", d->samples_failed.text);
    if (delivery_tell_unwritten(d))
        return;
    if (strcmp(d->file.path, "-") != 0 && strcmp(d->settings->format, "text") == 0 && !d->settings->quiet)
        fprintf(people(d), "report: %s\n", d->file.path);
}

enum cli_outcome delivery_conclude(struct delivery *d, bool failed) {
    const struct settings *s = d->settings;
    struct outcome *o = &d->outcome;
    baseline_compare(o, s, d->report);
    threshold_fill(d->report, s->fail_on.items, s->fail_on.count);
    delivery_write(d);
    if (!s->quiet)
        show(d);
    bool said = errors_show_page(d);
    baseline_judge(o, s, d->report, said);
    if (s->quiet && (o->broken || o->too_many_failed))
        guard_tell_troubles(d->report);
    guard_judge(o, s, d->report, said);
    tell_where(d);
    o->signal = d->signal;
    o->failed = failed;
    o->broken = o->broken || d->unwritten.kind != ERR_NONE || d->samples_failed.kind != ERR_NONE;
    return outcome_first(o);
}
