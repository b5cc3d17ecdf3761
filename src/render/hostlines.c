/* From the rows of hosts to lines. */
#include "render/hostlines.h"

#include <math.h>
#include <string.h>

#include "compare/hosts.h"
#include "render/sentence.h"
#include "stats/quantile.h"

/* What remarks begin with, and the word for it in a table. */
static const struct {
    const char *begin, *word;
} kinds[] = {{"limited by its client", "client"},
             {"began ", "late"},
             {"slower than ", "slower"},
             {"failing more ", "failing"}};
#define START 1 /* of them, which is of a start */
#define KINDS (sizeof kinds / sizeof kinds[0])
#define UNFINISHED "unfinished"

static bool is_of_kind(const char *remark, size_t kind) {
    return strncmp(remark, kinds[kind].begin, strlen(kinds[kind].begin)) == 0;
}

/* The remark of the kind in the first run of the host that has one - of starts, in that which was the
 * farthest off, as the column beside it says -, and how many runs have one; NULL for none. */
static const char *find_remark(const struct report_host *host, size_t kind, size_t *count) {
    const struct report_host_run *runs = host->runs.items;
    const char *found = NULL;
    double farthest_s = 0;
    *count = 0;
    for (size_t i = 0; i < host->runs.count; i++) {
        const char *const *remarks = runs[i].remarks.items;
        for (size_t r = 0; r < runs[i].remarks.count; r++)
            if (is_of_kind(remarks[r], kind)) {
                bool is_farther = kind == START && fabs(runs[i].start_skew_s) > farthest_s;
                found = !found || is_farther ? remarks[r] : found;
                farthest_s = is_farther ? fabs(runs[i].start_skew_s) : farthest_s;
                (*count)++;
            }
    }
    return found;
}

static const char *word_of(const char *remark, size_t kind) {
    return strstr(remark, " early") && kind == START ? "early" : kinds[kind].word;
}

static const char *words_of(const struct notes *n, const struct report_host *host) {
    const char *text = host->complete ? "" : UNFINISHED;
    size_t count = 0;
    for (size_t i = 0; i < KINDS; i++) {
        const char *remark = find_remark(host, i, &count);
        if (remark)
            text = arena_printf(n->arena, "%s%s%s", text, *text ? ", " : "", word_of(remark, i));
    }
    return text;
}

static const char *unfinished(const struct notes *n, const struct report_host *host) {
    size_t all = n->report->runs.count;
    if (host->runs.count == all)
        return "did not come to its end";
    return arena_printf(n->arena, "did not come to its end, and has a share in %zu of %zu runs",
                        host->runs.count, all);
}

const char *hostlines_matter(const struct notes *n, const struct report_host *host) {
    const char *text = host->complete ? "" : unfinished(n, host);
    for (size_t i = 0; i < KINDS; i++) {
        size_t count = 0;
        const char *remark = find_remark(host, i, &count);
        if (!remark)
            continue;
        const char *often = host->runs.count > 1
                                ? arena_printf(n->arena, " (in %zu of %zu runs)", count, host->runs.count)
                                : "";
        text = arena_printf(n->arena, "%s%s%s%s", text, *text ? "; " : "", sentence_plain(n, remark), often);
    }
    return text;
}

const char *hostlines_name(const struct notes *n, const struct report_host *host) {
    const char *name = host->host ? host->host : host->report;
    const char *rank = arena_printf(n->arena, "rank %lld", (long long)host->rank);
    return name ? arena_printf(n->arena, "%s (%s)", rank, page_clean(n->arena, name, n->style->utf8)) : rank;
}

static const struct report_host_run *run_of(const struct notes *n, const struct report_host *host,
                                            const struct report_run *run) {
    const struct report_run *all = n->report->runs.items;
    return hosts_find_run(host, run, (size_t)(run - all));
}

/* Of a column over the rounds of a line, the median. */
static double median_of(const struct notes *n, const struct report_host *host, const struct summary *s,
                        double (*value)(const struct report_host_run *)) {
    double *values = arena_alloc(n->arena, s->rounds * sizeof *values);
    size_t count = 0;
    for (size_t i = 0; i < s->rounds; i++) {
        const struct report_host_run *run = run_of(n, host, s->runs[i]);
        if (run && !isnan(value(run)))
            values[count++] = value(run);
    }
    return count > 0 ? quantile_median(values, count) : NAN;
}

static double requests_of(const struct report_host_run *run) {
    return (double)run->requests.completed;
}
static double rate_of(const struct report_host_run *run) {
    return run->requests_per_s;
}
static double p50_of(const struct report_host_run *run) {
    return run->latency.p50_s;
}
static double p99_of(const struct report_host_run *run) {
    return run->latency.p99_s;
}
static double cpu_of(const struct report_host_run *run) {
    return run->cpu_us_per_request;
}

static double farthest_skew_s(const struct report_host *host) {
    const struct report_host_run *runs = host->runs.items;
    double farthest_s = NAN;
    for (size_t i = 0; i < host->runs.count; i++)
        if (isnan(farthest_s) || fabs(runs[i].start_skew_s) > fabs(farthest_s))
            farthest_s = runs[i].start_skew_s;
    return farthest_s;
}

static struct host_line line_of(const struct notes *n, const struct report_host *host,
                                const struct summary *s) {
    return (struct host_line){.host = host,
                              .requests = median_of(n, host, s, requests_of),
                              .requests_per_s = median_of(n, host, s, rate_of),
                              .p50_s = median_of(n, host, s, p50_of),
                              .p99_s = median_of(n, host, s, p99_of),
                              .cpu_us_per_request = median_of(n, host, s, cpu_of),
                              .skew_s = farthest_skew_s(host),
                              .matter = words_of(n, host)};
}

struct host_lines hostlines_make(const struct notes *n) {
    const struct report_host *hosts = n->report->hosts.items;
    struct host_lines lines = {.items = arena_alloc(n->arena, n->report->hosts.count * sizeof *lines.items)};
    for (size_t i = 0; i < n->report->hosts.count && n->summaries->count > 0; i++) {
        if (hosts[i].lost)
            continue;
        struct host_line line = line_of(n, &hosts[i], n->summaries->items);
        lines.items[lines.count++] = line;
        lines.with_matter += *line.matter != '\0';
        lines.has_skews = lines.has_skews || !isnan(line.skew_s);
    }
    return lines;
}
