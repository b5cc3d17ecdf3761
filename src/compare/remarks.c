/* Sentences on hosts. */
#include "compare/remarks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "compare/hosts.h"
#include "compare/refusal.h"
#include "stats/apart.h"

/* A run of all hosts that made it. */
struct field_of_hosts {
    struct report_host_run **runs;
    struct apart_part *parts;
    struct apart *found;
    size_t *hosts; /* whose they are */
    size_t count;
};

static struct field_of_hosts open_field(size_t hosts) {
    return (struct field_of_hosts){.runs = memory_zalloc(hosts, sizeof(struct report_host_run *)),
                                   .parts = memory_zalloc(hosts, sizeof(struct apart_part)),
                                   .found = memory_zalloc(hosts, sizeof(struct apart)),
                                   .hosts = memory_zalloc(hosts, sizeof(size_t))};
}

static void close_field(struct field_of_hosts *f) {
    free(f->runs);
    free(f->parts);
    free(f->found);
    free(f->hosts);
}

static void gather(struct field_of_hosts *f, const struct report *whole, size_t nth) {
    const struct report_run *run = (const struct report_run *)whole->runs.items + nth;
    const struct report_host *hosts = whole->hosts.items;
    f->count = 0;
    for (size_t i = 0; i < whole->hosts.count; i++) {
        struct report_host_run *part = hosts_find_run(&hosts[i], run, nth);
        if (!part)
            continue;
        const double *ci95_s = part->latency.p50_ci95_s;
        f->parts[f->count] =
            (struct apart_part){.p50_s = part->latency.p50_s,
                                .ci95_s = {ci95_s[0], ci95_s[1]},
                                .failed = part->requests.failed,
                                .outcomes = part->requests.completed + part->requests.failed};
        f->hosts[f->count] = i;
        f->runs[f->count++] = part;
    }
}

static void remark_start(struct report *whole, struct report_host_run *run) {
    char text[UNITS_TEXT];
    double skew_s = run->start_skew_s;
    if (fabs(skew_s) > REMARKS_LATE_S + run->start_skew_error_s)
        refusal_say(whole, &run->remarks, "began %s %s", units_write_duration(text, fabs(skew_s)),
                    skew_s > 0 ? "late" : "early");
}

static void remark_slower(struct report *whole, struct report_host_run *run, double others_s,
                          bool is_single) {
    char own[UNITS_TEXT], others[UNITS_TEXT];
    refusal_say(whole, &run->remarks, "slower than the others %s, p50 %s beside %s",
                is_single ? "in this run" : "by more than chance",
                units_write_duration(own, run->latency.p50_s), units_write_duration(others, others_s));
}

static void remark_failing(struct report *whole, struct report_host_run *run, const struct apart_part *part,
                           const struct apart *found) {
    char own[UNITS_TEXT], others[UNITS_TEXT];
    if (found->fails_more)
        refusal_say(whole, &run->remarks,
                    "failing more than the others by more than chance, %s of its requests beside %s",
                    units_write_percent(own, (double)part->failed / (double)part->outcomes, 3),
                    units_write_percent(others, found->others_failed, 3));
}

/* is_slower[host]: as the rounds show it; NULL where there is one. */
static void remark(struct report *whole, const struct field_of_hosts *f, const bool *is_slower) {
    for (size_t i = 0; i < f->count; i++) {
        struct report_host_run *run = f->runs[i];
        const struct apart *found = &f->found[i];
        if (run->limited_by && strcmp(run->limited_by, "client") == 0)
            refusal_say(whole, &run->remarks, "limited by its client");
        remark_start(whole, run);
        bool is_here = run->latency.p50_s >= (1 + APART_LEAST) * found->others_p50_s;
        if (is_slower ? is_slower[f->hosts[i]] && is_here : found->is_slower)
            remark_slower(whole, run, found->others_p50_s, !is_slower);
        remark_failing(whole, run, &f->parts[i], found);
    }
}

static bool is_round_of(const struct report_run *a, const struct report_run *b) {
    return !a->ceiling && !b->ceiling && a->baseline_repeat == b->baseline_repeat && a->point == b->point &&
           a->concurrency == b->concurrency && strcmp(a->label, b->label) == 0;
}

/* Rounds of the same, by their places among the runs. */
struct rounds_of {
    size_t *places, count;
};

/* With that run as the first; none where it is not. */
static void find_rounds(struct rounds_of *out, const struct report *whole, size_t first) {
    const struct report_run *runs = whole->runs.items;
    out->count = 0;
    for (size_t i = 0; i < first; i++)
        if (is_round_of(&runs[i], &runs[first]))
            return;
    for (size_t i = first; i < whole->runs.count; i++)
        if (is_round_of(&runs[i], &runs[first]))
            out->places[out->count++] = i;
}

/* Which hosts are slower in those rounds. */
static void judge_rounds(const struct report *whole, const struct rounds_of *rounds, double level,
                         bool *is_slower) {
    const struct report_run *runs = whole->runs.items;
    const struct report_host *hosts = whole->hosts.items;
    size_t count = whole->hosts.count;
    double *p50_s = memory_zalloc(rounds->count * count, sizeof *p50_s);
    for (size_t r = 0; r < rounds->count; r++)
        for (size_t i = 0; i < count; i++) {
            size_t at = rounds->places[r];
            const struct report_host_run *part = hosts_find_run(&hosts[i], &runs[at], at);
            p50_s[r * count + i] = part ? part->latency.p50_s : NAN;
        }
    apart_find_slower(p50_s, rounds->count, count, level, is_slower);
    free(p50_s);
}

static size_t count_asked(const struct report *whole) {
    const struct report_host *hosts = whole->hosts.items;
    size_t count = 0;
    for (size_t i = 0; i < whole->hosts.count; i++)
        count += hosts[i].runs.count;
    return count;
}

static void fill_rounds(struct report *whole, struct field_of_hosts *f, const struct rounds_of *rounds,
                        double level) {
    bool *is_slower = NULL;
    if (rounds->count > 1) {
        is_slower = memory_zalloc(whole->hosts.count, sizeof *is_slower);
        judge_rounds(whole, rounds, level * (double)rounds->count, is_slower);
    }
    for (size_t r = 0; r < rounds->count; r++) {
        gather(f, whole, rounds->places[r]);
        apart_find(f->parts, f->count, level, f->found);
        remark(whole, f, is_slower);
    }
    free(is_slower);
}

void remarks_fill(struct report *whole) {
    size_t asked = count_asked(whole);
    struct field_of_hosts f = open_field(whole->hosts.count);
    struct rounds_of rounds = {.places = memory_zalloc(whole->runs.count, sizeof *rounds.places)};
    for (size_t i = 0; i < whole->runs.count && asked > 0; i++) {
        find_rounds(&rounds, whole, i);
        fill_rounds(whole, &f, &rounds, REMARKS_LEVEL / (double)asked);
    }
    free(rounds.places);
    close_field(&f);
}
