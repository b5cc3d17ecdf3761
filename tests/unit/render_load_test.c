/* What the page says of loads that are bounded by time or sent at a rate. */
#include "render_made.h"

static struct report *made_open(void) {
    struct report *r = made_report("latency_p50_s");
    r->plan.concurrency = 100;
    r->plan.requests = 20000;
    r->plan.duration_s = 10;
    r->plan.rate_per_s = 2000;
    r->plan.arrivals = "constant";
    return r;
}

static struct report *made_timed(void) {
    struct report *r = made_report("time_per_request_s");
    r->plan.requests = -1;
    r->plan.duration_s = 90;
    return r;
}

static struct report_run *first_run(struct report *r) {
    return r->runs.items;
}

static void add_stage(struct report *r, double from_per_s, double to_per_s, double length_s) {
    struct report_plan_stage *s = report_list_add(r, &r->plan.stages, sizeof *s);
    *s = (struct report_plan_stage){from_per_s, to_per_s, length_s};
}

static void assert_page(struct report *r, const char *words) {
    char *page = made_page("text", r);
    assert_says(page, words);
    free(page);
}

static void the_heading_says_how_long(void **state) {
    (void)state;
    assert_page(made_timed(), "GET requests for 90s to http://host/");
    struct report *r = made_timed();
    r->plan.duration_s = 3600;
    assert_page(r, "GET requests for 1h to");
    r = made_timed();
    r->plan.duration_s = 0.25;
    r->plan.grace_s = 2;
    r->plan.think_time_s = 0.1;
    assert_page(
        r, "GET requests for 250ms to http://host/ (address unknown, a new connection per request, 2s of "
           "grace, pauses of 100ms)");
}

static void the_heading_says_the_rate(void **state) {
    (void)state;
    assert_page(made_open(), "GET requests at 2,000/s for 10s (constant) to http://host/");
    struct report *r = made_open();
    r->plan.duration_s = NAN;
    r->plan.rate_per_s = 0.5;
    r->plan.arrivals = "poisson";
    r->plan.spin = true;
    char *page = made_page("text", r);
    assert_says(page, "20,000 GET requests at 0.5/s (poisson) to http://host/");
    assert_says(page, ", spinning)");
    free(page);
}

static void the_heading_says_the_stages(void **state) {
    (void)state;
    struct report *r = made_open();
    r->plan.rate_per_s = NAN;
    r->plan.duration_s = 120;
    add_stage(r, 100, 2000, 60);
    add_stage(r, 2000, 2000, NAN);
    assert_page(r, "GET requests from 100/s to 2,000/s in 1m, then at 2,000/s, in all 2m (constant) to");
    r = made_open();
    r->plan.rate_per_s = r->plan.duration_s = NAN;
    for (int i = 0; i < 6; i++)
        add_stage(r, 10, 10, 5);
    assert_page(r, "at 10/s for 5s, then at 10/s for 5s and 2 more stages (constant)");
    r = made_open();
    add_stage(r, NAN, 10, 60);
    assert_page(r, "from an unknown rate to 10/s in 1m");
}

static void latency_and_service_time_stand_side_by_side_at_a_rate(void **state) {
    (void)state;
    struct report *r = made_open();
    first_run(r)->service_time.percentiles_s.p50 = 0.02;
    first_run(r)->service_time.percentiles_s.p99 = 0.03;
    char *page = made_page("markdown", r);
    assert_says(page, "| req/s | p50 | p99 | service p50 | service p99 | failed |");
    assert_says(page, "| 100ms | - | 20.0ms | 30.0ms |");
    assert_says_not(page, "times as fast");
    assert_says_not(page, "| time |");
    assert_says(page, "p50 and p99 are latency, from when a request was due");
    free(page);
}

static void of_a_given_time_the_table_has_what_was_done(void **state) {
    (void)state;
    struct report *r = made_timed();
    made_run(r, "other", 10);
    struct report_run *runs = r->runs.items;
    runs[0].requests_per_s = 50;
    runs[1].requests_per_s = 100;
    char *page = made_page("markdown", r);
    assert_says(page, "| at once | done | req/s |");
    assert_says_not(page, "| time |");
    assert_says(page, "| 2.00x |");
    assert_says(page, "\"Times as fast\" is by completed requests per second, against `base`");
    free(page);
}

static void requests_that_waited_are_said_and_more_at_once_where_that_helps(void **state) {
    (void)state;
    struct report *r = made_open();
    first_run(r)->requests.waited = 48;
    assert_page(r, "base: 48 of 100 requests waited for its one connection. ");
    r = made_open();
    first_run(r)->requests.waited = 48;
    first_run(r)->concurrency = 100;
    assert_page(r, "waited for one of its 100 connections, and more (-c) may help.");
}

static void requests_never_begun_are_said_with_what_they_do_to_percentiles(void **state) {
    (void)state;
    struct report *r = made_open();
    struct report_run *run = first_run(r);
    run->requests.total = 300;
    run->requests.not_started = run->requests.overdue = 200;
    run->requests.oldest_not_started_s = 0.5;
    run->requests.waited = 100;
    run->latency.count = 100;
    run->latency.censored = true;
    run->concurrency = 100;
    char *page = made_page("text", r);
    assert_says(
        page,
        "base: 200 of 300 requests were due and never begun, the first overdue by 500ms, so its p50 is at least "
        "100ms. It cannot keep this rate with so many at once: raise -c, or lower the rate.");
    assert_says_not(page, "waited");
    free(page);
}

static void what_was_not_due_yet_at_an_interrupt_is_not_said_to_have_been(void **state) {
    (void)state;
    struct report *r = made_open();
    struct report_run *run = first_run(r);
    run->requests.total = 500;
    run->requests.completed = 57;
    run->requests.cancelled = 1;
    run->requests.not_started = 442;
    run->latency.count = 57;
    run->exit.reason = "interrupted";
    char *page = made_page("text", r);
    assert_says_not(page, "never begun");
    assert_says(page, "base: 1 request was cut off unanswered, so its p50 is at least 100ms.");
    free(page);
    r = made_open();
    run = first_run(r);
    run->requests = (struct report_requests){.total = 500,
                                             .completed = 57,
                                             .cancelled = 1,
                                             .not_started = 442,
                                             .overdue = 60,
                                             .oldest_unfinished_s = NAN,
                                             .oldest_not_started_s = 0.6};
    run->latency.count = 57;
    run->exit.reason = "interrupted";
    page = made_page("text", r);
    assert_says(
        page,
        "base: 60 of 500 requests were due and never begun, the first overdue by 600ms, so its p50 is at "
        "least 100ms. base: 1 request was cut off unanswered.");
    free(page);
}

static void a_run_without_an_answer_in_time_says_so(void **state) {
    (void)state;
    struct report *r = made_open();
    struct report_run *run = first_run(r);
    run->requests.completed = 0;
    run->requests.unfinished = 100;
    run->latency.percentiles_s.p50 = NAN;
    char *page = made_page("text", r);
    assert_says(page, "base: no request succeeded: none was answered before the time was over.");
    assert_says_not(page, "are latency");
    free(page);
}

static void an_interrupt_of_the_warm_up_is_told_from_one_of_the_run(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    struct report_warmup warmup = {.completed = 7};
    first_run(r)->warmup = &warmup;
    first_run(r)->exit.reason = "interrupted";
    first_run(r)->requests = (struct report_requests){.total = 100, .not_started = 100};
    assert_page(r, "base was interrupted during its warm-up, before the first of 100 requests.");
}

static void failures_that_fill_a_gap_make_it_no_stall(void **state) {
    (void)state;
    struct report *r = made_open();
    first_run(r)->latency.percentiles_s.p50 = 0.001;
    first_run(r)->service_time.percentiles_s.p50 = 0.001;
    first_run(r)->largest_completion_gap_s = 2;
    first_run(r)->largest_completion_gap_at_s = 1;
    struct report_slice *slice = report_list_add(r, &first_run(r)->slices, sizeof *slice);
    *slice = (struct report_slice){.t_s = 0, .length_s = 1, .failed = 7};
    char *page = made_page("text", r);
    assert_says(page, "something stalled");
    free(page);
    r = made_open();
    first_run(r)->largest_completion_gap_s = 2;
    first_run(r)->largest_completion_gap_at_s = 1;
    slice = report_list_add(r, &first_run(r)->slices, sizeof *slice);
    *slice = (struct report_slice){.t_s = 2, .length_s = 1, .failed = 7};
    page = made_page("text", r);
    assert_says_not(page, "something stalled");
    free(page);
}

static void how_many_random_moments_there_were_is_said(void **state) {
    (void)state;
    struct report *r = made_open();
    r->plan.duration_s = 10;
    r->plan.requests = 1960;
    r->plan.arrivals = "poisson";
    assert_page(r, "(poisson, 1,960 due)");
}

static void one_request_that_came_too_late_does_not_miss_a_rate(void **state) {
    (void)state;
    struct report *r = made_open();
    struct report_run *run = first_run(r);
    run->requests.total = 1000;
    run->requests.not_started = run->requests.overdue = 1;
    run->requests.oldest_not_started_s = 0.001;
    run->latency.count = 999;
    run->latency.max_s = 0.1;
    char *page = made_page("text", r);
    assert_says(page, "base: 1 of 1,000 requests was due and never begun, the first overdue by 1.00ms.");
    assert_says_not(page, "cannot keep");
    free(page);
}

static void percentiles_that_cannot_have_moved_are_not_said_to(void **state) {
    (void)state;
    struct report *r = made_open();
    struct report_run *run = first_run(r);
    run->requests.total = 101;
    run->requests.unfinished = 1;
    run->latency.count = 100;
    run->latency.censored = true;
    run->latency.max_s = 0.2;
    run->latency.percentiles_s.p99 = 0.2;
    char *page = made_page("text", r);
    assert_says(page, "Unfinished when the time was over, so in no figure: base 1. See --grace.");
    free(page);
}

static struct report *made_short(double duration_s) {
    struct report *r = made_timed();
    r->plan.duration_s = duration_s;
    first_run(r)->requests.unfinished = 1;
    first_run(r)->latency.count = 100;
    first_run(r)->latency.max_s = 0.1;
    return r;
}

static void a_short_time_says_how_much_its_end_cuts_off(void **state) {
    (void)state;
    /* ten requests of 100 ms, one after another */
    assert_page(made_short(1),
                "base 1. In so short a time that moves requests per second by up to 10 %. See --grace.");
    assert_page(made_short(90), "base 1. See --grace.");
}

static void a_spell_without_any_answer_is_said_where_nothing_explains_it(void **state) {
    (void)state;
    struct report *r = made_timed();
    first_run(r)->requests_per_s = 100;
    first_run(r)->largest_completion_gap_s = 1.5;
    assert_page(r, "base: for 1.50s nothing was completed, with a p50 of 100ms: something stalled, "
                   "and of a closed loop no more than one request shows it.");
    r = made_timed();
    first_run(r)->requests_per_s = 1; /* one a second, so that gaps of a second are its due */
    first_run(r)->largest_completion_gap_s = 1.5;
    char *page = made_page("text", r);
    assert_says_not(page, "stalled");
    free(page);
    r = made_timed(); /* of many that all think at once */
    r->plan.think_time_s = 1;
    first_run(r)->requests_per_s = 100;
    first_run(r)->largest_completion_gap_s = 1.5;
    page = made_page("text", r);
    assert_says_not(page, "stalled");
    free(page);
    r = made_open(); /* as they are where a rate begins at one a second */
    add_stage(r, 1, 2000, 10);
    first_run(r)->requests_per_s = 1000;
    first_run(r)->largest_completion_gap_s = 1.5;
    page = made_page("text", r);
    assert_says_not(page, "stalled");
    free(page);
}

static void what_was_sent_again_is_said_over_all_rounds(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    made_run(r, "raw", 10);
    made_run(r, "raw", 10);
    made_run(r, "async", 10);
    struct report_run *runs = r->runs.items;
    runs[1].requests.retries = 1200;
    runs[2].requests.retries = 50;
    runs[3].requests.retries = 1;
    char *page = made_page("text", r);
    assert_says(page, "raw: 1,250 times a request was sent again on a new connection");
    assert_says(page, "async: once a request was sent again on a new connection");
    assert_says_not(page, "base: ");
    free(page);
}

static void a_count_that_a_deadline_cut_short_has_no_factor(void **state) {
    (void)state;
    struct report *r = made_report("wall_s");
    r->plan.deadline_s = 5;
    made_run(r, "other", 10);
    struct report_run *run = first_run(r);
    run->requests.completed = 60;
    run->requests.not_started = 40;
    char *page = made_page("text", r);
    assert_says(page, ", none begun after 5s)");
    assert_says(page, "base: 40 of 100 requests were not begun before the deadline.");
    assert_says(page, "Speeds are not compared where a run did not come to its end");
    free(page);
}

static void what_a_deadline_left_of_a_rate_was_not_due(void **state) {
    (void)state;
    struct report *r = made_open();
    r->plan.duration_s = NAN;
    r->plan.deadline_s = 5;
    struct report_run *run = first_run(r);
    run->requests.completed = 60;
    run->requests.not_started = 40;
    char *page = made_page("text", r);
    assert_says(page, "base: 40 of 100 requests were not due before the deadline.");
    assert_says_not(page, "never begun");
    free(page);
}

static void the_paragraph_to_quote_says_the_load(void **state) {
    (void)state;
    struct report *r = made_open();
    made_comparison(r, "other", "faster", 0.5, 0.45, 0.55);
    assert_page(r, "Sending GET requests at 2,000/s for 10s (constant) with up to 10 at once, "
                   "other had 0.50 times the median latency of base");
    r = made_timed();
    made_comparison(r, "other", "faster", 0.5, 0.45, 0.55);
    assert_page(
        r, "Sending GET requests for 90s of about 100ms each with up to 10 at once, other was 2.00 times "
           "as fast as base");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_heading_says_how_long),
        cmocka_unit_test(the_heading_says_the_rate),
        cmocka_unit_test(the_heading_says_the_stages),
        cmocka_unit_test(latency_and_service_time_stand_side_by_side_at_a_rate),
        cmocka_unit_test(of_a_given_time_the_table_has_what_was_done),
        cmocka_unit_test(requests_that_waited_are_said_and_more_at_once_where_that_helps),
        cmocka_unit_test(requests_never_begun_are_said_with_what_they_do_to_percentiles),
        cmocka_unit_test(what_was_not_due_yet_at_an_interrupt_is_not_said_to_have_been),
        cmocka_unit_test(a_run_without_an_answer_in_time_says_so),
        cmocka_unit_test(an_interrupt_of_the_warm_up_is_told_from_one_of_the_run),
        cmocka_unit_test(failures_that_fill_a_gap_make_it_no_stall),
        cmocka_unit_test(how_many_random_moments_there_were_is_said),
        cmocka_unit_test(one_request_that_came_too_late_does_not_miss_a_rate),
        cmocka_unit_test(percentiles_that_cannot_have_moved_are_not_said_to),
        cmocka_unit_test(a_short_time_says_how_much_its_end_cuts_off),
        cmocka_unit_test(a_spell_without_any_answer_is_said_where_nothing_explains_it),
        cmocka_unit_test(what_was_sent_again_is_said_over_all_rounds),
        cmocka_unit_test(a_count_that_a_deadline_cut_short_has_no_factor),
        cmocka_unit_test(what_a_deadline_left_of_a_rate_was_not_due),
        cmocka_unit_test(the_paragraph_to_quote_says_the_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
