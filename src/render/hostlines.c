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

static const struct report_host_run *run_of(const struct notes *n, const struct report_host *host,
                                            const struct report_run *run) {
    const struct report_run *all = n->report->runs.items;
    return hosts_find_run(host, run, (size_t)(run - all));
}

/* Remarks of one kind on a host in the rounds of a line. */
struct found_remarks {
    const char *text; /* the first; of starts that of the one farthest off; NULL: none */
    double skew_s;    /* of its run */
    size_t count, rounds;
};

static void look_at_run(struct found_remarks *found, const struct report_host_run *run, size_t kind) {
    const char *const *remarks = run->remarks.items;
    for (size_t i = 0; i < run->remarks.count; i++) {
        if (!is_of_kind(remarks[i], kind))
            continue;
        if (!found->text || (kind == START && fabs(run->start_skew_s) > fabs(found->skew_s))) {
            found->text = remarks[i];
            found->skew_s = run->start_skew_s;
        }
        found->count++;
    }
}

static struct found_remarks find_remarks(const struct notes *n, const struct report_host *host,
                                         const struct summary *s, size_t kind) {
    struct found_remarks found = {.text = NULL};
    for (size_t i = 0; i < s->rounds; i++) {
        const struct report_host_run *run = run_of(n, host, s->runs[i]);
        found.rounds += run != NULL;
        if (run)
            look_at_run(&found, run, kind);
    }
    return found;
}

static const char *word_of(const char *remark, size_t kind) {
    return strstr(remark, " early") && kind == START ? "early" : kinds[kind].word;
}

static size_t count_rounds(const struct notes *n, const struct report_host *host, const struct summary *s) {
    size_t count = 0;
    for (size_t i = 0; i < s->rounds; i++)
        count += run_of(n, host, s->runs[i]) != NULL;
    return count;
}

/* Of a host that did not come to its end: in a run of that line, or which one it was is not known. */
static bool is_unfinished(const struct notes *n, const struct report_host *host, const struct summary *s) {
    return !host->complete &&
           (count_rounds(n, host, s) < s->rounds || host->runs.count == n->report->runs.count);
}

static const char *words_of(const struct notes *n, const struct report_host *host, const struct summary *s) {
    const char *text = is_unfinished(n, host, s) ? UNFINISHED : "";
    for (size_t i = 0; i < KINDS; i++) {
        const char *remark = find_remarks(n, host, s, i).text;
        if (remark)
            text = arena_printf(n->arena, "%s%s%s", text, *text ? ", " : "", word_of(remark, i));
    }
    return text;
}

static const char *unfinished(const struct notes *n, const struct report_host *host,
                              const struct summary *s) {
    size_t count = count_rounds(n, host, s);
    if (count == s->rounds)
        return "did not come to its end";
    return arena_printf(n->arena, "did not come to its end, and has a share in %zu of %zu runs", count,
                        s->rounds);
}

/* "began up to 5.94ms late, in 2 of 7 runs" */
static const char *told(const struct notes *n, const struct found_remarks *found, size_t kind) {
    char figure[PAGE_FIGURE];
    const char *text = sentence_plain(n, found->text);
    if (kind == START && found->count > 1)
        text = arena_printf(n->arena, "began up to %s %s", page_duration(figure, fabs(found->skew_s)),
                            found->skew_s > 0 ? "late" : "early");
    if (found->rounds < 2)
        return text;
    return arena_printf(n->arena, "%s, in %zu of %zu runs", text, found->count, found->rounds);
}

const char *hostlines_remarks(const struct notes *n, const struct report_host *host,
                              const struct summary *s) {
    const char *text = is_unfinished(n, host, s) ? unfinished(n, host, s) : "";
    for (size_t i = 0; i < KINDS; i++) {
        struct found_remarks found = find_remarks(n, host, s, i);
        if (found.text)
            text = arena_printf(n->arena, "%s%s%s", text, *text ? "; " : "", told(n, &found, i));
    }
    return text;
}

const char *hostlines_name(const struct notes *n, const struct report_host *host) {
    const char *name = host->host ? host->host : host->report;
    const char *rank = arena_printf(n->arena, "rank %lld", (long long)host->rank);
    return name ? arena_printf(n->arena, "%s (%s)", rank, page_clean(n->arena, name, n->style->utf8)) : rank;
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

static double skew_of(const struct report_host_run *run) {
    return run->start_skew_s;
}

static struct host_line line_of(const struct notes *n, const struct report_host *host,
                                const struct summary *s) {
    return (struct host_line){.host = host,
                              .requests = median_of(n, host, s, requests_of),
                              .requests_per_s = median_of(n, host, s, rate_of),
                              .p50_s = median_of(n, host, s, p50_of),
                              .p99_s = median_of(n, host, s, p99_of),
                              .cpu_us_per_request = median_of(n, host, s, cpu_of),
                              .skew_s = median_of(n, host, s, skew_of),
                              .words = words_of(n, host, s)};
}

struct host_lines hostlines_make(const struct notes *n, const struct summary *s) {
    const struct report_host *hosts = n->report->hosts.items;
    struct host_lines lines = {.summary = s,
                               .items = arena_alloc(n->arena, n->report->hosts.count * sizeof *lines.items)};
    for (size_t i = 0; i < n->report->hosts.count; i++) {
        if (hosts[i].lost && hosts[i].runs.count == 0)
            continue;
        struct host_line line = line_of(n, &hosts[i], s);
        lines.items[lines.count++] = line;
        lines.with_remarks += *line.words != '\0';
        lines.has_skews = lines.has_skews || !isnan(line.skew_s);
    }
    return lines;
}
