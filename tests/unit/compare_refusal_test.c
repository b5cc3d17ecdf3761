/* The reasons for which two sides are not comparable. */
#include "compare_made.h"

#include "compare/compare.h"

static const char *const two[] = {"first", "second", NULL};

static struct report *clean(void) {
    struct report *r = made_report(8, two);
    made_rounds(r, "first", "second", 3, 0.01);
    return r;
}

/* Every run of a label is given to `spoil`. */
static struct report *spoilt(void (*spoil)(struct report_run *run)) {
    struct report *r = clean();
    struct report_run *runs = r->runs.items;
    for (size_t i = 0; i < r->runs.count; i++)
        if (strcmp(runs[i].label, "second") == 0)
            spoil(&runs[i]);
    compare_fill(r);
    return r;
}

static void assert_refused(void (*spoil)(struct report_run *run), const char *reason) {
    struct report *r = spoilt(spoil);
    const struct report_comparison *c = made_primary(r, "second");
    assert_string_equal(c->verdict, "not_comparable");
    assert_int_equal(c->reasons.count, 1);
    assert_string_equal(made_reason(c, 0), reason);
    report_close(r);
}

static void assert_compared(void (*spoil)(struct report_run *run)) {
    struct report *r = spoilt(spoil);
    assert_string_equal(made_primary(r, "second")->verdict, "slower");
    report_close(r);
}

static void nothing(struct report_run *run) {
    (void)run;
}

static void fail_some(struct report_run *run) {
    run->requests.failed = 50;
    run->requests.completed -= 50;
    run->bytes_received = run->requests.completed * MADE_BYTES;
}

static void fail_one_of_a_round(struct report_run *run) {
    run->requests.failed = run->round == 1;
    run->requests.completed -= run->requests.failed;
}

static void fail_three_of_each_round(struct report_run *run) {
    run->requests.failed = 3;
    run->requests.completed -= 3;
}

static void answer_more(struct report_run *run) {
    run->bytes_received = run->requests.completed * (MADE_BYTES + 4);
}

static void answer_slightly_more(struct report_run *run) {
    run->bytes_received = run->requests.completed * (MADE_BYTES + 2);
}

static void open_anew(struct report_run *run) {
    run->client.connections_opened = MADE_REQUESTS;
    run->client.connections_reused = 0;
}

static void open_anew_as_is_due(struct report_run *run) {
    open_anew(run);
    run->concurrency = MADE_REQUESTS;
}

static void be_a_program(struct report_run *run) {
    run->strategy = "exec";
    run->bytes_received = run->requests.completed * (MADE_BYTES / 2); /* bodies alone */
    run->client.connections_opened = run->client.connections_reused = -1;
}

static void tell_larger_bodies_than_answers(struct report_run *run) {
    be_a_program(run);
    run->bytes_received = run->requests.completed * (MADE_BYTES + 4);
}

static void tell_no_bytes(struct report_run *run) {
    be_a_program(run);
    run->bytes_received = 0;
}

static void clean_sides_are_compared(void **state) {
    (void)state;
    assert_compared(nothing);
}

static void failures_over_a_thousandth_refuse(void **state) {
    (void)state;
    assert_refused(fail_some, "0.5 % of the requests of second failed, and at most 0.1 % may");
}

static void failures_that_are_unequal_refuse_unless_by_chance(void **state) {
    (void)state;
    assert_compared(fail_one_of_a_round);
    assert_refused(fail_three_of_each_round,
                   "failures are unequal: 0 of 80000 requests of first, 24 of 80000 of second");
}

static void answers_of_another_size_refuse_beyond_what_headers_vary(void **state) {
    (void)state;
    assert_compared(answer_slightly_more);
    assert_refused(answer_more, "answers are unequal: 300.0 bytes each to first, 304.0 to second");
}

static void a_side_that_keeps_no_connections_refuses(void **state) {
    (void)state;
    assert_refused(open_anew,
                   "first kept its connections (80 for 80000 requests) and second did not (80000 for "
                   "80000)");
    assert_compared(open_anew_as_is_due);
}

static void what_a_program_cannot_tell_is_not_held_against_it(void **state) {
    (void)state;
    assert_compared(be_a_program);
    assert_compared(tell_no_bytes);
}

static void a_program_whose_bodies_cannot_be_those_answers_refuses(void **state) {
    (void)state;
    assert_refused(tell_larger_bodies_than_answers,
                   "answers are unequal: 300.0 bytes each to first, 304.0 to second (bodies alone)");
    struct report *r = clean();
    struct report_run *runs = r->runs.items;
    for (size_t i = 0; i < r->runs.count; i++) {
        bool is_program = strcmp(runs[i].label, "second") == 0;
        runs[i].bytes_received = MADE_REQUESTS * (is_program ? 10000 : 30000);
        if (is_program)
            runs[i].strategy = "exec";
    }
    compare_fill(r);
    assert_string_equal(made_reason(made_primary(r, "second"), 0),
                        "answers are unequal: 30000.0 bytes each to first, 10000.0 to second (bodies alone)");
    report_close(r);
}

static void fail_a_check(struct report *r, bool invalidates, const char *status) {
    struct report_run *run = &((struct report_run *)r->runs.items)[2];
    struct report_trust *row = report_list_add(r, &run->trust, sizeof *row);
    *row = (struct report_trust){
        .check = "rate", .status = status, .invalidates = invalidates, .value = 0.8, .threshold = 0.9};
    compare_fill(r);
}

static void an_invalidating_check_that_failed_refuses(void **state) {
    (void)state;
    struct report *r = clean();
    fail_a_check(r, true, "fail");
    assert_string_equal(made_primary(r, "second")->verdict, "not_comparable");
    assert_string_equal(made_reason(made_primary(r, "second"), 0),
                        "the check rate failed in round 1 of second (0.8, limit 0.9)");
    report_close(r);
    const struct {
        bool invalidates;
        const char *status;
    } harmless[] = {{false, "fail"}, {true, "warn"}, {true, "pass"}, {true, "unknown"}};
    for (size_t i = 0; i < 4; i++) {
        r = clean();
        fail_a_check(r, harmless[i].invalidates, harmless[i].status);
        assert_string_equal(made_primary(r, "second")->verdict, "slower");
        report_close(r);
    }
}

static void cut_off_some(struct report_run *run) {
    run->requests.unfinished = 10;
    run->requests.not_started = run->requests.overdue = 390;
    run->requests.completed -= 400;
    run->bytes_received = run->requests.completed * MADE_BYTES;
}

static void cut_off_few(struct report_run *run) {
    run->requests.unfinished = 50;
    run->requests.completed -= 50;
    run->bytes_received = run->requests.completed * MADE_BYTES;
}

static const struct report_comparison *compared_under(struct report *r, double duration_s,
                                                      const char *arrivals,
                                                      void (*spoil)(struct report_run *run)) {
    struct report_run *runs = r->runs.items;
    r->plan.duration_s = duration_s;
    r->plan.arrivals = arrivals;
    for (size_t i = 0; i < r->runs.count; i++)
        if (strcmp(runs[i].label, "second") == 0)
            spoil(&runs[i]);
    compare_fill(r);
    return made_primary(r, "second");
}

static void at_a_rate_unequal_shares_without_an_answer_refuse(void **state) {
    (void)state;
    struct report *r = clean();
    const struct report_comparison *c = compared_under(r, 10, "constant", cut_off_some);
    assert_string_equal(c->verdict, "not_comparable");
    assert_string_equal(
        made_reason(c, 0),
        "0 % of the requests due of first had no answer when the time was over, and 4 % of those "
        "of second");
    report_close(r);
    r = clean(); /* more are in flight where answers take longer */
    assert_string_equal(compared_under(r, 10, "constant", cut_off_few)->verdict, "slower");
    report_close(r);
}

static void what_a_given_time_cuts_off_in_a_closed_loop_is_nobodys_fault(void **state) {
    (void)state;
    struct report *r = clean();
    assert_string_equal(compared_under(r, 10, NULL, cut_off_some)->verdict, "slower");
    report_close(r);
}

static void a_count_that_a_deadline_cut_short_refuses(void **state) {
    (void)state;
    assert_refused(cut_off_some, "3200 of 80000 requests of second had no answer when its time was over");
}

static void break_off_late(struct report_run *run) {
    run->requests.unfinished = 200;
    run->requests.completed -= 200; /* whose bytes had come, or most of them */
}

static void break_off_few(struct report_run *run) {
    run->requests.unfinished = 50;
    run->requests.completed -= 250;
    run->requests.total -= 200;
}

static void parts_of_answers_that_were_broken_off_make_them_no_larger(void **state) {
    (void)state;
    struct report *r = clean();
    assert_string_equal(compared_under(r, 10, NULL, break_off_late)->verdict, "slower");
    report_close(r);
    r = clean();
    assert_int_equal(
        strncmp(made_reason(compared_under(r, 10, NULL, break_off_few), 0), "answers are unequal", 19), 0);
    report_close(r);
}

static void be_the_limit(struct report_run *run) {
    run->limited_by = run->round > 2 ? "client" : NULL;
}

static void a_client_that_was_the_limit_is_said_and_refuses_nothing(void **state) {
    (void)state;
    struct report *r = spoilt(be_the_limit);
    const struct report_comparison *c = made_primary(r, "second");
    assert_string_equal(c->verdict, "slower");
    assert_string_equal(made_reason(c, 0), "the client was the limit in 6 of 8 runs of second");
    report_close(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_sides_are_compared),
        cmocka_unit_test(failures_over_a_thousandth_refuse),
        cmocka_unit_test(failures_that_are_unequal_refuse_unless_by_chance),
        cmocka_unit_test(answers_of_another_size_refuse_beyond_what_headers_vary),
        cmocka_unit_test(a_side_that_keeps_no_connections_refuses),
        cmocka_unit_test(what_a_program_cannot_tell_is_not_held_against_it),
        cmocka_unit_test(a_program_whose_bodies_cannot_be_those_answers_refuses),
        cmocka_unit_test(an_invalidating_check_that_failed_refuses),
        cmocka_unit_test(at_a_rate_unequal_shares_without_an_answer_refuse),
        cmocka_unit_test(what_a_given_time_cuts_off_in_a_closed_loop_is_nobodys_fault),
        cmocka_unit_test(a_count_that_a_deadline_cut_short_refuses),
        cmocka_unit_test(parts_of_answers_that_were_broken_off_make_them_no_larger),
        cmocka_unit_test(a_client_that_was_the_limit_is_said_and_refuses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
