/* Which shares a sum is made of: their order, those that are missing, their rows and what sets a host apart.
 */
#include "merging_made.h"

#include "record/recording.h"

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

static void a_share_that_broke_off_has_a_row_that_says_why(void **state) {
    struct parts *p = *state;
    set_share(p, 0, 0, 2);
    set_share(p, 1, 1, 2);
    p->parts[1].report->complete = false;
    merging_lost(p->merging, 0, "node", "it was whole all the same");
    assert_int_equal(add(p, 1), 0);
    merging_lost(p->merging, 1, "other", "its worker was ended by signal 9");
    p->count = 1;
    assert_int_equal(add_all(p), 0);
    const struct report_host *hosts = p->whole->hosts.items;
    assert_null(hosts[0].lost);
    assert_string_equal(hosts[1].lost, "its share is not whole: its worker was ended by signal 9");
    assert_string_equal(hosts[1].report, "two.json");
    assert_int_equal(hosts[1].runs.count, 2);
    assert_int_equal(p->whole->merged->parts.count, 2);
    assert_false(p->whole->complete);
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

/* As if each host's median were known to one percent. */
static struct report_run *set_p50(struct parts *p, size_t i, double p50_s) {
    struct report_run *run = p->parts[i].report->runs.items;
    run->latency.percentiles_s.p50 = p50_s;
    run->latency.ci95_s.p50[0] = .99 * p50_s;
    run->latency.ci95_s.p50[1] = 1.01 * p50_s;
    return run;
}

static const struct report_list *remarks_of(const struct parts *p, size_t host) {
    const struct report_host *hosts = p->whole->hosts.items;
    return &((const struct report_host_run *)hosts[host].runs.items)->remarks;
}

static const char *remark(const struct parts *p, size_t host, size_t i) {
    assert_true(i < remarks_of(p, host)->count);
    return ((const char *const *)remarks_of(p, host)->items)[i];
}

static void a_host_with_nothing_the_matter_has_no_remark(void **state) {
    struct parts *p = *state;
    set_p50(p, 0, .01);
    set_p50(p, 1, .0104);
    assert_int_equal(add_all(p), 0);
    assert_int_equal(remarks_of(p, 0)->count, 0);
    assert_int_equal(remarks_of(p, 1)->count, 0);
}

static void a_host_that_is_slower_or_limited_or_fails_more_is_told(void **state) {
    struct parts *p = *state;
    set_p50(p, 0, .01);
    struct report_run *run = set_p50(p, 1, .016);
    run->limited_by = "client";
    run->requests.failed = 100;
    assert_int_equal(add_all(p), 0);
    assert_int_equal(remarks_of(p, 0)->count, 0);
    assert_string_equal(remark(p, 1, 0), "limited by its client");
    assert_string_equal(remark(p, 1, 1), "slower than the others in this run, p50 16.0ms beside 10.0ms");
    assert_string_equal(
        remark(p, 1, 2),
        "failing more than the others by more than chance, 20 % of its requests beside 0.498 %");
}

/* In each of two rounds. */
static void set_rounds(struct parts *p, double first_s, double second_s) {
    for (size_t i = 0; i < 2; i++)
        for (size_t round = 0; round < 2; round++) {
            struct report_run *run = (struct report_run *)p->parts[i].report->runs.items + round;
            run->label = "a";
            run->round = (int64_t)round + 1;
            run->latency.percentiles_s.p50 = i == 0 ? .01 : round == 0 ? first_s : second_s;
            run->latency.ci95_s.p50[0] = .99 * run->latency.percentiles_s.p50;
            run->latency.ci95_s.p50[1] = 1.01 * run->latency.percentiles_s.p50;
        }
}

static void of_several_rounds_a_host_is_slower_by_all_of_them(void **state) {
    struct parts *p = *state;
    set_rounds(p, .02, .021);
    assert_int_equal(add_all(p), 0);
    assert_int_equal(remarks_of(p, 0)->count, 0);
    assert_string_equal(remark(p, 1, 0),
                        "slower than the others by more than chance, p50 20.0ms beside 10.0ms");
    begin_anew(p);
    set_rounds(p, .02, .0095);
    assert_int_equal(add_all(p), 0);
    assert_int_equal(remarks_of(p, 1)->count, 0);
}

static void a_host_is_late_or_early_beyond_what_its_clock_may_be_off_by(void **state) {
    struct parts *p = *state;
    set_skew(p, 0, .0031, .001);
    set_skew(p, 1, -.0031, .001);
    assert_int_equal(add_all(p), 0);
    assert_string_equal(remark(p, 0, 0), "began 3.10ms late");
    assert_string_equal(remark(p, 1, 0), "began 3.10ms early");
    begin_anew(p);
    set_skew(p, 0, .0031, .0022);
    set_skew(p, 1, .0009, 0);
    assert_int_equal(add_all(p), 0);
    assert_int_equal(remarks_of(p, 0)->count, 0);
    assert_int_equal(remarks_of(p, 1)->count, 0);
}

static void what_did_not_wait_for_the_word_or_sent_nothing_was_not_early(void **state) {
    struct parts *p = *state;
    set_skew(p, 0, -.5, 0);
    set_skew(p, 1, -.5, 0);
    struct report_run *first = p->parts[0].report->runs.items, *second = p->parts[1].report->runs.items;
    *(const char **)report_list_add(p->parts[0].report, &first->notes, sizeof(const char *)) =
        RECORDING_BEGAN_UNASKED;
    second->requests = (struct report_requests){.total = 5, .not_started = 5};
    shape_clear(&report_distribution_shape, &second->latency);
    shape_clear(&report_distribution_shape, &second->service_time);
    assert_int_equal(add_all(p), 0);
    const struct report_host *hosts = p->whole->hosts.items;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(remarks_of(p, i)->count, 0);
        assert_true(isnan(((const struct report_host_run *)hosts[i].runs.items)->start_skew_s));
    }
}

static void against_a_ceiling_nobody_is_slow(void **state) {
    struct parts *p = *state;
    set_p50(p, 0, .01)->ceiling = true;
    set_p50(p, 1, .02)->ceiling = true;
    assert_int_equal(add_all(p), 0);
    assert_int_equal(remarks_of(p, 1)->count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_PARTS(what_is_no_sum_is_that_of_the_first_share),
        WITH_PARTS(the_order_of_shares_makes_no_difference),
        WITH_PARTS(a_share_that_is_missing_has_a_row_and_leaves_the_sum_incomplete),
        WITH_PARTS(one_share_alone_is_a_sum_as_well),
        WITH_PARTS(a_sum_of_nothing_is_refused),
        WITH_PARTS(a_missing_share_is_added_later),
        WITH_PARTS(a_share_given_twice_is_refused),
        WITH_PARTS(shares_of_other_numbers_are_refused),
        WITH_PARTS(a_share_that_broke_off_has_a_row_that_says_why),
        WITH_PARTS(a_run_that_a_broken_off_share_lacks_is_the_sum_of_the_others),
        WITH_PARTS(a_row_says_how_much_later_than_agreed_its_host_began),
        WITH_PARTS(a_row_has_what_the_part_counted),
        WITH_PARTS(a_host_with_nothing_the_matter_has_no_remark),
        WITH_PARTS(a_host_that_is_slower_or_limited_or_fails_more_is_told),
        WITH_PARTS(of_several_rounds_a_host_is_slower_by_all_of_them),
        WITH_PARTS(a_host_is_late_or_early_beyond_what_its_clock_may_be_off_by),
        WITH_PARTS(what_did_not_wait_for_the_word_or_sent_nothing_was_not_early),
        WITH_PARTS(against_a_ceiling_nobody_is_slow),
    };
    return cmocka_run_group_tests_name("compare/hosts", tests, NULL, NULL);
}
