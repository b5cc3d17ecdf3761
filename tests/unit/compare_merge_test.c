/* Reports joined: rounds of one plan, and shares of one load. */
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

/* Two parts, and what their requests come to when one histogram takes them all. */
struct parts {
    struct merge_part parts[2];
    struct histogram *all;
    struct err err;
};

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

static int set_up(void **state) {
    struct parts *p = calloc(1, sizeof *p);
    p->all = calloc(1, sizeof *p->all);
    p->parts[0] = (struct merge_part){"one.json", new_report(1, p->all)};
    p->parts[1] = (struct merge_part){"two.json", new_report(17, p->all)};
    *state = p;
    return 0;
}

static int tear_down(void **state) {
    struct parts *p = *state;
    report_close(p->parts[0].report);
    report_close(p->parts[1].report);
    free(p->all);
    free(p);
    return 0;
}

static const struct report_run *runs(const struct parts *p) {
    return p->parts[0].report->runs.items;
}

static void rounds_are_numbered_anew(void **state) {
    struct parts *p = *state;
    add_run(p->parts[1].report, "a", 2);
    assert_int_equal(merge_rounds(p->parts, 2, &p->err), 0);
    static const int64_t rounds[] = {1, 1, 2, 2, 3};
    assert_int_equal(p->parts[0].report->runs.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(runs(p)[i].round, rounds[i]);
    assert_int_equal(p->parts[0].report->plan.rounds, 3);
    assert_true(p->parts[0].report->comparisons.count > 0);
}

static void comparisons_with_an_earlier_report_are_dropped(void **state) {
    struct parts *p = *state;
    struct report *first = p->parts[0].report;
    struct report_comparison *c = report_list_add(first, &first->comparisons, sizeof *c);
    *c = (struct report_comparison){.metric = "wall_s", .baseline = "a", .label = "a", .point = -1};
    *(const char **)report_list_add(first, &c->between, sizeof(const char *)) = "earlier.json";
    assert_int_equal(merge_rounds(p->parts, 2, &p->err), 0);
    const struct report_comparison *all = first->comparisons.items;
    for (size_t i = 0; i < first->comparisons.count; i++)
        assert_int_equal(all[i].between.count, 0);
}

static void what_was_joined_is_noted(void **state) {
    struct parts *p = *state;
    p->parts[1].report->complete = false;
    assert_int_equal(merge_rounds(p->parts, 2, &p->err), 0);
    const struct report *whole = p->parts[0].report;
    const struct report_part *noted = whole->merged->parts.items;
    assert_string_equal(whole->merged->as, "rounds");
    assert_int_equal(whole->merged->parts.count, 2);
    assert_string_equal(noted[1].name, "two.json");
    assert_string_equal(noted[1].started_at, "2026-01-02T03:04:06.000Z");
    assert_string_equal(whole->started_at, "2026-01-02T03:04:05.000Z");
    assert_string_equal(whole->finished_at, "2026-01-02T03:05:06.000Z");
    assert_false(whole->complete);
}

static void expect_refused(struct parts *p, bool shares, const char *words) {
    int merged = shares ? merge_shares(p->parts, 2, &p->err) : merge_rounds(p->parts, 2, &p->err);
    assert_int_equal(merged, -1);
    assert_int_equal(p->err.kind, ERR_USAGE);
    assert_non_null(strstr(p->err.text, words));
}

static void keys_that_differ_are_named(void **state) {
    struct parts *p = *state;
    p->parts[1].report->plan.keepalive = false;
    p->parts[1].report->plan.requests = 10;
    p->parts[1].report->plan.samples = "x.csv"; /* no matter */
    p->parts[1].report->environment.cpu_model = "another";
    p->parts[1].report->environment.load_average[0] = 9; /* no matter */
    expect_refused(p, false,
                   "one.json and two.json do not belong together: plan.requests, plan.keepalive differ; "
                   "cpu model is one in one.json and another in two.json");
    expect_refused(p, true, "together: plan.keepalive differs");
}

static void other_labels_are_refused(void **state) {
    struct parts *p = *state;
    struct report_plan_strategy *strategies = p->parts[1].report->plan.strategies.items;
    strategies[1].label = "c";
    expect_refused(p, false, "plan.strategies");
    expect_refused(p, true, "plan.strategies");
}

static void the_same_report_twice_is_refused(void **state) {
    struct parts *p = *state;
    report_close(p->parts[1].report);
    p->parts[1].report = new_report(1, NULL);
    expect_refused(p, false, "one.json and two.json are the same report");
    expect_refused(p, true, "are the same report");
}

static void what_a_joined_report_holds_is_not_joined_again(void **state) {
    struct parts *p = *state;
    for (int shares = 0; shares < 2; shares++) {
        struct merge_part again[] = {{"one.json", new_report(1, NULL)}, {"two.json", new_report(17, NULL)}};
        struct merge_part whole[] = {{"all.json", again[0].report}, {"one.json", new_report(1, NULL)}};
        assert_int_equal(shares ? merge_shares(again, 2, &p->err) : merge_rounds(again, 2, &p->err), 0);
        for (size_t i = 0; i < 2; i++) {
            p->err = (struct err){0};
            assert_int_equal(shares ? merge_shares(whole, 2, &p->err) : merge_rounds(whole, 2, &p->err), -1);
            assert_non_null(strstr(p->err.text, "all.json and one.json hold the same report"));
            report_close(whole[1].report);
            whole[1].report = new_report(17, NULL);
        }
        report_close(whole[1].report);
        report_close(again[0].report);
        report_close(again[1].report);
    }
}

static void joined_one_after_another_reports_are_noted_as_if_at_once(void **state) {
    struct parts *p = *state;
    struct report *third = new_report(17, NULL);
    const struct merge_part more[] = {{"all.json", p->parts[0].report}, {"three.json", third}};
    third->started_at = "2026-01-02T03:04:07.000Z";
    assert_int_equal(merge_rounds(p->parts, 2, &p->err), 0);
    assert_int_equal(merge_rounds(more, 2, &p->err), 0);
    const struct report_part *noted = p->parts[0].report->merged->parts.items;
    static const char *const names[] = {"one.json", "two.json", "three.json"};
    assert_int_equal(p->parts[0].report->merged->parts.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(noted[i].name, names[i]);
    report_close(third);
}

static void the_sum_of_two_histograms_is_that_of_all_their_requests(void **state) {
    struct parts *p = *state;
    struct report_distribution all;
    assert_int_equal(merge_shares(p->parts, 2, &p->err), 0);
    const struct report_distribution *sum = &runs(p)[0].latency;
    assert_int_equal(distribution_of_histogram(&all, &p->parts[0].report->arena, p->all, NULL), 0);
    assert_int_equal(sum->count, 2 * SHARE);
    assert_string_equal(sum->hdr, all.hdr);
    assert_string_equal(runs(p)[0].service_time.hdr, all.hdr);
    assert_memory_equal(&sum->percentiles_s, &all.percentiles_s, sizeof all.percentiles_s);
    assert_memory_equal(&sum->ci95_s, &all.ci95_s, sizeof all.ci95_s);
    assert_true(sum->min_s == all.min_s && sum->max_s == all.max_s);
    assert_true(fabs(sum->mean_s / all.mean_s - 1) < 1e-9);
    assert_true(fabs(sum->stddev_s / all.stddev_s - 1) < 1e-3);
    assert_string_equal(sum->source, "histogram");
}

static void requests_per_second_of_shares_are_over_the_longest_time_that_one_was_given(void **state) {
    struct parts *p = *state;
    struct report_run *other = p->parts[1].report->runs.items;
    other->requests_per_s = SHARE / 4.0;
    assert_int_equal(merge_shares(p->parts, 2, &p->err), 0);
    assert_true(runs(p)->wall_s == 1);
    assert_true(runs(p)->requests_per_s == SHARE / 2.0);
}

static void shares_are_added_up(void **state) {
    struct parts *p = *state;
    struct report_run *other = p->parts[1].report->runs.items;
    other->wall_s = 2;
    assert_int_equal(merge_shares(p->parts, 2, &p->err), 0);
    const struct report_run *run = runs(p);
    assert_int_equal(p->parts[0].report->runs.count, 2);
    assert_int_equal(run->requests.total, 2 * SHARE + 6);
    assert_int_equal(run->requests.failed, 4);
    assert_true(run->wall_s == 2);
    assert_true(run->requests_per_s == SHARE);
    assert_true(isnan(run->largest_completion_gap_s));
    assert_int_equal(run->concurrency, 2);
    assert_int_equal(run->client.memory_bytes, 2000);
    assert_int_equal(run->client.max_rss_bytes, 5000);
    assert_true(fabs(run->client.cpu_us_per_request - 8e5 / (2 * SHARE + 4)) < 1e-6);
    assert_int_equal(p->parts[0].report->plan.requests, 806);
}

static struct report_slice *add_slice(struct parts *p, int part, double t_s, double length_s,
                                      int64_t completed) {
    struct report_run *run = p->parts[part].report->runs.items;
    struct report_slice *slice = report_list_add(p->parts[part].report, &run->slices, sizeof *slice);
    *slice = (struct report_slice){
        .t_s = t_s, .length_s = length_s, .due = NAN, .completed = completed, .p50_s = 1, .p99_s = 2};
    return slice;
}

static void slices_of_shares_are_added_second_by_second(void **state) {
    struct parts *p = *state;
    add_slice(p, 0, 0, 1.002, 10);
    add_slice(p, 0, 1.002, .3, 20);
    add_slice(p, 1, 0, 1, 1);
    add_slice(p, 1, 1, 1, 2);
    add_slice(p, 1, 2, 1, 3);
    assert_int_equal(merge_shares(p->parts, 2, &p->err), 0);
    const struct report_slice *sum = runs(p)->slices.items;
    assert_int_equal(runs(p)->slices.count, 3);
    assert_int_equal(sum[0].completed, 11);
    assert_int_equal(sum[1].completed, 22);
    assert_int_equal(sum[2].completed, 3);
    assert_true(sum[1].length_s == 1);
    assert_true(isnan(sum[1].p50_s) && isnan(sum[1].p99_s));
    assert_true(sum[2].p99_s == 2);
}

static void of_two_slices_within_a_longer_one_the_later_says_what_is_in_flight(void **state) {
    struct parts *p = *state;
    add_slice(p, 0, 0, 2, 10)->in_flight = 4;
    add_slice(p, 1, 0, 1, 1)->in_flight = 3;
    add_slice(p, 1, 1, 1, 2)->in_flight = 2;
    assert_int_equal(merge_shares(p->parts, 2, &p->err), 0);
    const struct report_slice *sum = runs(p)->slices.items;
    assert_int_equal(runs(p)->slices.count, 1);
    assert_int_equal(sum[0].completed, 13);
    assert_int_equal(sum[0].in_flight, 6);
}

/* Each part sends at `rate_per_s`, rising from a tenth of it for as long as told. */
static void send_at(struct report *r, double rate_per_s, double rise_s) {
    r->plan.arrivals = "poisson";
    struct report_plan_stage *s = report_list_add(r, &r->plan.stages, sizeof *s);
    *s = (struct report_plan_stage){rate_per_s / 10, rate_per_s, rise_s};
    struct report_run *runs = r->runs.items;
    for (size_t i = 0; i < r->runs.count; i++)
        runs[i].requests.waited = 7;
}

static void rates_of_shares_are_added_stage_by_stage(void **state) {
    struct parts *p = *state;
    send_at(p->parts[0].report, 100, 60);
    send_at(p->parts[1].report, 300, 60);
    assert_int_equal(merge_shares(p->parts, 2, &p->err), 0);
    const struct report *whole = p->parts[0].report;
    const struct report_plan_stage *stages = whole->plan.stages.items;
    assert_true(fabs(stages[0].from_per_s - 40) < 1e-9 && fabs(stages[0].to_per_s - 400) < 1e-9);
    assert_true(stages[0].length_s == 60);
    assert_int_equal(((const struct report_run *)whole->runs.items)[0].requests.waited, 14);
}

static void shares_of_other_stages_or_times_are_refused(void **state) {
    struct parts *p = *state;
    send_at(p->parts[0].report, 100, 60);
    send_at(p->parts[1].report, 100, 30);
    p->parts[1].report->plan.duration_s = 60;
    expect_refused(p, true, "plan.duration_s, plan.stages differ");
}

static void statuses_and_errors_of_shares_are_added_by_their_names(void **state) {
    struct parts *p = *state;
    for (int i = 0; i < 2; i++) {
        struct report_run *run = p->parts[i].report->runs.items;
        struct report_count *code = report_list_add(p->parts[i].report, &run->status_codes, sizeof *code);
        *code = (struct report_count){"200", 5};
        code = report_list_add(p->parts[i].report, &run->status_codes, sizeof *code);
        *code = (struct report_count){i ? "404" : "500", 1};
        struct report_error *error = report_list_add(p->parts[i].report, &run->errors, sizeof *error);
        *error = (struct report_error){"timeout", 3, i ? "late" : NULL};
    }
    assert_int_equal(merge_shares(p->parts, 2, &p->err), 0);
    const struct report_count *codes = runs(p)->status_codes.items;
    const struct report_error *errors = runs(p)->errors.items;
    assert_int_equal(runs(p)->status_codes.count, 3);
    assert_int_equal(codes[0].count, 10);
    assert_string_equal(codes[2].key, "404");
    assert_int_equal(runs(p)->errors.count, 1);
    assert_int_equal(errors->count, 6);
    assert_string_equal(errors->example, "late");
}

static void a_share_with_other_runs_is_refused(void **state) {
    struct parts *p = *state;
    struct report_run *other = p->parts[1].report->runs.items;
    other[1].round = 2;
    expect_refused(p, true, "two.json: b, round 1: there is no such run in it");
    add_run(p->parts[1].report, "b", 1);
    expect_refused(p, true, "two.json has 3 runs where the first has 2");
}

static void a_histogram_that_does_not_hold_what_was_counted_is_refused(void **state) {
    struct parts *p = *state;
    struct report_run *other = p->parts[1].report->runs.items;
    other->latency.count++;
    expect_refused(p, true, "two.json: a, round 1: its histogram does not hold what was counted");
    other->latency.hdr = "HISTFAAA";
    expect_refused(p, true, "two.json: a, round 1: its histogram cannot be read");
    struct report_run *first = p->parts[0].report->runs.items;
    first->latency.hdr = "HISTFAAA";
    expect_refused(p, true, "two.json: a, round 1: the histogram it is to be added to cannot be read");
}

static void a_share_without_any_answer_changes_no_percentile(void **state) {
    struct parts *p = *state;
    struct report_run *other = p->parts[1].report->runs.items;
    const char *before = runs(p)->latency.hdr;
    shape_clear(&report_distribution_shape, &other->latency);
    other->latency.censored = true;
    assert_int_equal(merge_shares(p->parts, 2, &p->err), 0);
    assert_string_equal(runs(p)->latency.hdr, before);
    assert_true(runs(p)->latency.censored);
}

#define WITH_PARTS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_PARTS(rounds_are_numbered_anew),
        WITH_PARTS(comparisons_with_an_earlier_report_are_dropped),
        WITH_PARTS(what_was_joined_is_noted),
        WITH_PARTS(keys_that_differ_are_named),
        WITH_PARTS(other_labels_are_refused),
        WITH_PARTS(the_same_report_twice_is_refused),
        WITH_PARTS(what_a_joined_report_holds_is_not_joined_again),
        WITH_PARTS(joined_one_after_another_reports_are_noted_as_if_at_once),
        WITH_PARTS(the_sum_of_two_histograms_is_that_of_all_their_requests),
        WITH_PARTS(requests_per_second_of_shares_are_over_the_longest_time_that_one_was_given),
        WITH_PARTS(shares_are_added_up),
        WITH_PARTS(slices_of_shares_are_added_second_by_second),
        WITH_PARTS(of_two_slices_within_a_longer_one_the_later_says_what_is_in_flight),
        WITH_PARTS(rates_of_shares_are_added_stage_by_stage),
        WITH_PARTS(shares_of_other_stages_or_times_are_refused),
        WITH_PARTS(statuses_and_errors_of_shares_are_added_by_their_names),
        WITH_PARTS(a_share_with_other_runs_is_refused),
        WITH_PARTS(a_histogram_that_does_not_hold_what_was_counted_is_refused),
        WITH_PARTS(a_share_without_any_answer_changes_no_percentile),
    };
    return cmocka_run_group_tests_name("compare/merge", tests, NULL, NULL);
}
