/* Drawing on standard error, so that a pipe on standard output stays clean. */
#include "cli/terminal.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/prose.h"
#include "render/progress.h"
#include "render/provisional.h"

#define LABEL_LIMIT ((size_t)1 << 20)

static bool obeys_escapes(int fd) {
    const char *kind = getenv("TERM");
    return isatty(fd) && kind && *kind && strcmp(kind, "dumb") != 0;
}

bool terminal_may_colour(int fd) {
    const char *no_colour = getenv("NO_COLOR");
    return obeys_escapes(fd) && !(no_colour && *no_colour);
}

bool terminal_is_utf8(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

int terminal_width(int fd) {
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void terminal_init(struct terminal *t, bool quiet) {
    *t = (struct terminal){.draws = !quiet && obeys_escapes(STDERR_FILENO)};
    t->colour = terminal_may_colour(STDERR_FILENO);
    t->utf8 = terminal_is_utf8();
    buf_init(&t->line, 4096);
    buf_init(&t->label, LABEL_LIMIT);
}

void terminal_fini(struct terminal *t) {
    terminal_erase(t);
    buf_fini(&t->line);
    buf_fini(&t->label);
}

static double seconds(int64_t ns) {
    return ns < 0 ? (double)NAN : (double)ns / 1e9;
}

/* How much of the run is over: of its time, or else of its requests. */
static double share_done(const struct run_feed *feed) {
    if (feed->length_ns > 0)
        return fmin(seconds(feed->elapsed_ns) / seconds(feed->length_ns), 1);
    return feed->total > 0 ? (double)feed->done / (double)feed->total : (double)NAN;
}

/* What is left at the pace so far; unknown until something is done. */
static double left_s(const struct run_feed *feed) {
    double share = share_done(feed);
    return share > 0 ? seconds(feed->elapsed_ns) * (1 - share) / share : (double)NAN;
}

void terminal_note(struct terminal *t, const struct report *report) {
    struct arena a = {0};
    const char *text = t->draws ? provisional_text(&a, report, t->utf8) : NULL;
    snprintf(t->standing, sizeof t->standing, "%s", text ? text : "");
    arena_fini(&a);
}

static void write_point(struct buf *out, const struct plan_point *point) {
    buf_printf(out, " at %lld", (long long)point->concurrency);
    if (point->name)
        buf_printf(out, ", %s %s", point->name, point->value);
}

/* A program's samples are read when it is over. */
static bool is_told_late(const struct run_feed *feed) {
    return strcmp(feed->entry->strategy, PLAN_EXEC) == 0;
}

/* What runs: at which point of a sweep, and whether it is the baseline once more in its round, or a ceiling.
 */
static void write_label(struct buf *out, const struct run_feed *feed) {
    buf_clear(out);
    buf_append_text(out, feed->stopping ? "stopping" : feed->entry->label);
    if (feed->stopping)
        return;
    if (feed->point)
        write_point(out, feed->point);
    if (feed->baseline_repeat)
        buf_append_text(out, " again");
    if (feed->entry->ceiling)
        buf_append_text(out, ", its ceiling");
    if (is_told_late(feed) && feed->done == 0)
        buf_append_text(out, feed->elapsed_ns ? ", told at its end" : ", not ready yet");
}

void terminal_draw(struct terminal *t, const struct run_feed *feed) {
    if (!t->draws)
        return;
    write_label(&t->label, feed);
    struct progress p = {
        .label = buf_text(&t->label),
        .place = feed->place,
        .places = feed->places,
        .round = feed->round,
        .rounds = feed->rounds,
        .done = feed->done,
        .total = feed->total,
        .share = share_done(feed),
        .failed = feed->failed,
        .standing = *t->standing ? t->standing : NULL,
        .elapsed_s = seconds(feed->elapsed_ns),
        .requests_per_s = is_told_late(feed) ? (double)NAN : feed->rate_per_s,
        .length_s = seconds(feed->length_ns),
        .p50_s = seconds(feed->p50_ns),
        .p99_s = seconds(feed->p99_ns),
        .left_s = left_s(feed),
    };
    struct render_style style = {
        .width = terminal_width(STDERR_FILENO), .colour = t->colour, .utf8 = t->utf8};
    buf_clear(&t->line);
    progress_draw(&t->line, &p, &style, t->frame++);
    fputs(buf_text(&t->line), stderr);
    fflush(stderr);
    t->drawn = true;
}

/* Line by line, as prose_wrap takes them. */
static void wrap(struct buf *out, const char *text) {
    while (*text) {
        size_t length = strcspn(text, "\n");
        prose_wrap(out, text, length, 2, 0);
        text += length + (text[length] == '\n');
    }
}

void terminal_say(const char *format, ...) {
    struct buf text, wrapped;
    va_list arguments;
    buf_init(&text, REPORT_TEXT_LIMIT);
    buf_init(&wrapped, REPORT_TEXT_LIMIT);
    buf_append_text(&text, "fetchbench: ");
    va_start(arguments, format);
    buf_vprintf(&text, format, arguments);
    va_end(arguments);
    buf_append_char(&text, '\n');
    if (isatty(STDERR_FILENO))
        wrap(&wrapped, buf_text(&text));
    fputs(buf_text(wrapped.length > 0 ? &wrapped : &text), stderr);
    buf_fini(&text);
    buf_fini(&wrapped);
}

void terminal_erase(struct terminal *t) {
    if (!t->drawn)
        return;
    fputs(progress_erase, stderr);
    fflush(stderr);
    t->drawn = false;
}
