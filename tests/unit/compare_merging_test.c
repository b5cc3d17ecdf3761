/* Shares of one load, added up. */
#include "merging_made.h"

static void the_sum_of_two_histograms_is_that_of_all_their_requests(void **state) {
    struct parts *p = *state;
    struct report_distribution all;
    assert_int_equal(add_all(p), 0);
    const struct report_distribution *sum = &runs(p)[0].latency;
    assert_int_equal(distribution_of_histogram(&all, &p->whole->arena, p->all, NULL), 0);
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
    assert_int_equal(add_all(p), 0);
    assert_true(runs(p)->wall_s == 1);
    assert_true(runs(p)->requests_per_s == SHARE / 2.0);
}

static void shares_are_added_up(void **state) {
    struct parts *p = *state;
    struct report_run *other = p->parts[1].report->runs.items;
    other->wall_s = 2;
    assert_int_equal(add_all(p), 0);
    const struct report_run *run = runs(p);
    assert_int_equal(p->whole->runs.count, 2);
    assert_int_equal(run->requests.total, 2 * SHARE + 6);
    assert_int_equal(run->requests.failed, 4);
    assert_true(run->wall_s == 2);
    assert_true(run->requests_per_s == SHARE);
    assert_true(isnan(run->largest_completion_gap_s));
    assert_int_equal(run->concurrency, 2);
    assert_int_equal(run->client.memory_bytes, 2000);
    assert_int_equal(run->client.max_rss_bytes, 5000);
    assert_true(fabs(run->client.cpu_us_per_request - 8e5 / (2 * SHARE + 4)) < 1e-6);
    assert_int_equal(p->whole->plan.requests, 806);
}

static void with_a_part_whose_cost_is_unknown_that_of_the_sum_is(void **state) {
    struct parts *p = *state;
    struct report_run *other = p->parts[1].report->runs.items;
    other->client.cpu_user_s = other->client.cpu_system_s = NAN;
    assert_int_equal(add_all(p), 0);
    assert_true(isnan(runs(p)->client.cpu_user_s) && isnan(runs(p)->client.cpu_us_per_request));
    assert_true(runs(p)[1].client.cpu_user_s == .5);
}

static void slices_of_shares_are_added_second_by_second(void **state) {
    struct parts *p = *state;
    add_slice(p, 0, 0, 1.002, 10);
    add_slice(p, 0, 1.002, .3, 20);
    add_slice(p, 1, 0, 1, 1);
    add_slice(p, 1, 1, 1, 2);
    add_slice(p, 1, 2, 1, 3);
    assert_int_equal(add_all(p), 0);
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
    assert_int_equal(add_all(p), 0);
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
    assert_int_equal(add_all(p), 0);
    const struct report *whole = p->whole;
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
    expect_refused(p, "plan.duration_s, plan.stages differ");
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
    assert_int_equal(add_all(p), 0);
    const struct report_count *codes = runs(p)->status_codes.items;
    const struct report_error *errors = runs(p)->errors.items;
    assert_int_equal(runs(p)->status_codes.count, 3);
    assert_int_equal(codes[0].count, 10);
    assert_string_equal(codes[1].key, "404");
    assert_int_equal(runs(p)->errors.count, 1);
    assert_int_equal(errors->count, 6);
    assert_string_equal(errors->example, "late");
}

static void keys_that_differ_are_named(void **state) {
    struct parts *p = *state;
    p->parts[1].report->plan.keepalive = false;
    p->parts[1].report->plan.requests = 10;                /* a part of the sum */
    p->parts[1].report->environment.cpu_model = "another"; /* no matter */
    expect_refused(p, "one.json and two.json do not belong together: plan.keepalive differs");
}

static void other_labels_are_refused(void **state) {
    struct parts *p = *state;
    struct report_plan_strategy *strategies = p->parts[1].report->plan.strategies.items;
    strategies[1].label = "c";
    expect_refused(p, "plan.strategies");
}

static void the_same_report_twice_is_refused(void **state) {
    struct parts *p = *state;
    report_close(p->parts[1].report);
    p->parts[1].report = new_report(1, NULL);
    expect_refused(p, "one.json and two.json are the same report");
}

static void what_a_sum_holds_is_not_added_again(void **state) {
    struct parts *p = *state;
    for (uint64_t seed = 1; seed <= 17; seed += 16) {
        assert_int_equal(add_all(p), 0);
        struct report *sum = p->whole;
        p->whole = NULL;
        begin_anew(p);
        report_close(p->parts[0].report);
        p->parts[0] = (struct merge_part){"all.json", sum};
        report_close(p->parts[1].report);
        p->parts[1].report = new_report(seed, NULL);
        expect_refused(p, "all.json and two.json hold the same report");
        p->parts[0].name = "one.json";
        begin_anew(p);
    }
}

static void a_complete_share_without_a_run_of_the_others_is_refused(void **state) {
    struct parts *p = *state;
    struct report_run *other = p->parts[1].report->runs.items;
    other[1].round = 2;
    expect_refused(p, "two.json: b, round 1: there is no such run in it");
}

static void a_histogram_that_does_not_hold_what_was_counted_is_refused(void **state) {
    struct parts *p = *state;
    struct report_run *other = p->parts[1].report->runs.items;
    other->latency.count++;
    expect_refused(p, "two.json: a, round 1: its histogram does not hold what was counted");
    begin_anew(p);
    other = p->parts[1].report->runs.items;
    other->latency.hdr = "HISTFAAA";
    expect_refused(p, "two.json: a, round 1: its histogram cannot be read");
}

static void a_share_without_any_answer_changes_no_percentile(void **state) {
    struct parts *p = *state;
    struct report_run *first = p->parts[0].report->runs.items, *other = p->parts[1].report->runs.items;
    char *before = strdup(first->latency.hdr);
    shape_clear(&report_distribution_shape, &other->latency);
    other->latency.censored = true;
    assert_int_equal(add_all(p), 0);
    assert_string_equal(runs(p)->latency.hdr, before);
    assert_true(runs(p)->latency.censored);
    free(before);
}

static void set_least(struct parts *p, size_t i, double p50_s, double p99_s) {
    struct report_run *run = p->parts[i].report->runs.items;
    run->latency.censored = true;
    run->latency.least_s = arena_alloc(&p->parts[i].report->arena, sizeof *run->latency.least_s);
    *run->latency.least_s = run->latency.percentiles_s;
    run->latency.least_s->p50 = p50_s;
    run->latency.least_s->p99 = p99_s;
}

static void with_what_was_cut_off_a_sum_is_no_faster_than_its_fastest_part(void **state) {
    struct parts *p = *state;
    set_least(p, 0, .01, 5);
    set_least(p, 1, .02, 3);
    assert_int_equal(add_all(p), 0);
    const struct report_distribution *sum = &runs(p)->latency;
    assert_non_null(sum->least_s);
    assert_true(sum->least_s->p99 == 3);
    assert_true(sum->least_s->p50 == sum->percentiles_s.p50); /* which those that were completed say */
    assert_null(runs(p)[1].latency.least_s);
}

static void where_a_part_is_all_cut_off_a_sum_is_bounded_by_nothing(void **state) {
    struct parts *p = *state;
    struct report_run *other = p->parts[1].report->runs.items;
    set_least(p, 0, .01, 5);
    shape_clear(&report_distribution_shape, &other->latency);
    other->latency.censored = true;
    assert_int_equal(add_all(p), 0);
    assert_null(runs(p)->latency.least_s);
    assert_true(runs(p)->latency.censored);
}

static void most_parts_say_what_limited_the_load(void **state) {
    struct parts *p = *state;
    struct report *third = new_report(33, NULL);
    third->started_at = "2026-01-02T03:04:07.000Z";
    p->parts[2] = (struct merge_part){"three.json", third};
    p->count = 3;
    for (size_t i = 0; i < 3; i++) {
        struct report_run *run = p->parts[i].report->runs.items;
        run[0].limited_by = i == 1 ? "client" : "server";
        run[0].limited_by_reason = i == 1 ? "busy" : i ? "slow" : "slower";
        run[1].limited_by = i == 1 ? "client" : NULL;
        run[1].limited_by_reason = i == 1 ? "busy" : "nothing was seen";
    }
    assert_int_equal(add_all(p), 0);
    assert_string_equal(runs(p)[0].limited_by, "server");
    assert_string_equal(runs(p)[0].limited_by_reason, "slower");
    assert_null(runs(p)[1].limited_by);
    assert_string_equal(runs(p)[1].limited_by_reason, "nothing was seen");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_PARTS(the_sum_of_two_histograms_is_that_of_all_their_requests),
        WITH_PARTS(requests_per_second_of_shares_are_over_the_longest_time_that_one_was_given),
        WITH_PARTS(shares_are_added_up),
        WITH_PARTS(with_a_part_whose_cost_is_unknown_that_of_the_sum_is),
        WITH_PARTS(slices_of_shares_are_added_second_by_second),
        WITH_PARTS(of_two_slices_within_a_longer_one_the_later_says_what_is_in_flight),
        WITH_PARTS(rates_of_shares_are_added_stage_by_stage),
        WITH_PARTS(shares_of_other_stages_or_times_are_refused),
        WITH_PARTS(statuses_and_errors_of_shares_are_added_by_their_names),
        WITH_PARTS(keys_that_differ_are_named),
        WITH_PARTS(other_labels_are_refused),
        WITH_PARTS(the_same_report_twice_is_refused),
        WITH_PARTS(what_a_sum_holds_is_not_added_again),
        WITH_PARTS(a_complete_share_without_a_run_of_the_others_is_refused),
        WITH_PARTS(a_histogram_that_does_not_hold_what_was_counted_is_refused),
        WITH_PARTS(a_share_without_any_answer_changes_no_percentile),
        WITH_PARTS(with_what_was_cut_off_a_sum_is_no_faster_than_its_fastest_part),
        WITH_PARTS(where_a_part_is_all_cut_off_a_sum_is_bounded_by_nothing),
        WITH_PARTS(most_parts_say_what_limited_the_load),
    };
    return cmocka_run_group_tests_name("compare/merging", tests, NULL, NULL);
}
