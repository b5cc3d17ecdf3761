/* Thresholds: what can be read, and when a figure breaks one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compare/threshold.h"
#include "record/histogram.h"
#include "report/fields.h"

static void expect_read(const char *text, const char *metric, bool is_upper, bool inclusive, double bound) {
    struct threshold t;
    struct err err = {0};
    assert_int_equal(threshold_read(&t, text, &err), 0);
    assert_string_equal(t.metric->name, metric);
    assert_int_equal(t.is_upper, is_upper);
    assert_int_equal(t.inclusive, inclusive);
    assert_true(fabs(t.bound - bound) <= 1e-12);
}

static void a_threshold_is_a_metric_an_operator_and_a_bound(void **state) {
    (void)state;
    expect_read("p50>20ms", "p50", true, false, .02);
    expect_read("p99.9>=1.5s", "p99.9", true, true, 1.5);
    expect_read("wall < 2m", "wall", false, false, 120);
    expect_read(" p95 <= 0", "p95", false, true, 0);
    expect_read("error_rate>1%", "error_rate", true, false, .01);
    expect_read("error_rate>=100%", "error_rate", true, true, 1);
    expect_read("error_rate>0.01", "error_rate", true, false, .01);
    expect_read("error_rate>0", "error_rate", true, false, 0);
    expect_read("requests_per_s<10k", "requests_per_s", false, false, 10000);
    expect_read("requests_per_s<0.5", "requests_per_s", false, false, .5);
    expect_read("cpu_us_per_request>85.5", "cpu_us_per_request", true, false, 85.5);
    expect_read("cpu_us_per_request>1ms", "cpu_us_per_request", true, false, 1000);
}

static void expect_refused(const char *list, const char *words) {
    struct err err = {0};
    assert_int_equal(threshold_check(list, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.text, words));
}

static void what_is_no_threshold_is_refused_in_a_sentence(void **state) {
    (void)state;
    expect_refused("p99>200", "200ms or 200s?");
    expect_refused("wall>1M", "such as 200ms, not \"1M\"");
    expect_refused("error_rate>1", "1% or 100%?");
    expect_refused("p98>2s", "did you mean p9");
    expect_refused("eror_rate>1%", "did you mean error_rate?");
    expect_refused("nonsense>1", "no metric \"nonsense\"");
    expect_refused("p99=2s", "such as 'p99>200ms'");
    expect_refused("p99", "such as 'p99>200ms'");
    expect_refused("p99>", "not \"\"");
    expect_refused("p99>>2s", "not \">2s\"");
    expect_refused("p99>-2s", "not \"-2s\"");
    expect_refused("error_rate>101%", "not \"101%\"");
    expect_refused("requests_per_s>nan", "not \"nan\"");
    expect_refused("", "such as");
    expect_refused("p99>1s,", "such as");
    expect_refused("p99>1s,p50>x", "p50 takes a bound");
    char longest[600];
    memset(longest, '1', sizeof longest);
    memcpy(longest, "wall>", 5);
    longest[sizeof longest - 1] = '\0';
    expect_refused(longest, "--fail-on");
}

static int set_up(void **state) {
    *state = report_open();
    return 0;
}

static int tear_down(void **state) {
    report_close(*state);
    return 0;
}

static struct report_run *add_run(struct report *r, const char *label, int64_t round, double p99_s) {
    struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
    shape_clear(&report_run_shape, run);
    run->label = label;
    run->round = round;
    run->concurrency = 1;
    run->point = -1;
    run->requests =
        (struct report_requests){.total = 100, .completed = 100, .waited = -1, .oldest_not_started_s = NAN};
    run->latency.percentiles_s.p99 = p99_s;
    run->latency.count = 100;
    return run;
}

static const struct report_threshold *only_row(struct report *r, const char *list) {
    threshold_fill(r, &list, 1);
    assert_int_equal(r->thresholds.count, 1);
    return r->thresholds.items;
}

static bool breaks(struct report *r, const char *list) {
    return only_row(r, list)->broken;
}

static void a_figure_on_the_bound_breaks_only_an_inclusive_one(void **state) {
    struct report *r = *state;
    add_run(r, "a", 1, .25);
    assert_true(breaks(r, "p99>249ms"));
    assert_false(breaks(r, "p99>250ms"));
    assert_true(breaks(r, "p99>=250ms"));
    assert_false(breaks(r, "p99<250ms"));
    assert_true(breaks(r, "p99<=250ms"));
    assert_true(breaks(r, "p99<251ms"));
}

static void the_median_over_rounds_is_judged(void **state) {
    struct report *r = *state;
    add_run(r, "a", 1, .1);
    add_run(r, "a", 2, .9);
    add_run(r, "a", 3, .2);
    assert_false(breaks(r, "p99>200ms"));
    const struct report_threshold *row = only_row(r, "p99>199ms");
    assert_true(row->broken);
    assert_true(fabs(row->value - .2) < 1e-12);
    assert_int_equal(row->rounds, 3);
    assert_null(row->reason);
}

static void failures_are_counted_over_all_rounds(void **state) {
    struct report *r = *state;
    add_run(r, "a", 1, .1)->requests = (struct report_requests){.total = 1000, .completed = 1000};
    add_run(r, "a", 2, .1)->requests =
        (struct report_requests){.total = 100, .completed = 88, .failed = 11, .not_started = 1};
    assert_true(breaks(r, "error_rate>=1%"));
    assert_true(breaks(r, "error_rate>0.99%"));
    assert_false(breaks(r, "error_rate>1.01%"));
}

static void every_label_has_its_own_row_and_repeats_have_none(void **state) {
    struct report *r = *state;
    add_run(r, "a", 1, .1);
    add_run(r, "a", 1, 9)->baseline_repeat = true;
    add_run(r, "b", 1, .3);
    const char *lists[] = {"p99>200ms,p99>250ms", "p99>1s"};
    threshold_fill(r, lists, 2);
    const struct report_threshold *rows = r->thresholds.items;
    static const char *const labels[] = {"a", "b", "a", "b", "a", "b"};
    static const bool broken[] = {false, true, false, true, false, false};
    assert_int_equal(r->thresholds.count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(rows[i].label, labels[i]);
        assert_int_equal(rows[i].broken, broken[i]);
    }
    assert_string_equal(rows[2].expression, "p99>250ms");
    assert_true(threshold_is_broken(r));
}

static void every_point_of_a_sweep_has_its_own_row_and_ceilings_have_none(void **state) {
    struct report *r = *state;
    add_run(r, "a", 1, .3)->point = 1; /* the order of a round is random */
    add_run(r, "a", 1, .1)->point = 0;
    add_run(r, "a", 1, 9)->ceiling = true;
    const char *list = "p99>200ms";
    threshold_fill(r, &list, 1);
    const struct report_threshold *rows = r->thresholds.items;
    assert_int_equal(r->thresholds.count, 2);
    for (int64_t i = 0; i < 2; i++) {
        assert_int_equal(rows[i].point, i);
        assert_int_equal(rows[i].broken, i);
    }
}

static void what_is_not_known_is_broken(void **state) {
    struct report *r = *state;
    add_run(r, "a", 1, NAN);
    const struct report_threshold *row = only_row(r, "p99<1s");
    assert_true(row->broken);
    assert_string_equal(row->reason, "it is not known");
    assert_true(breaks(r, "wall>1s"));
}

/* 90 requests of 100 ms and 10 of 500 ms, and some that timed out. */
static void cut_off(struct report *r, struct report_run *run, int64_t timeouts) {
    struct histogram *h = calloc(1, sizeof *h);
    struct buf text;
    for (int i = 0; i < 100; i++)
        histogram_record(h, i < 90 ? 100000000 : 500000000);
    buf_init(&text, 1 << 20);
    assert_int_equal(histogram_encode_hdr(h, &text), 0);
    run->latency.hdr = arena_strdup(&r->arena, buf_text(&text));
    run->latency.censored = true;
    run->latency.percentiles_s.p50 = .1;
    run->latency.max_s = .5;
    run->requests.failed = timeouts;
    struct report_error *error = report_list_add(r, &run->errors, sizeof *error);
    *error = (struct report_error){.error_class = "timeout", .count = timeouts};
    buf_fini(&text);
    free(h);
}

static void a_percentile_that_requests_cut_off_cannot_reach_is_judged(void **state) {
    struct report *r = *state;
    cut_off(r, add_run(r, "a", 1, .5), 1);
    assert_false(breaks(r, "p50>200ms"));
    assert_false(breaks(r, "p99>600ms")); /* rank 100 of 101 */
    assert_true(breaks(r, "p99>200ms"));
    assert_null(only_row(r, "p99>200ms")->reason);
}

static void a_percentile_that_is_known_to_be_over_the_bound_is_judged(void **state) {
    struct report *r = *state;
    struct report_run *run = add_run(r, "a", 1, .5);
    struct report_percentiles least = {.p50 = .1, .p99 = .7};
    cut_off(r, run, 5);
    run->latency.least_s = &least;
    const struct report_threshold *row = only_row(r, "p99>600ms");
    assert_true(row->broken);
    assert_null(row->reason);
    assert_true(row->value == .7);
    run->latency.least_s = NULL;
}

static void a_percentile_that_requests_cut_off_could_move_cannot_be_judged(void **state) {
    struct report *r = *state;
    struct report_run *run = add_run(r, "a", 1, .5);
    cut_off(r, run, 5);
    const struct report_threshold *row = only_row(r, "p99>600ms");
    assert_true(row->broken);
    assert_non_null(row->reason);
    assert_true(fabs(row->value - .5) < 1e-12);
    assert_false(breaks(r, "p50>200ms"));
    run->latency.hdr = "none";
    assert_true(breaks(r, "p50>200ms")); /* a guard that cannot see */
}

static void service_time_is_judged_apart_from_latency(void **state) {
    struct report *r = *state;
    struct report_run *run = add_run(r, "a", 1, .5);
    run->service_time.percentiles_s.p99 = .1;
    assert_false(breaks(r, "service_p99>200ms"));
    assert_true(breaks(r, "p99>200ms"));
}

static void what_was_never_begun_can_move_latency_and_not_service_time(void **state) {
    struct report *r = *state;
    struct report_run *run = add_run(r, "a", 1, .5);
    cut_off(r, run, 0);
    run->service_time = run->latency;
    run->requests.not_started = 90; /* of which 40 were not due yet */
    run->requests.overdue = 50;
    run->requests.oldest_not_started_s = 2;
    assert_true(breaks(r, "p99>600ms"));
    assert_false(breaks(r, "service_p99>600ms"));
}

/* p99 hardly moves, so the report does not call it censored; the largest could have been any of them. */
static void a_percentile_beyond_those_that_ended_is_open_though_others_are_not(void **state) {
    struct report *r = *state;
    struct report_run *run = add_run(r, "a", 1, .5);
    cut_off(r, run, 0);
    run->latency.censored = false;
    run->latency.percentiles_s.p99_9 = .5;
    run->requests.unfinished = 1;
    assert_true(breaks(r, "p99.9>600ms"));
    assert_false(breaks(r, "p99>600ms"));
    assert_false(breaks(r, "p50>600ms"));
}

static void requests_without_an_answer_are_a_share_of_all(void **state) {
    struct report *r = *state;
    add_run(r, "a", 1, .1)->requests = (struct report_requests){.total = 200,
                                                                .completed = 190,
                                                                .failed = 2,
                                                                .unfinished = 5,
                                                                .not_started = 3,
                                                                .waited = 20,
                                                                .overdue = -1};
    assert_true(breaks(r, "unfinished>=4%"));
    assert_false(breaks(r, "unfinished>4.1%"));
    assert_true(breaks(r, "waited>=10%"));
    assert_false(breaks(r, "waited>10.1%"));
}

static void requests_that_were_not_due_are_no_share(void **state) {
    struct report *r = *state;
    struct report_run *run = add_run(r, "a", 1, .1);
    run->requests = (struct report_requests){.total = 1000, .completed = 99, .not_started = 901};
    assert_false(breaks(r, "unfinished>0%"));
    run->requests.overdue = 1;
    assert_true(breaks(r, "unfinished>=1%"));
    assert_false(breaks(r, "unfinished>1%"));
}

static void a_closed_loop_cannot_be_judged_by_what_waited(void **state) {
    struct report *r = *state;
    add_run(r, "a", 1, .1);
    assert_string_equal(only_row(r, "waited>1%")->reason, "it is not known");
}

static void no_threshold_breaks_nothing(void **state) {
    struct report *r = *state;
    add_run(r, "a", 1, .5);
    threshold_fill(r, NULL, 0);
    assert_int_equal(r->thresholds.count, 0);
    assert_false(threshold_is_broken(r));
}

#define WITH_REPORT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_threshold_is_a_metric_an_operator_and_a_bound),
        cmocka_unit_test(what_is_no_threshold_is_refused_in_a_sentence),
        WITH_REPORT(a_figure_on_the_bound_breaks_only_an_inclusive_one),
        WITH_REPORT(the_median_over_rounds_is_judged),
        WITH_REPORT(failures_are_counted_over_all_rounds),
        WITH_REPORT(every_label_has_its_own_row_and_repeats_have_none),
        WITH_REPORT(every_point_of_a_sweep_has_its_own_row_and_ceilings_have_none),
        WITH_REPORT(what_is_not_known_is_broken),
        WITH_REPORT(a_percentile_that_requests_cut_off_cannot_reach_is_judged),
        WITH_REPORT(a_percentile_that_is_known_to_be_over_the_bound_is_judged),
        WITH_REPORT(a_percentile_that_requests_cut_off_could_move_cannot_be_judged),
        WITH_REPORT(service_time_is_judged_apart_from_latency),
        WITH_REPORT(what_was_never_begun_can_move_latency_and_not_service_time),
        WITH_REPORT(a_percentile_beyond_those_that_ended_is_open_though_others_are_not),
        WITH_REPORT(requests_without_an_answer_are_a_share_of_all),
        WITH_REPORT(requests_that_were_not_due_are_no_share),
        WITH_REPORT(a_closed_loop_cannot_be_judged_by_what_waited),
        WITH_REPORT(no_threshold_breaks_nothing),
    };
    return cmocka_run_group_tests_name("compare/threshold", tests, NULL, NULL);
}
