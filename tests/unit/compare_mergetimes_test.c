/* Shares of one load that did not begin at the same moment. */
#include "merging_made.h"

static struct report_run *begin_at(struct parts *p, size_t i, double skew_s, double wall_s) {
    struct report_run *run = p->parts[i].report->runs.items;
    set_skew(p, i, skew_s, 0);
    run->wall_s = wall_s;
    return run;
}

static void set_gap(struct report_run *run, double from_s, double until_s) {
    run->largest_completion_gap_at_s = from_s;
    run->largest_completion_gap_s = until_s - from_s;
}

static bool is_near(double value, double expected) {
    return fabs(value - expected) < 1e-9;
}

static void the_time_of_a_sum_is_from_the_first_go_to_the_last_end(void **state) {
    struct parts *p = *state;
    begin_at(p, 0, -.25, 1);
    begin_at(p, 1, .5, 1)->requests_per_s = SHARE / 3.0;
    assert_int_equal(add_all(p), 0);
    assert_true(is_near(runs(p)->wall_s, 1.75));
    assert_true(is_near(runs(p)->requests_per_s, 2 * SHARE / 3.75));
    assert_true(runs(p)[1].wall_s == 1); /* of which nothing was agreed */
}

static void a_sum_that_is_added_to_another_part_keeps_its_begin(void **state) {
    struct parts *p = *state;
    begin_at(p, 0, -.25, 1);
    p->count = 1;
    assert_int_equal(add_all(p), 0);
    struct report *sum = p->whole;
    p->whole = NULL;
    begin_anew(p);
    report_close(p->parts[0].report);
    p->parts[0].report = sum;
    begin_at(p, 1, .5, 1);
    p->count = 2;
    assert_int_equal(add_all(p), 0);
    assert_true(is_near(runs(p)->wall_s, 1.75));
}

static void seconds_are_counted_from_the_first_go(void **state) {
    struct parts *p = *state;
    begin_at(p, 0, 0, 2);
    begin_at(p, 1, -.9, 2);
    for (int i = 0; i < 2; i++) {
        add_slice(p, i, 0, 1, 10);
        add_slice(p, i, 1, 1, 20);
    }
    assert_int_equal(add_all(p), 0);
    const struct report_slice *sum = runs(p)->slices.items;
    static const int64_t completed[] = {10, 30, 20};
    assert_int_equal(runs(p)->slices.count, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sum[i].completed, completed[i]);
        assert_true(sum[i].t_s == i && sum[i].length_s == 1);
    }
}

static void nothing_was_completed_where_the_largest_gaps_of_all_parts_overlap(void **state) {
    struct parts *p = *state;
    set_gap(begin_at(p, 0, 0, 9), 2, 5);
    set_gap(begin_at(p, 1, .5, 9), 2, 6);
    assert_int_equal(add_all(p), 0);
    assert_true(is_near(runs(p)->largest_completion_gap_at_s, 2.5));
    assert_true(is_near(runs(p)->largest_completion_gap_s, 2.5));
}

static void a_part_without_any_answer_bounds_no_gap(void **state) {
    struct parts *p = *state;
    set_gap(begin_at(p, 0, 0, 9), 2, 5);
    struct report_run *other = begin_at(p, 1, 0, 9);
    other->requests.completed = 0;
    shape_clear(&report_distribution_shape, &other->latency);
    shape_clear(&report_distribution_shape, &other->service_time);
    assert_int_equal(add_all(p), 0);
    assert_true(is_near(runs(p)->largest_completion_gap_s, 3));
}

static void gaps_at_different_times_or_by_unknown_clocks_are_none(void **state) {
    struct parts *p = *state;
    set_gap(begin_at(p, 0, 0, 9), 2, 4);
    set_gap(begin_at(p, 1, 0, 9), 4, 6);
    assert_int_equal(add_all(p), 0);
    assert_true(isnan(runs(p)->largest_completion_gap_s));
    begin_anew(p);
    set_gap(begin_at(p, 0, 0, 9), 2, 5);
    struct report_run *other = begin_at(p, 1, 0, 9);
    set_gap(other, 2, 5);
    other->start_agreed_s = NAN;
    assert_int_equal(add_all(p), 0);
    assert_true(isnan(runs(p)->largest_completion_gap_s));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_PARTS(the_time_of_a_sum_is_from_the_first_go_to_the_last_end),
        WITH_PARTS(a_sum_that_is_added_to_another_part_keeps_its_begin),
        WITH_PARTS(seconds_are_counted_from_the_first_go),
        WITH_PARTS(nothing_was_completed_where_the_largest_gaps_of_all_parts_overlap),
        WITH_PARTS(a_part_without_any_answer_bounds_no_gap),
        WITH_PARTS(gaps_at_different_times_or_by_unknown_clocks_are_none),
    };
    return cmocka_run_group_tests_name("compare/mergetimes", tests, NULL, NULL);
}
