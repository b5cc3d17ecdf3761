/* Shares of one load, added up. */
#include "compare/merging.h"

#include "merge_made.h"

/* Parts, and what their requests come to when one histogram takes them all. */
struct parts {
    struct merge_part parts[3];
    size_t count;
    struct histogram *all;
    struct merging *merging;
    struct report *whole;
    struct err err;
};

static int set_up(void **state) {
    struct parts *p = calloc(1, sizeof *p);
    p->all = calloc(1, sizeof *p->all);
    p->parts[0] = (struct merge_part){"one.json", new_report(1, p->all)};
    p->parts[1] = (struct merge_part){"two.json", new_report(17, p->all)};
    p->count = 2;
    p->merging = merging_open();
    *state = p;
    return 0;
}

static int tear_down(void **state) {
    struct parts *p = *state;
    for (size_t i = 0; i < p->count; i++)
        report_close(p->parts[i].report);
    merging_close(p->merging);
    report_close(p->whole);
    free(p->all);
    free(p);
    return 0;
}

static int add(struct parts *p, size_t i) {
    struct report *part = p->parts[i].report;
    p->parts[i].report = NULL;
    return merging_add(p->merging, p->parts[i].name, part, &p->err);
}

/* Adds all, and takes the whole. */
static int add_all(struct parts *p) {
    for (size_t i = 0; i < p->count; i++)
        if (p->parts[i].report && add(p, i))
            return -1;
    p->whole = merging_finish(p->merging, &p->err);
    return p->whole ? 0 : -1;
}

/* As if nothing had been added. */
static void begin_anew(struct parts *p) {
    report_close(p->whole);
    merging_close(p->merging);
    p->whole = NULL;
    p->merging = merging_open();
    p->err = (struct err){0};
    for (size_t i = 0; i < 2; i++) {
        report_close(p->parts[i].report);
        p->parts[i].report = new_report(i ? 17 : 1, NULL);
    }
}

static const struct report_run *runs(const struct parts *p) {
    return p->whole->runs.items;
}

static void expect_refused(struct parts *p, const char *words) {
    assert_int_equal(add_all(p), -1);
    assert_int_equal(p->err.kind, ERR_USAGE);
    assert_non_null(strstr(p->err.text, words));
}

static void set_share(struct parts *p, size_t i, int64_t index, int64_t count) {
    struct report *r = p->parts[i].report;
    report_set_share(r, "mpi");
    r->share->index = index;
    r->share->count = count;
    r->share->host = i ? "other" : "node";
}

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

static void what_is_no_sum_is_that_of_the_first_share(void **state) {
    struct parts *p = *state;
    set_share(p, 0, 1, 2);
    set_share(p, 1, 0, 2);
    p->parts[1].report->environment.cpu_model = "the first share's";
    assert_int_equal(add_all(p), 0);
    const struct report_host *hosts = p->whole->hosts.items;
    const struct report_part *parts = p->whole->merged->parts.items;
    assert_string_equal(p->whole->environment.cpu_model, "the first share's");
    assert_null(p->whole->share);
    assert_int_equal(p->whole->merged->shares, 2);
    assert_string_equal(parts[0].name, "two.json");
    assert_int_equal(p->whole->hosts.count, 2);
    assert_string_equal(hosts[0].report, "two.json");
    assert_string_equal(hosts[0].host, "other");
    assert_int_equal(hosts[1].rank, 1);
    assert_true(p->whole->complete);
}

/* All of it as text. */
static char *written(const struct report *r) {
    struct buf text;
    buf_init(&text, REPORT_TEXT_LIMIT);
    assert_int_equal(report_write_text(r, &text), 0);
    char *copy = strdup(buf_text(&text));
    buf_fini(&text);
    return copy;
}

/* Parts that differ in all of which one stands for both. */
static void make_different(struct parts *p) {
    for (size_t i = 0; i < 2; i++) {
        struct report *r = p->parts[i].report;
        struct report_run *run = r->runs.items;
        set_share(p, i, (int64_t)i, 2);
        add_slice(p, (int)i, 0, 1, 10)->due = .1 + (double)i / 3;
        add_slice(p, (int)i, i ? 1 : 1.3, 1, 10);
        run->client.cpu_user_s = .1 + (double)i / 7;
        run->limited_by = i ? "client" : "server";
        run->limited_by_reason = i ? "busy" : "slow";
        run->exit.reason = i ? "killed" : "crashed";
        *(const char **)report_list_add(r, &run->notes, sizeof(const char *)) = i ? "one" : "two";
        *(struct report_trust *)report_list_add(r, &run->trust, sizeof(struct report_trust)) =
            (struct report_trust){.check = "rate", .status = "warn", .value = .1 * (double)i};
        *(struct report_count *)report_list_add(r, &run->status_codes, sizeof(struct report_count)) =
            (struct report_count){i ? "404" : "500", 1};
        *(struct report_error *)report_list_add(r, &run->errors, sizeof(struct report_error)) =
            (struct report_error){i ? "timeout" : "tls", 3, i ? "late" : NULL};
    }
}

static void the_order_of_shares_makes_no_difference(void **state) {
    struct parts *p = *state;
    char *texts[2];
    for (size_t i = 0; i < 2; i++) {
        begin_anew(p);
        make_different(p);
        assert_int_equal(add(p, i), 0);
        assert_int_equal(add_all(p), 0);
        texts[i] = written(p->whole);
    }
    assert_string_equal(texts[0], texts[1]);
    free(texts[0]);
    free(texts[1]);
}

static void a_share_that_is_missing_has_a_row_and_leaves_the_sum_incomplete(void **state) {
    struct parts *p = *state;
    set_share(p, 0, 0, 4);
    set_share(p, 1, 2, 4);
    merging_lost(p->merging, 3, "node3", "it was killed");
    assert_int_equal(add_all(p), 0);
    const struct report_host *hosts = p->whole->hosts.items;
    assert_int_equal(p->whole->hosts.count, 4);
    assert_false(p->whole->complete);
    assert_null(hosts[0].lost);
    assert_string_equal(hosts[1].lost, "its report is missing");
    assert_null(hosts[1].host);
    assert_null(hosts[2].lost);
    assert_string_equal(hosts[3].lost, "it was killed");
    assert_string_equal(hosts[3].host, "node3");
    assert_int_equal(p->whole->merged->parts.count, 2);
}

static void one_share_alone_is_a_sum_as_well(void **state) {
    struct parts *p = *state;
    report_close(p->parts[1].report);
    p->count = 1;
    set_share(p, 0, 1, 2);
    assert_int_equal(add_all(p), 0);
    assert_int_equal(runs(p)->requests.completed, SHARE);
    assert_int_equal(p->whole->hosts.count, 2);
    assert_false(p->whole->complete);
}

static void a_sum_of_nothing_is_refused(void **state) {
    struct parts *p = *state;
    assert_null(merging_finish(p->merging, &p->err));
    assert_non_null(strstr(p->err.text, "no report of any share"));
}

static void a_missing_share_is_added_later(void **state) {
    struct parts *p = *state;
    struct report *third = new_report(33, NULL);
    third->started_at = "2026-01-02T03:04:07.000Z";
    set_share(p, 0, 2, 3);
    set_share(p, 1, 0, 3);
    assert_int_equal(add_all(p), 0);
    p->parts[0] = (struct merge_part){"all.json", p->whole};
    p->parts[1] = (struct merge_part){"three.json", third};
    p->whole = NULL;
    set_share(p, 1, 1, 3);
    merging_close(p->merging);
    p->merging = merging_open();
    assert_int_equal(add_all(p), 0);
    const struct report_host *hosts = p->whole->hosts.items;
    static const char *const names[] = {"two.json", "three.json", "one.json"};
    assert_int_equal(p->whole->hosts.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_null(hosts[i].lost);
        assert_string_equal(hosts[i].report, names[i]);
        assert_int_equal(hosts[i].runs.count, 2);
    }
    assert_true(p->whole->complete);
    assert_int_equal(runs(p)->requests.completed, 3 * SHARE);
}

static void a_share_given_twice_is_refused(void **state) {
    struct parts *p = *state;
    set_share(p, 0, 1, 2);
    set_share(p, 1, 1, 2);
    expect_refused(p, "one.json and two.json are both share 2 of 2");
}

static void shares_of_other_numbers_are_refused(void **state) {
    struct parts *p = *state;
    set_share(p, 0, 0, 2);
    set_share(p, 1, 1, 3);
    expect_refused(p, "one.json is of a load in 2 shares, and two.json of one in 3");
    begin_anew(p);
    set_share(p, 1, 1, 2);
    expect_refused(p, "two.json says which share of a load it is, and one.json does not");
    begin_anew(p);
    set_share(p, 0, 2, 2);
    expect_refused(p, "one.json says that it is share 3 of 2, which there cannot be");
}

static void a_run_that_a_broken_off_share_lacks_is_the_sum_of_the_others(void **state) {
    struct parts *p = *state;
    struct report *second = p->parts[1].report;
    set_share(p, 0, 0, 2);
    set_share(p, 1, 1, 2);
    second->runs.count = 1;
    second->complete = false;
    assert_int_equal(add_all(p), 0);
    const char *const *notes = runs(p)[1].notes.items;
    assert_int_equal(runs(p)[0].requests.completed, 2 * SHARE);
    assert_int_equal(runs(p)[0].notes.count, 0);
    assert_int_equal(runs(p)[1].requests.completed, SHARE);
    assert_int_equal(runs(p)[1].notes.count, 1);
    assert_string_equal(notes[0], "the share of rank 1 is missing in it");
    assert_false(p->whole->complete);
}

static void a_row_says_how_much_later_than_agreed_its_host_began(void **state) {
    struct parts *p = *state;
    set_share(p, 0, 0, 2);
    set_share(p, 1, 1, 2);
    for (size_t i = 0; i < 2; i++) {
        struct report_run *run = p->parts[i].report->runs.items;
        report_add_clock(p->parts[i].report, i ? 1000 : 0, i ? 900 : 0, i ? 2e-5 : 0);
        run->start_agreed_s = 110;
        run->clock_go_s = i ? 1010.503 : 110.001;
    }
    report_add_clock(p->parts[1].report, 1021.006, 901, 6e-5);
    assert_int_equal(add_all(p), 0);
    const struct report_host *hosts = p->whole->hosts.items;
    const struct report_host_run *first = hosts[0].runs.items, *second = hosts[1].runs.items;
    assert_true(fabs(first->start_skew_s - .001) < 1e-9);
    assert_true(first->start_skew_error_s == 0);
    assert_true(fabs(second->start_skew_s - .003) < 1e-9);
    assert_true(fabs(second->start_skew_error_s - 3e-5) < 1e-12);
    assert_true(isnan(second[1].start_skew_s));
    assert_true(hosts[1].clock_offset_s[0] == 900 && hosts[1].clock_offset_s[1] == 901);
    assert_true(hosts[1].clock_round_trip_s == 6e-5);
    assert_true(runs(p)->start_agreed_s == 110);
}

static void a_row_has_what_the_part_counted(void **state) {
    struct parts *p = *state;
    struct report_run *other = p->parts[1].report->runs.items;
    other->requests.failed = 7;
    other->limited_by = "client";
    static const char *const statuses[] = {"pass", "warn", "unknown", "fail"};
    for (size_t i = 0; i < 4; i++)
        *(struct report_trust *)report_list_add(p->parts[1].report, &other->trust,
                                                sizeof(struct report_trust)) =
            (struct report_trust){.check = statuses[i], .status = statuses[i]};
    assert_int_equal(add_all(p), 0);
    const struct report_host *hosts = p->whole->hosts.items;
    const struct report_host_run *row = hosts[1].runs.items;
    const struct report_trust *trust = row->trust.items;
    assert_int_equal(hosts[1].rank, 1);
    assert_string_equal(row->label, "a");
    assert_int_equal(row->requests.failed, 7);
    assert_int_equal(row->latency.count, SHARE);
    assert_true(row->latency.p50_ci95_s[0] <= row->latency.p50_s);
    assert_string_equal(row->limited_by, "client");
    assert_int_equal(row->trust.count, 2);
    assert_string_equal(trust[1].check, "fail");
    assert_true(fabs(row->cpu_share - .4) < 1e-9);
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

#define WITH_PARTS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_PARTS(the_sum_of_two_histograms_is_that_of_all_their_requests),
        WITH_PARTS(requests_per_second_of_shares_are_over_the_longest_time_that_one_was_given),
        WITH_PARTS(shares_are_added_up),
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
        WITH_PARTS(what_is_no_sum_is_that_of_the_first_share),
        WITH_PARTS(the_order_of_shares_makes_no_difference),
        WITH_PARTS(a_share_that_is_missing_has_a_row_and_leaves_the_sum_incomplete),
        WITH_PARTS(one_share_alone_is_a_sum_as_well),
        WITH_PARTS(a_sum_of_nothing_is_refused),
        WITH_PARTS(a_missing_share_is_added_later),
        WITH_PARTS(a_share_given_twice_is_refused),
        WITH_PARTS(shares_of_other_numbers_are_refused),
        WITH_PARTS(a_run_that_a_broken_off_share_lacks_is_the_sum_of_the_others),
        WITH_PARTS(a_row_says_how_much_later_than_agreed_its_host_began),
        WITH_PARTS(a_row_has_what_the_part_counted),
        WITH_PARTS(most_parts_say_what_limited_the_load),
    };
    return cmocka_run_group_tests_name("compare/merging", tests, NULL, NULL);
}
