/* Reports of rounds of one plan, joined. */
#include "merge_made.h"

/* Two parts. */
struct parts {
    struct merge_part parts[2];
    struct err err;
};

static int set_up(void **state) {
    struct parts *p = calloc(1, sizeof *p);
    p->parts[0] = (struct merge_part){"one.json", new_report(1, NULL)};
    p->parts[1] = (struct merge_part){"two.json", new_report(17, NULL)};
    *state = p;
    return 0;
}

static int tear_down(void **state) {
    struct parts *p = *state;
    report_close(p->parts[0].report);
    report_close(p->parts[1].report);
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

static void expect_refused(struct parts *p, const char *words) {
    assert_int_equal(merge_rounds(p->parts, 2, &p->err), -1);
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
    expect_refused(p, "one.json and two.json do not belong together: plan.requests, plan.keepalive differ; "
                      "cpu model is one in one.json and another in two.json");
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

static void what_a_joined_report_holds_is_not_joined_again(void **state) {
    struct parts *p = *state;
    assert_int_equal(merge_rounds(p->parts, 2, &p->err), 0);
    for (size_t i = 0; i < 2; i++) {
        struct report *again = new_report(i ? 17 : 1, NULL);
        const struct merge_part whole[] = {{"all.json", p->parts[0].report}, {"one.json", again}};
        p->err = (struct err){0};
        assert_int_equal(merge_rounds(whole, 2, &p->err), -1);
        assert_non_null(strstr(p->err.text, "all.json and one.json hold the same report"));
        report_close(again);
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

static void set_share(struct parts *p, size_t i, int64_t index) {
    struct report *r = p->parts[i].report;
    report_set_share(r, "mpi", NULL);
    r->share->index = index;
    r->share->count = 2;
    report_add_clock(r, (double)i, 0, 0);
}

static void rounds_of_one_share_keep_its_clocks_and_those_of_two_are_refused(void **state) {
    struct parts *p = *state;
    set_share(p, 0, 1);
    expect_refused(p, "merge --shares adds shares up");
    set_share(p, 1, 0);
    expect_refused(p, "merge --shares adds shares up");
    p->parts[1].report->share->index = 1;
    p->err = (struct err){0};
    assert_int_equal(merge_rounds(p->parts, 2, &p->err), 0);
    assert_int_equal(p->parts[0].report->share->clocks.count, 2);
}

static void rounds_of_sums_have_no_rows_of_hosts(void **state) {
    struct parts *p = *state;
    for (size_t i = 0; i < 2; i++) {
        struct report *r = p->parts[i].report;
        shape_clear(&report_host_shape, report_list_add(r, &r->hosts, sizeof(struct report_host)));
    }
    assert_int_equal(merge_rounds(p->parts, 2, &p->err), 0);
    assert_int_equal(p->parts[0].report->hosts.count, 0); /* which would be of the first rounds alone */
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
        WITH_PARTS(rounds_of_one_share_keep_its_clocks_and_those_of_two_are_refused),
        WITH_PARTS(rounds_of_sums_have_no_rows_of_hosts),
        WITH_PARTS(joined_one_after_another_reports_are_noted_as_if_at_once),
    };
    return cmocka_run_group_tests_name("compare/merge", tests, NULL, NULL);
}
