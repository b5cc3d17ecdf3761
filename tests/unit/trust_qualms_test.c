/* What a check makes of a run that a bare threshold would misjudge: chance, short runs, other people. */
#include "trust_made.h"

static void of_a_spinning_loop_the_processor_time_is_no_sign(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.spins = true;
    f.largest_cpu_share = 1;
    assert_int_equal(status_of(&f, "client_cpu"), TRUST_PASS);
    f.loop_busy_share = .95;
    assert_int_equal(status_of(&f, "client_cpu"), TRUST_FAIL);
    f.loop_busy_share = NAN;
    assert_int_equal(status_of(&f, "client_cpu"), TRUST_UNKNOWN);
}

static void threads_that_were_not_looked_at_are_bounded_by_all_their_processor_time(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.largest_cpu_share = NAN;
    f.threads = 4;
    f.cpu_s = 7.9; /* no one of them can have used more */
    assert_int_equal(status_of(&f, "client_cpu"), TRUST_PASS);
    f.cpu_s = 20;
    assert_int_equal(status_of(&f, "client_cpu"), TRUST_UNKNOWN);
    f.cpu_s = 37; /* one of them has used at least a quarter */
    assert_int_equal(status_of(&f, "client_cpu"), TRUST_FAIL);
    f.threads = 1;
    f.cpu_s = 8.5;
    assert_int_equal(status_of(&f, "client_cpu"), TRUST_WARN);
}

static void the_last_answer_may_take_its_time_without_the_rate_being_missed(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.wall_s = 14;
    f.longest_s = 4;
    assert_int_equal(status_of(&f, "rate"), TRUST_PASS);
}

static void a_request_sent_a_little_late_is_no_rate_that_was_missed(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.total = f.completed = 101;
    f.span_s = .1;
    f.longest_s = .002;
    f.wall_s = .1029;
    assert_int_equal(status_of(&f, "rate"), TRUST_PASS);
    f.wall_s = 1; /* ten times too slow */
    assert_int_equal(status_of(&f, "rate"), TRUST_FAIL);
}

static void few_requests_or_a_moment_make_no_rate(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.total = f.completed = 1;
    f.span_s = 0;
    f.longest_s = .002;
    f.wall_s = .02;
    assert_int_equal(status_of(&f, "rate"), TRUST_UNKNOWN);
    f.total = f.completed = 100;
    f.span_s = .09;
    f.wall_s = .9;
    assert_int_equal(status_of(&f, "rate"), TRUST_UNKNOWN);
    f.span_s = .1;
    assert_int_equal(status_of(&f, "rate"), TRUST_FAIL);
}

static void a_run_that_gave_up_missed_no_rate(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.total = f.failed = 10;
    f.completed = 0;
    f.span_s = .1;
    f.wall_s = .2;
    assert_int_equal(status_of(&f, "rate"), TRUST_UNKNOWN);
}

static void requests_that_were_never_begun_are_a_rate_that_was_missed(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.completed = 8900;
    f.not_started = 1100;
    assert_int_equal(status_of(&f, "rate"), TRUST_FAIL);
    f = well();
    f.completed = 0;
    f.unfinished = 10;
    f.not_started = 9990;
    f.longest_s = 9.99;
    assert_int_equal(status_of(&f, "rate"), TRUST_FAIL);
    f = well();
    f.completed = 9800;
    f.unfinished = 200; /* they were sent, and take long */
    assert_int_equal(status_of(&f, "rate"), TRUST_PASS);
}

static void littles_law_is_unknown_where_counts_vary_more_than_it_allows(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.in_flight_mean = 10.3;
    f.in_flight_error = .1; /* three standard errors away */
    assert_int_equal(status_of(&f, "littles_law"), TRUST_UNKNOWN);
    f.in_flight_mean = 10.8;
    assert_int_equal(status_of(&f, "littles_law"), TRUST_FAIL);
    f.in_flight_bias = .5;
    assert_int_equal(status_of(&f, "littles_law"), TRUST_UNKNOWN);
    f.in_flight_bias = 0;
    f.in_flight_mean = 10;
    f.in_flight_error = .11;
    assert_int_equal(status_of(&f, "littles_law"), TRUST_UNKNOWN);
    f = well();
    f.failed = 1;
    assert_int_equal(status_of(&f, "littles_law"), TRUST_UNKNOWN);
}

static void a_short_run_has_too_few_ticks_for_stolen_ones_to_be_counted(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.jiffies = 199;
    f.steal_share = 1.0 / 199;
    assert_int_equal(status_of(&f, "steal"), TRUST_UNKNOWN);
}

static void two_requests_of_40_ms_may_be_chance(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.share_40ms = .02;
    f.count_40ms = 2;
    assert_int_equal(status_of(&f, "delayed_ack_40ms"), TRUST_PASS);
    f.count_40ms = 3;
    assert_int_equal(status_of(&f, "delayed_ack_40ms"), TRUST_WARN);
}

static void two_requests_sent_late_may_be_chance(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.late_share = .1;
    f.late = 2;
    assert_int_equal(status_of(&f, "send_slip"), TRUST_PASS);
    f.late = 4;
    assert_int_equal(status_of(&f, "send_slip"), TRUST_PASS);
    f.late = 20; /* of 200, and ten in any case */
    assert_int_equal(status_of(&f, "send_slip"), TRUST_WARN);
}

static void a_loop_that_mostly_sleeps_holds_no_answer_up(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.turn_p99_s = .005;
    f.loop_busy_share = .09;
    assert_int_equal(status_of(&f, "loop_lag"), TRUST_PASS);
    f.loop_busy_share = .11;
    assert_int_equal(status_of(&f, "loop_lag"), TRUST_WARN);
}

static void a_trend_that_makes_no_difference_is_none(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.drift_p = .0001;
    f.drift_share = -.09;
    assert_int_equal(status_of(&f, "stationarity"), TRUST_PASS);
    f.drift_share = -.11;
    assert_int_equal(status_of(&f, "stationarity"), TRUST_WARN);
}

static void advice_can_be_followed_by_the_run(void **state) {
    (void)state;
    struct trust_facts f = well();
    const struct trust_check *slip = trust_find("send_slip");
    f.late_share = .3;
    f.late = 3000;
    assert_non_null(strstr(trust_judge_one(slip, &f).advice, "let async --spin"));
    f.can_spin = true;
    assert_ptr_equal(trust_judge_one(slip, &f).advice, slip->advice);
    f.spins = true;
    assert_null(strstr(trust_judge_one(slip, &f).advice, "--spin"));
    assert_ptr_equal(trust_advice(slip, slip->when_unable), slip->when_unable);
    assert_ptr_equal(trust_advice(slip, "anybody's"), slip->advice);
    assert_ptr_equal(trust_advice(slip, NULL), slip->advice);
}

static void requests_of_40_ms_beside_as_many_others_are_a_busy_machines(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.share_40ms = .02;
    f.count_40ms = 200;
    f.count_beside = 326; /* 163 in as much time, give or take 13 */
    assert_int_equal(status_of(&f, "delayed_ack_40ms"), TRUST_PASS);
    f.count_beside = 320;
    assert_int_equal(status_of(&f, "delayed_ack_40ms"), TRUST_WARN);
}

static void drops_that_held_no_connection_of_the_run_up_are_someone_elses(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.listen_drops = f.syn_retransmits = 7;
    f.longest_s = 3; /* the server took so long, or the network */
    f.connect_longest_s = .3;
    assert_int_equal(status_of(&f, "listen_backlog"), TRUST_PASS);
    f.connect_longest_s = 1.02;
    assert_int_equal(status_of(&f, "listen_backlog"), TRUST_FAIL);
    f.connect_longest_s = NAN;
    assert_int_equal(status_of(&f, "listen_backlog"), TRUST_UNKNOWN);
    f.connect_timeouts = 1;
    assert_int_equal(status_of(&f, "listen_backlog"), TRUST_FAIL);
    f = well();
    f.listen_drops = 7;
    f.completed--;
    f.unfinished++; /* as one always is at the end of a closed loop's time */
    f.oldest_unfinished_s = 2;
    assert_int_equal(status_of(&f, "listen_backlog"), TRUST_PASS);
    f.completed = 0;
    assert_int_equal(status_of(&f, "listen_backlog"), TRUST_FAIL);
}

static void a_connection_tried_again_is_no_retransmitted_segment(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.syn_retransmits = 5;
    f.retransmits = 5;
    f.timeouts = 4;
    assert_int_equal(status_of(&f, "retransmits"), TRUST_PASS);
    f.retransmits = 6;
    assert_int_equal(status_of(&f, "retransmits"), TRUST_WARN);
}

static void a_server_on_the_same_machine_is_a_label_and_no_fault(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.same_machine = 1;
    struct trust_row row = trust_judge_one(trust_find("same_machine"), &f);
    assert_int_equal(row.status, TRUST_PASS);
    assert_true(row.value == 1);
    assert_non_null(row.advice);
    f.same_machine = -1;
    assert_int_equal(status_of(&f, "same_machine"), TRUST_UNKNOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_spinning_loop_the_processor_time_is_no_sign),
        cmocka_unit_test(threads_that_were_not_looked_at_are_bounded_by_all_their_processor_time),
        cmocka_unit_test(the_last_answer_may_take_its_time_without_the_rate_being_missed),
        cmocka_unit_test(a_request_sent_a_little_late_is_no_rate_that_was_missed),
        cmocka_unit_test(requests_that_were_never_begun_are_a_rate_that_was_missed),
        cmocka_unit_test(littles_law_is_unknown_where_counts_vary_more_than_it_allows),
        cmocka_unit_test(a_short_run_has_too_few_ticks_for_stolen_ones_to_be_counted),
        cmocka_unit_test(two_requests_of_40_ms_may_be_chance),
        cmocka_unit_test(two_requests_sent_late_may_be_chance),
        cmocka_unit_test(requests_of_40_ms_beside_as_many_others_are_a_busy_machines),
        cmocka_unit_test(drops_that_held_no_connection_of_the_run_up_are_someone_elses),
        cmocka_unit_test(few_requests_or_a_moment_make_no_rate),
        cmocka_unit_test(a_run_that_gave_up_missed_no_rate),
        cmocka_unit_test(a_loop_that_mostly_sleeps_holds_no_answer_up),
        cmocka_unit_test(a_trend_that_makes_no_difference_is_none),
        cmocka_unit_test(advice_can_be_followed_by_the_run),
        cmocka_unit_test(a_connection_tried_again_is_no_retransmitted_segment),
        cmocka_unit_test(a_server_on_the_same_machine_is_a_label_and_no_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
