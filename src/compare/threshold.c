/* Reading thresholds, and setting a report's figures against them. */
#include "compare/threshold.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/units.h"
#include "compare/cutoff.h"
#include "stats/quantile.h"

#define LONGEST 200 /* bytes of one threshold */

static double failed(const struct report_requests *q) {
    return (double)q->failed;
}
static double ended(const struct report_requests *q) {
    return (double)(q->failed + q->completed);
}
/* Of an open loop, what was not due when it was over is no fault; and a report may not tell it. */
static double not_begun(const struct report_requests *q) {
    return (double)(q->overdue >= 0 ? q->overdue : q->not_started);
}
static double unanswered(const struct report_requests *q) {
    return (double)q->unfinished + not_begun(q);
}
static double waited(const struct report_requests *q) {
    return q->waited < 0 ? NAN : (double)q->waited;
}
static double due(const struct report_requests *q) {
    return (double)(q->total - q->not_started) + not_begun(q);
}

/* NOLINTBEGIN(bugprone-macro-parentheses): a member's name cannot stand in parentheses */
#define PERCENTILE(text, of, member, q)                                                                      \
    {                                                                                                        \
        .name = text, .unit = THRESHOLD_SECONDS, .share = (q),                                               \
        .offset = offsetof(struct report_run, of.percentiles_s.member),                                      \
        .distribution = offsetof(struct report_run, of)                                                      \
    }
#define SHARE(text, counted, of)                                                                             \
    { .name = text, .unit = THRESHOLD_SHARE, .count = (counted), .among = (of) }
#define FIGURE(text, kind, member)                                                                           \
    { .name = text, .unit = (kind), .offset = offsetof(struct report_run, member) }
/* NOLINTEND(bugprone-macro-parentheses) */

const struct threshold_metric threshold_metrics[] = {
    PERCENTILE("p50", latency, p50, .5),
    PERCENTILE("p75", latency, p75, .75),
    PERCENTILE("p90", latency, p90, .9),
    PERCENTILE("p95", latency, p95, .95),
    PERCENTILE("p99", latency, p99, .99),
    PERCENTILE("p99.9", latency, p99_9, .999),
    PERCENTILE("service_p50", service_time, p50, .5),
    PERCENTILE("service_p99", service_time, p99, .99),
    SHARE("error_rate", failed, ended),
    SHARE("unfinished", unanswered, due),
    SHARE("waited", waited, due),
    FIGURE("requests_per_s", THRESHOLD_PER_S, requests_per_s),
    FIGURE("cpu_us_per_request", THRESHOLD_MICROSECONDS, client.cpu_us_per_request),
    FIGURE("wall", THRESHOLD_SECONDS, wall_s),
    {.name = NULL},
};

static int refuse_metric(const char *name, struct err *err) {
    struct nearest near;
    nearest_init(&near, name);
    for (const struct threshold_metric *m = threshold_metrics; m->name; m++)
        nearest_offer(&near, m->name);
    if (near.best)
        return err_set(err, ERR_USAGE, "--fail-on: there is no metric \"%.60s\": did you mean %s?", name,
                       near.best);
    return err_set(err, ERR_USAGE, "--fail-on: there is no metric \"%.60s\" (--help fail-on lists them)",
                   name);
}

/* NULL where there is none. */
static const struct threshold_metric *find_metric(const char *name) {
    for (const struct threshold_metric *m = threshold_metrics; m->name; m++)
        if (strcmp(m->name, name) == 0)
            return m;
    return NULL;
}

static bool read_number(const char *text, double *out) {
    int64_t count = 0;
    if (units_read_count(text, &count) == 0) {
        *out = (double)count;
        return true;
    }
    if (strspn(text, "0123456789.") != strlen(text))
        return false;
    char *end = NULL;
    *out = strtod(text, &end);
    return *text && *end == '\0' && isfinite(*out);
}

static bool read_time(const char *text, double scale, double *out) {
    int64_t ns = 0;
    if (units_read_duration_ns(text, &ns))
        return false;
    *out = (double)ns / scale;
    return true;
}

/* A bare number that is not 0 has none. */
static bool has_unit(const char *text) {
    return text[strspn(text, "0123456789._")] || !text[strspn(text, "0._")];
}

/* More than the whole fails never, and whoever writes 1 may mean a hundredth. */
static int refuse_whole(const char *metric, const char *text, struct err *err) {
    return err_set(err, ERR_USAGE, "--fail-on: %s of %.40s is all of them: %.40s%% or 100%%?", metric, text,
                   text);
}

static int read_bound(struct threshold *t, const char *text, struct err *err) {
    static const char *const examples[] = {"200ms", "1%", "500", "50us"};
    bool taken = false;
    switch (t->metric->unit) {
    case THRESHOLD_SECONDS:
        if (!has_unit(text))
            return err_set(err, ERR_USAGE, "--fail-on: %s needs a unit: %.40sms or %.40ss?", t->metric->name,
                           text, text);
        taken = read_time(text, 1e9, &t->bound);
        break;
    case THRESHOLD_SHARE:
        taken = units_read_share(text, &t->bound) == 0;
        if (taken && t->bound >= 1 && !strchr(text, '%'))
            return refuse_whole(t->metric->name, text, err);
        break;
    case THRESHOLD_PER_S:
        taken = read_number(text, &t->bound);
        break;
    case THRESHOLD_MICROSECONDS:
        taken = read_number(text, &t->bound) || read_time(text, 1e3, &t->bound);
        break;
    }
    if (taken)
        return 0;
    return err_set(err, ERR_USAGE, "--fail-on: %s takes a bound such as %s, not \"%.60s\"", t->metric->name,
                   examples[t->metric->unit], text);
}

/* A copy of text up to `end`, without the blanks around it. */
static void cut(char out[LONGEST], const char *text, const char *end) {
    text += strspn(text, " \t");
    while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    snprintf(out, LONGEST, "%.*s", end > text ? (int)(end - text) : 0, text);
}

int threshold_read(struct threshold *out, const char *text, struct err *err) {
    char name[LONGEST], bound[LONGEST];
    const char *at = text + strcspn(text, "<>=!");
    if (strlen(text) >= LONGEST || (*at != '<' && *at != '>'))
        return err_set(
            err, ERR_USAGE,
            "--fail-on takes a metric, one of > >= < <= and a bound, such as 'p99>200ms', not \"%.60s\"",
            text);
    *out = (struct threshold){.is_upper = *at == '>', .inclusive = at[1] == '='};
    const char *after = at + 1 + out->inclusive;
    cut(name, text, at);
    cut(bound, after, text + strlen(text));
    out->metric = find_metric(name);
    return out->metric ? read_bound(out, bound, err) : refuse_metric(name, err);
}

/* Takes the next of a list parted by commas off *list; false at its end. */
static bool next_of(const char **list, char out[LONGEST + 1]) {
    if (!*list)
        return false;
    size_t length = strcspn(*list, ",");
    const char *end = *list + length;
    size_t kept = length > LONGEST ? LONGEST : length; /* too long stays too long */
    snprintf(out, LONGEST + 1, "%.*s", (int)kept, *list + strspn(*list, " "));
    if (kept == length)
        cut(out, *list, end);
    *list = *end ? end + 1 : NULL;
    return true;
}

int threshold_check(const char *list, struct err *err) {
    char one[LONGEST + 1];
    struct threshold t;
    while (next_of(&list, one))
        if (threshold_read(&t, one, err))
            return -1;
    return 0;
}

static bool is_true(const struct threshold *t, double value) {
    if (t->inclusive && value == t->bound)
        return true;
    return t->is_upper ? value > t->bound : value < t->bound;
}

/* The runs of one label at one point that count. */
struct group {
    const struct report_run **runs;
    size_t count;
};

static bool counts(const struct report_run *run) {
    return !run->baseline_repeat && !run->ceiling;
}

static bool is_alike(const struct report_run *a, const struct report_run *b) {
    return strcmp(a->label, b->label) == 0 && a->point == b->point;
}

static struct group gather(struct report *r, const struct report_run *first) {
    const struct report_run *runs = r->runs.items;
    struct group g = {.runs = arena_alloc(&r->arena, r->runs.count * sizeof(struct report_run *))};
    for (size_t i = 0; i < r->runs.count; i++)
        if (counts(&runs[i]) && is_alike(&runs[i], first))
            g.runs[g.count++] = &runs[i];
    return g;
}

static double share_of(const struct threshold_metric *m, const struct group *g) {
    double count = 0, among = 0;
    for (size_t i = 0; i < g->count; i++) {
        count += m->count(&g->runs[i]->requests);
        among += m->among(&g->runs[i]->requests);
    }
    return among > 0 ? count / among : NAN;
}

static double figure(const struct threshold_metric *m, const struct report_run *run) {
    double value = NAN;
    memcpy(&value, (const char *)run + m->offset, sizeof value);
    return value;
}

/* What the figure may be at least and at most; both NaN where it is unknown. */
struct span {
    double low, high;
};

static struct span figure_span(const struct threshold_metric *m, const struct report_run *run) {
    struct span s = {figure(m, run), figure(m, run)};
    const struct report_distribution *d = (const void *)((const char *)run + m->distribution);
    if (m->share > 0) {
        s.low = cutoff_least_s(d, m->offset - m->distribution -
                                      offsetof(struct report_distribution, percentiles_s));
        s.high = cutoff_percentile_s(run, d, m->share, s.low);
    }
    return s;
}

static struct span group_span(struct arena *a, const struct threshold_metric *m, const struct group *g) {
    if (m->unit == THRESHOLD_SHARE) {
        double share = share_of(m, g);
        return (struct span){share, share};
    }
    double *low = arena_alloc(a, g->count * sizeof *low), *high = arena_alloc(a, g->count * sizeof *high);
    for (size_t i = 0; i < g->count; i++) {
        struct span s = figure_span(m, g->runs[i]);
        low[i] = s.low;
        high[i] = s.high;
    }
    return (struct span){quantile_median(low, g->count), quantile_median(high, g->count)};
}

static void judge(struct report *r, const char *text, const struct report_run *first) {
    struct threshold t = {0};
    if (threshold_read(&t, text, NULL) || !t.metric)
        return;
    struct group g = gather(r, first);
    struct span s = group_span(&r->arena, t.metric, &g);
    bool unknown = isnan(s.low), low = is_true(&t, s.low), high = is_true(&t, s.high);
    struct report_threshold *row = report_list_add(r, &r->thresholds, sizeof *row);
    *row = (struct report_threshold){.expression = arena_strdup(&r->arena, text),
                                     .label = first->label,
                                     .point = first->point,
                                     .rounds = (int64_t)g.count,
                                     .value = s.low,
                                     .bound = t.bound,
                                     .broken = unknown || low || high};
    if (unknown)
        row->reason = "it is not known";
    else if (low != high)
        row->reason = "requests that were cut off could lie on either side of the bound";
}

static bool is_first(const struct report *r, size_t index) {
    const struct report_run *runs = r->runs.items;
    for (size_t i = 0; i < index; i++)
        if (counts(&runs[i]) && is_alike(&runs[i], &runs[index]))
            return false;
    return counts(&runs[index]);
}

static size_t place_in_plan(const struct report *r, const char *label) {
    const struct report_plan_strategy *strategies = r->plan.strategies.items;
    size_t at = 0;
    while (at < r->plan.strategies.count && strcmp(strategies[at].label, label) != 0)
        at++;
    return at;
}

static bool comes_before(const struct report *r, const struct report_run *a, const struct report_run *b) {
    size_t first = place_in_plan(r, a->label), second = place_in_plan(r, b->label);
    return first != second ? first < second : a->point < b->point;
}

/* One run of each label at each point, in the plan's order: rounds are in a random one. */
static struct group gather_firsts(struct report *r) {
    const struct report_run *runs = r->runs.items;
    struct group g = {.runs = arena_alloc(&r->arena, r->runs.count * sizeof(struct report_run *))};
    for (size_t i = 0; i < r->runs.count; i++) {
        if (!is_first(r, i))
            continue;
        size_t at = g.count++;
        for (; at > 0 && comes_before(r, &runs[i], g.runs[at - 1]); at--)
            g.runs[at] = g.runs[at - 1];
        g.runs[at] = &runs[i];
    }
    return g;
}

void threshold_fill(struct report *r, const char *const *lists, size_t count) {
    char one[LONGEST + 1];
    struct group firsts = count > 0 ? gather_firsts(r) : (struct group){0};
    r->thresholds.count = 0;
    for (size_t i = 0; i < count; i++)
        for (const char *list = lists[i]; next_of(&list, one);)
            for (size_t run = 0; run < firsts.count; run++)
                judge(r, one, firsts.runs[run]);
}

bool threshold_is_broken(const struct report *r) {
    const struct report_threshold *rows = r->thresholds.items;
    for (size_t i = 0; i < r->thresholds.count; i++)
        if (rows[i].broken)
            return true;
    return false;
}
