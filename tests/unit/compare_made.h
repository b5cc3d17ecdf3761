/* Reports made by hand, for what compares. */
#ifndef FETCHBENCH_TESTS_COMPARE_MADE_H
#define FETCHBENCH_TESTS_COMPARE_MADE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/fields.h"
#include "report/report.h"

#define MADE_REQUESTS 10000
#define MADE_BYTES 300 /* per answer */

/* Labels parted by nothing: the last is NULL. */
static struct report *made_report(int64_t rounds, const char *const *labels) {
    struct report *r = report_open();
    r->plan.rounds = rounds;
    r->plan.metric = "wall_s";
    r->plan.method = "GET";
    r->plan.url = "http://127.0.0.1:8080/get";
    r->plan.requests = MADE_REQUESTS;
    r->plan.keepalive = true;
    r->environment.cpu_model = "Example CPU";
    r->complete = true;
    for (; *labels; labels++) {
        struct report_plan_strategy *s = report_list_add(r, &r->plan.strategies, sizeof *s);
        *s = (struct report_plan_strategy){
            .label = *labels, .strategy = "async", .concurrency = 10, .threads = 1};
    }
    return r;
}

static struct report_run *made_run(struct report *r, const char *label, int64_t round, double wall_s) {
    struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
    shape_clear(&report_run_shape, run);
    run->strategy = "async";
    run->label = label;
    run->point = -1;
    run->round = round;
    run->order = 1;
    run->concurrency = 10;
    run->threads = 1;
    run->requests = (struct report_requests){.total = MADE_REQUESTS,
                                             .completed = MADE_REQUESTS,
                                             .waited = -1,
                                             .oldest_unfinished_s = NAN,
                                             .oldest_not_started_s = NAN};
    run->bytes_received = MADE_REQUESTS * MADE_BYTES;
    run->wall_s = wall_s;
    run->latency.percentiles_s.p50 = wall_s / MADE_REQUESTS;
    run->latency.percentiles_s.p99 = 3 * wall_s / MADE_REQUESTS;
    run->client.cpu_us_per_request = 20;
    run->client.memory_bytes = 1 << 20;
    run->client.connections_opened = 10;
    run->client.connections_reused = MADE_REQUESTS - 10;
    run->exit.reason = "finished";
    return run;
}

/* Numbers between -1 and 1 that repeat from run to run: an additive sequence, evenly spread. */
static double made_noise(int64_t n) {
    return 2 * fmod((double)n * 0.6180339887498949, 1) - 1;
}

/* Rounds of a baseline, its repeat and one more label that takes `ratio` times as long, each figure within
 * `noise` of that. */
__attribute__((unused)) static void made_rounds(struct report *r, const char *baseline, const char *label,
                                                double ratio, double noise) {
    for (int64_t i = 1; i <= r->plan.rounds; i++) {
        made_run(r, baseline, i, exp(noise * made_noise(3 * i)));
        made_run(r, baseline, i, exp(noise * made_noise(3 * i + 1)))->baseline_repeat = true;
        made_run(r, label, i, ratio * exp(noise * made_noise(3 * i + 2)));
    }
}

/* The primary comparison of a label; there is one. */
__attribute__((unused)) static struct report_comparison *made_primary(const struct report *r,
                                                                      const char *label) {
    struct report_comparison *c = r->comparisons.items, *found = NULL;
    for (size_t i = 0; i < r->comparisons.count; i++)
        if (c[i].primary && strcmp(c[i].label, label) == 0)
            found = &c[i];
    assert_non_null(found);
    return found;
}

__attribute__((unused)) static const char *made_reason(const struct report_comparison *c, size_t i) {
    assert_true(i < c->reasons.count);
    return ((const char *const *)c->reasons.items)[i];
}

#endif
