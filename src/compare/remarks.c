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
    size_t count;
};

static struct field_of_hosts open_field(size_t hosts) {
    return (struct field_of_hosts){.runs = memory_zalloc(hosts, sizeof(struct report_host_run *)),
                                   .parts = memory_zalloc(hosts, sizeof(struct apart_part)),
                                   .found = memory_zalloc(hosts, sizeof(struct apart))};
}

static void close_field(struct field_of_hosts *f) {
    free(f->runs);
    free(f->parts);
    free(f->found);
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

static void remark_apart(struct report *whole, struct report_host_run *run, const struct apart_part *part,
                         const struct apart *found) {
    char own[UNITS_TEXT], others[UNITS_TEXT];
    if (found->is_slower)
        refusal_say(whole, &run->remarks, "slower than the others by more than chance, p50 %s beside %s",
                    units_write_duration(own, part->p50_s),
                    units_write_duration(others, found->others_p50_s));
    if (found->fails_more)
        refusal_say(
            whole, &run->remarks,
            "failing more than the others by more than chance, %.3g %% of its requests beside %.3g %%",
            100 * (double)part->failed / (double)part->outcomes, 100 * found->others_failed);
}

static void remark(struct report *whole, const struct field_of_hosts *f) {
    for (size_t i = 0; i < f->count; i++) {
        struct report_host_run *run = f->runs[i];
        if (run->limited_by && strcmp(run->limited_by, "client") == 0)
            refusal_say(whole, &run->remarks, "limited by its client");
        remark_start(whole, run);
        remark_apart(whole, run, &f->parts[i], &f->found[i]);
    }
}

static size_t count_asked(const struct report *whole) {
    const struct report_host *hosts = whole->hosts.items;
    size_t count = 0;
    for (size_t i = 0; i < whole->hosts.count; i++)
        count += hosts[i].runs.count;
    return count;
}

void remarks_fill(struct report *whole) {
    const struct report_run *runs = whole->runs.items;
    size_t asked = count_asked(whole);
    struct field_of_hosts f = open_field(whole->hosts.count);
    for (size_t i = 0; i < whole->runs.count && asked > 0; i++) {
        if (runs[i].ceiling)
            continue;
        gather(&f, whole, i);
        apart_find(f.parts, f.count, REMARKS_LEVEL / (double)asked, f.found);
        remark(whole, &f);
    }
    close_field(&f);
}
