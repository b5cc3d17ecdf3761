/* Ratios and verdicts in words. */
#include "render/versus.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "compare/design.h"
#include "render/page.h"
#include "render/sentence.h"

#define MOST_DECIMALS 6
#define FEW_ROUNDS 2
#define LONGEST_REASONS 30000 /* of what is said of one comparison, far below what a sentence may have */

static const struct versus_metric metrics[] = {
    {"wall_s", "time", "as fast as", "was", "as fast as", "faster", "slower", true},
    {"time_per_request_s", "time/req", "as fast as", "was", "as fast as", "faster", "slower", true},
    {"latency_p50_s", "p50", "the p50 of", "had", "the median latency of", "lower", "higher", false},
    {"latency_p99_s", "p99", "the p99 of", "had", "the 99th percentile of", "lower", "higher", false},
    {"cpu_us_per_request", "CPU", "the CPU of", "took", "the CPU time per request of", "less", "more", false},
    {"memory_bytes", "memory", "the memory of", "took", "the memory of", "less", "more", false},
};

const struct versus_metric *versus_metric(const char *name) {
    for (size_t i = 0; name && i < sizeof metrics / sizeof metrics[0]; i++)
        if (strcmp(metrics[i].name, name) == 0)
            return &metrics[i];
    return &metrics[0];
}

/* Whether with so many decimals an interval that does not hold 1 would look as if it did. */
static bool hides_one(double low, double high, int decimals) {
    double unit = pow(10, -decimals);
    return (low > 1 && low - 1 < unit / 2) || (high < 1 && 1 - high <= unit / 2);
}

/* Three digits, but hundredths from 0.1 on; one more where the interval needs it. */
static int decimals_for(double factor, double low, double high) {
    int decimals = 0;
    while (factor < 99.95 * pow(10, -decimals) && decimals < MOST_DECIMALS)
        decimals++;
    if (factor >= 0.095 && decimals > 2)
        decimals = 2;
    if (hides_one(low, high, decimals) && decimals < MOST_DECIMALS)
        decimals++;
    return decimals;
}

static const char *write_number(struct arena *a, double value, int decimals) {
    char figure[PAGE_FIGURE];
    if (!(value >= 0))
        return "-";
    return value < 1e6 ? arena_printf(a, "%.*f", decimals, value)
                       : arena_strdup(a, page_number(figure, value));
}

struct versus_figures versus_figures(struct arena *a, bool inverted, double ratio, const double ci95[2]) {
    struct versus_figures f = {ratio, ci95[0], ci95[1], "-", NULL};
    if (inverted)
        f = (struct versus_figures){1 / ratio, 1 / ci95[1], 1 / ci95[0], "-", NULL};
    int decimals = decimals_for(f.factor, f.low, f.high);
    if (isfinite(f.factor))
        f.text = write_number(a, f.factor, decimals);
    if (isfinite(f.factor) && isfinite(f.low) && isfinite(f.high))
        f.interval =
            arena_printf(a, "%s to %s", write_number(a, f.low, decimals), write_number(a, f.high, decimals));
    return f;
}

bool versus_is(const struct report_comparison *c, const char *verdict) {
    return c->verdict && strcmp(c->verdict, verdict) == 0;
}

bool versus_is_between(const struct report_comparison *c) {
    return c->between.count > 0;
}

static bool has_drift(const struct report *report) {
    const struct report_comparison *c = report->comparisons.items;
    for (size_t i = 0; i < report->comparisons.count; i++)
        if (versus_is_between(&c[i]) && c[i].primary && c[i].verdict && !versus_is(&c[i], "not_comparable"))
            return true;
    return false;
}

void versus_say_drift(const struct notes *n, const char *before) {
    if (!has_drift(n->report))
        return;
    buf_append_text(n->out, before);
    sentence_say(n,
                 "How machine and server drifted between the invocations is not in these intervals: both as "
                 "entries of one invocation, or several of each in turn, would tell.");
}

const char *versus_baseline(const struct notes *n, const struct report_comparison *c, size_t columns) {
    if (!versus_is_between(c))
        return sentence_shorten(n, c->baseline, columns);
    const char *file = sentence_shorten(n, ((const char *const *)c->between.items)[0], columns);
    if (strcmp(c->baseline, c->label) == 0)
        return arena_printf(n->arena, "itself in %s", file);
    return arena_printf(n->arena, "%s in %s", sentence_shorten(n, c->baseline, columns), file);
}

const char *versus_brackets(const struct notes *n, const struct report_comparison *c,
                            const struct versus_figures *f) {
    const char *between = versus_is_between(c) ? "between invocations" : "";
    if (f->interval)
        return arena_printf(n->arena, " (95 %% CI %s%s%s)", f->interval, *between ? ", " : "", between);
    return *between ? arena_printf(n->arena, " (%s)", between) : "";
}

const char *versus_reasons(const struct notes *n, const struct report_comparison *c) {
    const char *const *reasons = c->reasons.items;
    struct buf text;
    size_t said = 0;
    buf_init(&text, LONGEST_REASONS);
    for (; said < c->reasons.count && !text.failed; said++)
        buf_printf(&text, "%s%s", said > 0 ? "; " : "", sentence_clean(n, reasons[said]));
    const char *all =
        text.failed ? arena_printf(n->arena, "%s; and %zu more", buf_text(&text), c->reasons.count - said + 1)
                    : arena_strdup(n->arena, buf_text(&text));
    buf_fini(&text);
    return all;
}

static const char *word_for(const struct report_comparison *c) {
    const struct versus_metric *metric = versus_metric(c->metric);
    if (!c->verdict)
        return "";
    if (versus_is(c, "faster"))
        return metric->less;
    if (versus_is(c, "slower"))
        return metric->more;
    if (versus_is(c, "different"))
        return "different, size unresolved";
    return versus_is(c, "not_comparable") ? "not comparable" : c->verdict;
}

const char *versus_margin(struct arena *a, const struct report_comparison *c) {
    char text[UNITS_TEXT];
    if (!(c->margin > 0 && c->margin < 1e4))
        return "";
    return arena_printf(a, ", within %s", units_write_percent(text, c->margin, 2));
}

/* The estimate is a rough one: none is given near what was made, nor beyond what anybody would make. */
static const char *rounds_hint(struct arena *a, const struct report_comparison *c) {
    int64_t needed = c->rounds_needed, made = c->rounds;
    if (!versus_is(c, "inconclusive") || needed <= 0)
        return "";
    if (needed > DESIGN_ROUNDS)
        return arena_printf(a, ", more rounds than --rounds auto would make (%d) would settle it",
                            DESIGN_ROUNDS);
    if (needed <= made + FEW_ROUNDS || 10 * needed <= 11 * made)
        return ", a few more rounds would settle it";
    return arena_printf(a, ", about %lld rounds would settle it", (long long)needed);
}

static const char *rest_of(const struct notes *n, const struct report_comparison *c) {
    const char *rest = rounds_hint(n->arena, c), *reasons = versus_reasons(n, c);
    if (versus_is(c, "equivalent"))
        rest = versus_margin(n->arena, c);
    if (*reasons)
        rest = arena_printf(n->arena, "%s%s%s", rest, versus_is(c, "not_comparable") ? ": " : "; ", reasons);
    return rest;
}

struct versus_line versus_line(const struct notes *n, const struct report_comparison *c) {
    const struct versus_metric *metric = versus_metric(c->metric);
    struct versus_figures f = versus_figures(n->arena, metric->inverted, c->ratio, c->ci95);
    struct versus_line line = {.text = "", .word = word_for(c), .rest = rest_of(n, c)};
    if (!versus_is(c, "not_comparable"))
        line.text =
            arena_printf(n->arena, "%sx %s %s%s%s", f.text, metric->of, versus_baseline(n, c, n->width / 3),
                         versus_brackets(n, c, &f), *line.word ? ": " : "");
    line.tint = versus_is(c, "faster") ? TINT_GOOD : versus_is(c, "slower") ? TINT_BAD : TINT_NONE;
    return line;
}
