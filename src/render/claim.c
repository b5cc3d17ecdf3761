/* The paragraph to quote. Labels are ranked only where their intervals, which hold together, do not overlap.
 */
#include "render/claim.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "compare/metric.h"
#include "render/ahead.h"
#include "render/loadwords.h"
#include "render/page.h"
#include "render/points.h"
#include "render/sentence.h"
#include "render/trusts.h"
#include "render/versus.h"

#define MOST_NAMED 4
#define VERDICTS 5 /* that there is anything to say of, the last of them that nothing is */
#define LONGEST_CLAIM ((size_t)1 << 16)

/* Which comparisons a paragraph is about. */
struct scope {
    int64_t point;
    bool between; /* two invocations */
};

/* Those of one verdict, the best ratio first. */
struct group {
    const char *verdict;
    const struct report_comparison **items;
    size_t count;
};

static bool is_in(const struct report_comparison *c, struct scope scope) {
    return c->primary && c->point == scope.point && versus_is_between(c) == scope.between;
}

static struct group group_of(const struct notes *n, struct scope scope, const char *verdict) {
    const struct report_comparison *all = n->report->comparisons.items;
    struct group g = {
        verdict,
        arena_alloc(n->arena, (n->report->comparisons.count + 1) * sizeof(const struct report_comparison *)),
        0};
    for (size_t i = 0; i < n->report->comparisons.count; i++) {
        if (!is_in(&all[i], scope) || !versus_is(&all[i], verdict))
            continue;
        size_t at = g.count++;
        for (; at > 0 && all[i].ratio < g.items[at - 1]->ratio; at--)
            g.items[at] = g.items[at - 1];
        g.items[at] = &all[i];
    }
    return g;
}

static const char *label_of(const struct notes *n, const struct report_comparison *c) {
    return sentence_clean(n, c->label);
}

/* "a, b and c"; "a, b, c and 9 more". */
static const char *names(const struct notes *n, const struct group *g) {
    const char *text = "";
    size_t named = g->count > MOST_NAMED ? MOST_NAMED - 1 : g->count;
    for (size_t i = 0; i < named; i++) {
        const char *joint = i == 0 ? "" : i + 1 == g->count ? " and " : ", ";
        text = arena_printf(n->arena, "%s%s%s", text, joint, label_of(n, g->items[i]));
    }
    return named < g->count ? arena_printf(n->arena, "%s and %zu more", text, g->count - named) : text;
}

/* The line of the table that a label has at a point: its own there, or one that holds at every point. */
static const struct summary *summary_of(const struct notes *n, const char *label, int64_t point) {
    const struct summaries *all = n->summaries;
    for (size_t i = 0; i < all->count; i++) {
        const struct report_run *run = all->items[i].runs[0];
        if (strcmp(run->label, label) == 0 && (run->point == point || run->point < 0))
            return &all->items[i];
    }
    return NULL;
}

/* "Fetching 100 URLs of about 102ms each". */
static void append_work(struct buf *out, const struct notes *n, const struct summary *baseline) {
    char figure[PAGE_FIGURE];
    const struct report_plan *p = &n->report->plan;
    bool is_get = strcmp(p->method, "GET") == 0;
    if (n->summaries->load == LOAD_COUNTED && is_get) {
        buf_printf(out, "Fetching %s URL%s", page_grouped(figure, p->requests), p->requests == 1 ? "" : "s");
    } else {
        buf_append_text(out, "Sending ");
        loadwords_append(out, p, sentence_clean(n, p->method));
    }
    bool has_time = baseline && baseline->concurrency == 1 && !isnan(baseline->p50_s);
    if (has_time && n->summaries->load != LOAD_OPEN) /* where its waits would be in it */
        buf_printf(out, " of about %s each", page_duration(figure, baseline->p50_s));
}

/* "with up to 10 at once", or under which setting of a sweep. */
static const char *setting_of(const struct notes *n, const struct report_comparison *c) {
    char figure[PAGE_FIGURE];
    const struct summary *s = summary_of(n, c->label, c->point);
    if (c->point >= 0) {
        const char *name = points_marked_name(n, c->point);
        if (!s || strstr(name, "at once"))
            return arena_printf(n->arena, "with %s", name);
        return arena_printf(n->arena, "with %s and up to %s at once", name,
                            page_grouped(figure, s->concurrency));
    }
    if (s && s->concurrency > 1)
        return arena_printf(n->arena, "with up to %s at once", page_grouped(figure, s->concurrency));
    return "one after another";
}

static int64_t concurrency_of(const struct notes *n, const struct report_comparison *c) {
    const struct summary *s = summary_of(n, c->label, c->point);
    return s ? s->concurrency : 0;
}

/* Of those that one sentence is about the one with most at once: "up to" that many holds for all. */
static const struct report_comparison *busiest(const struct notes *n, const struct group *g) {
    const struct report_comparison *most = g->items[0];
    for (size_t i = 1; i < g->count; i++)
        if (concurrency_of(n, g->items[i]) > concurrency_of(n, most))
            most = g->items[i];
    return most;
}

static void append_lead(struct buf *out, const struct notes *n, const struct report_comparison *c) {
    if (out->length == 0) {
        append_work(out, n, versus_is_between(c) ? NULL : summary_of(n, c->baseline, c->point));
        buf_printf(out, " %s, ", setting_of(n, c));
    } else {
        const char *setting = setting_of(n, c);
        buf_printf(out, " %c%s, ", toupper((unsigned char)setting[0]), setting + 1);
    }
}

/* A time that is longer is said as it is: "took 18.4 times as long" rather than "0.0544 times as fast". */
static bool is_said_inverted(const struct report_comparison *c) {
    return versus_metric(c->metric)->inverted && !versus_is(c, "slower");
}

static struct versus_figures figures_of(const struct notes *n, const struct report_comparison *c) {
    return versus_figures(n->arena, is_said_inverted(c), c->ratio, c->ci95);
}

/* ", 7 rounds, between invocations" */
static const char *extent(const struct notes *n, const struct report_comparison *c) {
    return arena_printf(n->arena, ", %lld round%s%s", (long long)c->rounds, c->rounds == 1 ? "" : "s",
                        versus_is_between(c) ? ", between invocations" : "");
}

/* "async was 57.4 times as fast as sequential (95 % CI 55.0 to 60.1, 7 rounds)". Where the verdict claims no
 * factor, neither does the sentence. */
static void append_first(struct buf *out, const struct notes *n, const struct report_comparison *c) {
    const struct versus_metric *metric = versus_metric(c->metric);
    struct versus_figures f = figures_of(n, c);
    bool is_longer = metric->inverted && !is_said_inverted(c);
    const char *interval = f.interval ? f.interval : "unknown", *label = label_of(n, c);
    const char *baseline = versus_baseline(n, c, n->width / 3);
    const char *unit = metric->inverted ? " times as fast" : " times";
    if (versus_is(c, "equivalent"))
        buf_printf(out, "%s was equivalent to %s by %s%s (95 %% CI %s%s%s)", label, baseline,
                   metric_find(c->metric)->what, versus_margin(n->arena, c), interval, unit, extent(n, c));
    else if (versus_is(c, "different"))
        buf_printf(out, "%s was different from %s by %s, by how much is unresolved (95 %% CI %s%s%s)", label,
                   baseline, metric_find(c->metric)->what, interval, unit, extent(n, c));
    else
        buf_printf(out, "%s %s %s times %s %s (95 %% CI %s%s)", label, is_longer ? "took" : metric->verb,
                   f.text, is_longer ? "as long as" : metric->of_fully, baseline, interval, extent(n, c));
}

/* ", threads 65.0 times (62.1 to 68.0)". */
static void append_others(struct buf *out, const struct notes *n, const struct group *g) {
    size_t named = g->count > MOST_NAMED ? MOST_NAMED - 1 : g->count;
    bool has_factor = versus_is(g->items[0], "faster") || versus_is(g->items[0], "slower");
    for (size_t i = 1; i < named; i++) {
        struct versus_figures f = figures_of(n, g->items[i]);
        const char *factor = has_factor ? arena_printf(n->arena, "%s times", f.text) : "likewise";
        buf_printf(out, "%s%s %s (%s)", i + 1 == g->count ? " and " : ", ", label_of(n, g->items[i]), factor,
                   f.interval ? f.interval : "CI unknown");
    }
    if (named < g->count)
        buf_printf(out, " and %zu more%s", g->count - named,
                   versus_is(g->items[0], "faster")   ? " by less"
                   : versus_is(g->items[0], "slower") ? " by more"
                                                      : "");
}

/* Of several that are better than the baseline: who is ahead, or that it is open between whom. */
static void append_ranking(struct buf *out, const struct notes *n, struct scope scope,
                           const struct group *g) {
    struct group level = {
        .items = arena_alloc(n->arena, (g->count + 1) * sizeof(const struct report_comparison *))};
    for (size_t i = 0; i < g->count; i++)
        if (i == 0 || !(g->items[i]->ci95[0] > g->items[0]->ci95[1]))
            level.items[level.count++] = g->items[i];
    if (scope.between)
        return;
    if (level.count > 1)
        buf_printf(out, " Which of %s is ahead was not tested.", names(n, &level));
    else if (g->count > 1 && ahead_label(n->report, scope.point))
        buf_printf(out, " %s is ahead of all.", label_of(n, level.items[0]));
}

/* What is said of labels that the first sentence is not about. */
static const char *said_of(const struct notes *n, const struct report_comparison *c) {
    if (versus_is(c, "slower")) {
        const char *more = versus_metric(c->metric)->more;
        return arena_printf(n->arena, "%s than %s", more, versus_baseline(n, c, n->width / 2));
    }
    if (versus_is(c, "equivalent"))
        return arena_printf(n->arena, "equivalent to %s", versus_baseline(n, c, n->width / 2));
    return versus_is(c, "different") ? "different, by how much is unresolved" : "not decided";
}

static void append_group(struct buf *out, const struct notes *n, const struct group *g) {
    if (g->count == 0)
        return;
    char *said = arena_strdup(n->arena, said_of(n, g->items[0]));
    buf_printf(out, " %s: %s.", names(n, g), said);
}

static void append_claim(struct buf *out, const struct notes *n, struct scope scope) {
    static const char *const verdicts[] = {"faster", "slower", "equivalent", "different", "inconclusive"};
    struct group groups[VERDICTS];
    size_t lead = VERDICTS;
    for (size_t i = VERDICTS; i-- > 0;) {
        groups[i] = group_of(n, scope, verdicts[i]);
        lead = groups[i].count > 0 ? i : lead;
    }
    if (lead >= VERDICTS - 1)
        return; /* nothing, or nothing conclusive */
    append_lead(out, n, busiest(n, &groups[lead]));
    append_first(out, n, groups[lead].items[0]);
    append_others(out, n, &groups[lead]);
    buf_append_char(out, '.');
    if (lead == 0)
        append_ranking(out, n, scope, &groups[lead]);
    for (size_t i = lead + 1; i < VERDICTS; i++)
        append_group(out, n, &groups[i]);
}

/* In most of its rounds. */
static bool is_limited_by(const struct summary *s, const char *word) {
    size_t found = 0;
    for (size_t i = 0; i < s->rounds; i++)
        found += s->runs[i]->limited_by && strcmp(s->runs[i]->limited_by, word) == 0;
    return found * 2 > s->rounds;
}

/* "threads and async", of the lines of the table that were limited by that. */
static const char *limited_labels(const struct notes *n, const char *word) {
    const char *text = "", *last = NULL;
    for (size_t i = 0; i < n->summaries->count; i++) {
        if (!is_limited_by(&n->summaries->items[i], word))
            continue;
        if (last)
            text = arena_printf(n->arena, "%s%s%s", text, *text ? ", " : "", last);
        last = points_label(n, &n->summaries->items[i]);
    }
    return last ? arena_printf(n->arena, "%s%s%s", text, *text ? " and " : "", last) : "";
}

/* What the rounds of a line were limited by, in words; NULL where nothing is known. */
static const char *limit_reason(const struct summary *s, const char *word) {
    for (size_t i = 0; i < s->rounds; i++) {
        const char *by = s->runs[i]->limited_by;
        if (s->runs[i]->limited_by_reason && (word ? by && strcmp(by, word) == 0 : !by))
            return s->runs[i]->limited_by_reason;
    }
    return NULL;
}

/* Of the first that was limited by that. */
static const char *first_reason(const struct notes *n, const char *word, const struct summary **whose) {
    for (size_t i = 0; i < n->summaries->count; i++) {
        *whose = &n->summaries->items[i];
        if (is_limited_by(*whose, word))
            return limit_reason(*whose, word);
    }
    return NULL;
}

/* Who and why: of a table with one line only why, of several labels why the first. */
static const char *limited(const struct notes *n, const char *word) {
    const struct summary *first = NULL;
    const char *labels = limited_labels(n, word), *reason = first_reason(n, word, &first);
    if (!reason)
        return labels;
    reason = sentence_plain(n, reason);
    if (n->summaries->count == 1)
        return reason;
    const char *whose = points_label(n, first);
    bool is_one = strcmp(whose, labels) == 0;
    return arena_printf(n->arena, "%s (%s%s%s)", labels, is_one ? "" : whose, is_one ? "" : ": ", reason);
}

/* "The rate was kept, and no request waited for a connection." */
static void append_unlimited(struct buf *out, const struct notes *n) {
    const char *reason = n->summaries->count == 1 ? limit_reason(n->summaries->items, NULL) : NULL;
    if (reason)
        buf_printf(out, "%s%s.", out->length > 0 ? " " : "",
                   sentence_begin(n->arena, sentence_plain(n, reason)));
}

/* "Limited by the client: async; by the server: threads and sequential." */
static void append_limits(struct buf *out, const struct notes *n) {
    static const struct {
        const char *word, *text;
    } limits[] = {{"client", "the client"},
                  {"server", "the server"},
                  {"network", "the network"},
                  {"ports", "this machine's ports"},
                  {"noise", "noise on this machine"}};
    const char *begin = out->length > 0 ? " Limited" : "Limited";
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        const char *told = limited(n, limits[i].word);
        if (!*told)
            continue;
        buf_printf(out, "%s by %s: %s", begin, limits[i].text, told);
        begin = ";";
    }
    if (*begin == ';')
        buf_append_char(out, '.');
    else
        append_unlimited(out, n);
}

/* Of a sweep its two ends, and what happens between them. */
static void append_sweep(struct buf *out, const struct notes *n, bool between) {
    int64_t ends[] = {0, (int64_t)n->report->plan.sweep.count - 1};
    const char *open = NULL;
    size_t begin = out->length;
    for (size_t i = 0; i < 2; i++) {
        size_t before = out->length;
        append_claim(out, n, (struct scope){ends[i], between});
        if (out->length == before)
            open = points_marked_name(n, ends[i]);
    }
    if (!between)
        points_append_crossovers(out, n);
    if (open && out->length > begin)
        buf_printf(out, " With %s nothing was decided.", open);
}

static void append_claims(struct buf *out, const struct notes *n, bool between) {
    if (n->report->plan.sweep.count > 1)
        append_sweep(out, n, between);
    else
        append_claim(out, n, (struct scope){n->report->plan.sweep.count > 0 ? 0 : -1, between});
}

/* What a reader of the quotation would not see otherwise. */
static void append_doubt(struct buf *out, const struct notes *n) {
    const char *failing = out->length > 0 ? trusts_mostly_failing(n) : "";
    if (*failing)
        buf_printf(out, " But in most rounds checks failed: %s.", failing);
}

void claim_say(const struct notes *n) {
    struct buf text;
    buf_init(&text, LONGEST_CLAIM);
    append_claims(&text, n, false);
    append_claims(&text, n, true);
    append_doubt(&text, n);
    append_limits(&text, n);
    if (text.length > 0)
        sentence_say(n, "%s", buf_text(&text));
    buf_fini(&text);
}
