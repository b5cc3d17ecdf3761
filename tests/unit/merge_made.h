/* Reports made by hand, for what joins them. */
#ifndef FETCHBENCH_TESTS_MERGE_MADE_H
#define FETCHBENCH_TESTS_MERGE_MADE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compare/merge.h"
#include "record/histogram.h"
#include "report/distribution.h"
#include "report/fields.h"

#define SHARE 400

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void fill_latency(struct report *r, struct report_run *run, struct histogram *all, uint64_t seed) {
    struct histogram *h = calloc(1, sizeof *h);
    for (int i = 0; i < SHARE; i++) {
        int64_t value_ns = (int64_t)(next_random(&seed) % 200000000);
        histogram_record(h, value_ns);
        if (all)
            histogram_record(all, value_ns);
    }
    assert_int_equal(distribution_of_histogram(&run->latency, &r->arena, h, NULL), 0);
    run->service_time = run->latency;
    free(h);
}

static struct report_run *add_run(struct report *r, const char *label, int64_t round) {
    struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
    shape_clear(&report_run_shape, run);
    run->strategy = run->label = label;
    run->round = round;
    run->point = -1;
    run->concurrency = run->threads = 1;
    run->requests = (struct report_requests){
        .total = SHARE + 3, .completed = SHARE, .failed = 2, .not_started = 1, .oldest_unfinished_s = NAN};
    run->wall_s = 1;
    run->exit.reason = "finished";
    run->client.cpu_user_s = .25;
    run->client.cpu_system_s = .15;
    run->client.memory_bytes = 1000;
    run->client.max_rss_bytes = 5000;
    return run;
}

static struct report *new_report(uint64_t seed, struct histogram *all) {
    struct report *r = report_open();
    r->started_at = seed == 1 ? "2026-01-02T03:04:05.000Z" : "2026-01-02T03:04:06.000Z";
    r->finished_at = seed == 1 ? "2026-01-02T03:05:05.000Z" : "2026-01-02T03:05:06.000Z";
    r->complete = true;
    r->plan.url = "http://127.0.0.1/";
    r->plan.method = "GET";
    r->plan.requests = 403;
    r->plan.keepalive = true;
    r->environment.cpu_model = "one";
    for (int i = 0; i < 2; i++) {
        const char *label = i ? "b" : "a";
        struct report_plan_strategy *s = report_list_add(r, &r->plan.strategies, sizeof *s);
        *s = (struct report_plan_strategy){.label = label, .strategy = label, .concurrency = 1, .threads = 1};
        fill_latency(r, add_run(r, label, 1), i ? NULL : all, seed + (uint64_t)i);
    }
    return r;
}

#endif
