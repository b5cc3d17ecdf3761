/* What limits a run: each finding by itself, and which goes before which. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "trust/trust.h"

/* A closed loop whose client has much time left, with a server that takes nine tenths of every request. */
static struct trust_facts of_slow_server(void) {
    struct trust_facts f = trust_facts_unknown();
    f.total = f.completed = 1000;
    f.oldest_unfinished_s = 0;
    f.failed = f.unfinished = f.not_started = 0;
    f.wall_s = 10;
    f.service_mean_s = .1;
    f.first_byte_mean_s = .09;
    f.connect_p50_s = .0001;
    f.threads = 1;
    f.processors = 2;
    f.cpu_s = 1;
    f.busiest_cpu_share = .1;
    f.busiest_wait_share = .01;
    f.no_ports = f.time_wait = 0;
    f.port_range = 28232;
    f.retransmits = f.syn_retransmits = f.timeouts = f.listen_drops = 0;
    f.segments_sent = 3000;
    f.steal_share = 0;
    f.jiffies = 2000;
    f.throttled_share = 0;
    f.same_machine = 1;
    return f;
}

/* An open loop that went as it was to. */
static struct trust_facts of_kept_rate(void) {
    struct trust_facts f = of_slow_server();
    f.open_loop = true;
    f.span_s = 9.9;
    f.longest_s = .2;
    f.waited = 0;
    return f;
}

static void assert_limited(const struct trust_facts *f, const char *by) {
    struct trust_limit found = trust_limited_by(f);
    if (!by && found.by)
        fail_msg("limited by %s: %s", found.by, found.reason);
    if (by && (!found.by || strcmp(found.by, by) != 0))
        fail_msg("limited by %s: %s", found.by ? found.by : "nothing", found.reason);
    if (by)
        assert_true(*found.reason);
}

static void a_server_that_is_waited_for_limits_a_closed_loop(void **state) {
    (void)state;
    struct trust_facts f = of_slow_server();
    assert_limited(&f, "server");
    f.first_byte_mean_s = .04; /* it is the body that takes long, and nobody knows by whose fault */
    assert_limited(&f, NULL);
}

static void a_client_that_uses_its_processor_is_the_limit(void **state) {
    (void)state;
    struct trust_facts f = of_slow_server();
    f.busiest_cpu_share = .95;
    assert_limited(&f, "client");
}

static void a_client_that_shares_its_processor_with_a_burner_is_the_limit(void **state) {
    (void)state;
    struct trust_facts f = of_slow_server();
    f.busiest_cpu_share = .48;
    f.busiest_wait_share = .49;
    assert_limited(&f, "client");
    assert_non_null(strstr(trust_limited_by(&f).reason, "waited for a processor for 49 %"));
}

static void a_client_that_waits_for_a_processor_longer_than_for_the_server_is_the_limit(void **state) {
    (void)state;
    struct trust_facts f = of_slow_server();
    f.busiest_cpu_share = .25;
    f.busiest_wait_share = .40; /* and for .35 of the time it had nothing to do */
    assert_limited(&f, "client");
    f.busiest_wait_share = .37;
    assert_limited(&f, "server");
}

static void a_single_thread_that_was_not_looked_at_is_known_by_its_process(void **state) {
    (void)state;
    struct trust_facts f = of_slow_server();
    f.busiest_cpu_share = f.busiest_wait_share = NAN;
    assert_limited(&f, "server");
    f.cpu_s = 9.5;
    assert_limited(&f, "client");
}

static void threads_that_fill_all_processors_are_the_limit(void **state) {
    (void)state;
    struct trust_facts f = of_slow_server();
    f.threads = 50;
    f.busiest_cpu_share = .04;
    f.busiest_wait_share = .3;
    f.cpu_s = 19;
    assert_limited(&f, "client");
}

static void where_nobody_knows_how_busy_the_client_was_no_one_is_blamed(void **state) {
    (void)state;
    struct trust_facts f = of_slow_server();
    f.threads = 4;
    f.processors = 4;
    f.busiest_cpu_share = f.busiest_wait_share = NAN;
    f.cpu_s = 15;
    assert_limited(&f, NULL);
}

static void a_spinning_client_is_the_limit_by_what_it_does_alone(void **state) {
    (void)state;
    struct trust_facts f = of_kept_rate();
    f.spins = true;
    f.busiest_cpu_share = 1;
    f.cpu_s = 10;
    f.loop_busy_share = .2;
    assert_limited(&f, NULL);
    f.loop_busy_share = .95;
    assert_limited(&f, "client");
    f.loop_busy_share = .2;
    f.busiest_wait_share = .7; /* somebody else had its processor */
    assert_limited(&f, "client");
}

static void a_quota_or_the_ceiling_make_the_client_the_limit(void **state) {
    (void)state;
    struct trust_facts f = of_slow_server();
    f.throttled_share = .2;
    assert_limited(&f, "client");
    f = of_slow_server();
    f.ceiling_share = .9;
    assert_limited(&f, "server"); /* which was not asked for */
    f.has_ceiling = true;
    assert_limited(&f, "client");
}

static void ports_go_before_all_else(void **state) {
    (void)state;
    struct trust_facts f = of_slow_server();
    f.busiest_cpu_share = .95;
    f.no_ports = 3;
    assert_limited(&f, "ports");
    f.no_ports = 0;
    f.time_wait = 25000;
    assert_limited(&f, "ports");
    f.over_tcp = false;
    assert_limited(&f, "client");
}

static void stolen_time_is_noise(void **state) {
    (void)state;
    struct trust_facts f = of_slow_server();
    f.steal_share = .03;
    assert_limited(&f, "noise");
}

static void lost_segments_are_the_networks(void **state) {
    (void)state;
    struct trust_facts f = of_slow_server();
    f.retransmits = 60;
    assert_limited(&f, "network");
    f.retransmits = 2; /* of a few segments that would be many */
    f.segments_sent = 20;
    assert_limited(&f, "server");
}

static void a_round_trip_to_another_machine_is_the_networks(void **state) {
    (void)state;
    struct trust_facts f = of_slow_server();
    f.connect_p50_s = .08;
    assert_limited(&f, "server");
    f.same_machine = 0;
    assert_limited(&f, "network");
}

static void a_backlog_that_overflows_is_the_servers(void **state) {
    (void)state;
    struct trust_facts f = of_kept_rate();
    f.listen_drops = 4;
    f.syn_retransmits = 4;
    f.connect_longest_s = .2; /* so it was not the run's connections */
    assert_limited(&f, NULL);
    f.connect_longest_s = 1.02;
    assert_limited(&f, "server");
    assert_non_null(strstr(trust_limited_by(&f).reason, " 8 times")); /* as its row says */
}

static void where_hardly_any_request_is_answered_nothing_is_known(void **state) {
    (void)state;
    struct trust_facts f = of_kept_rate();
    f.failed = 1000;
    f.completed = 0;
    f.busiest_cpu_share = .95;
    assert_limited(&f, NULL);
    assert_string_equal(trust_limited_by(&f).reason, "no request was answered");
    f.completed = 10;
    assert_limited(&f, NULL);
    assert_string_equal(trust_limited_by(&f).reason, "hardly any request was answered");
    f.no_ports = 1000;
    assert_limited(&f, "ports");
}

static void whose_requests_wait_for_a_connection_is_no_client_that_sends_late(void **state) {
    (void)state;
    struct trust_facts f = of_kept_rate();
    f.connections = 10;
    f.waited = 900;
    f.late = 20; /* of the hundred that did not wait */
    f.late_share = .2;
    assert_limited(&f, "server");
    assert_non_null(strstr(trust_limited_by(&f).reason, "all 10 connections were busy"));
}

static void a_slot_that_thinks_for_longer_than_it_waits_has_no_limit(void **state) {
    (void)state;
    struct trust_facts f = of_slow_server();
    f.think_s = .2;
    assert_limited(&f, NULL);
    f.think_s = .05;
    assert_limited(&f, "server");
}

static void a_rate_that_was_kept_has_no_limit(void **state) {
    (void)state;
    struct trust_facts f = of_kept_rate();
    assert_limited(&f, NULL);
    assert_true(*trust_limited_by(&f).reason);
    f.waited = 20; /* some always meet */
    assert_limited(&f, NULL);
}

static void an_open_loop_whose_requests_wait_is_limited_by_the_server(void **state) {
    (void)state;
    struct trust_facts f = of_kept_rate();
    f.waited = 200;
    assert_limited(&f, "server");
    f = of_kept_rate();
    f.completed = 950;
    f.unfinished = 50;
    assert_limited(&f, "server");
    f = of_kept_rate();
    f.wall_s = 12;
    assert_limited(&f, "server");
}

static void what_is_in_flight_at_the_end_of_the_time_is_no_limit(void **state) {
    (void)state;
    struct trust_facts f = of_kept_rate(); /* ten at once: 100 a second, a tenth of a second each */
    f.completed = 985;
    f.unfinished = 15;
    assert_limited(&f, NULL);
    f.completed = 965;
    f.unfinished = 35;
    assert_limited(&f, "server");
}

static void who_sends_late_with_a_connection_free_is_the_limit(void **state) {
    (void)state;
    struct trust_facts f = of_kept_rate();
    f.waited = 200;
    f.late_share = .3;
    f.late = 300;
    assert_limited(&f, "client");
}

static void an_open_loop_whose_client_is_saturated_is_limited_by_it(void **state) {
    (void)state;
    struct trust_facts f = of_kept_rate();
    f.waited = 200;
    f.busiest_cpu_share = .95;
    assert_limited(&f, "client");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_that_is_waited_for_limits_a_closed_loop),
        cmocka_unit_test(a_client_that_uses_its_processor_is_the_limit),
        cmocka_unit_test(a_client_that_shares_its_processor_with_a_burner_is_the_limit),
        cmocka_unit_test(a_client_that_waits_for_a_processor_longer_than_for_the_server_is_the_limit),
        cmocka_unit_test(a_single_thread_that_was_not_looked_at_is_known_by_its_process),
        cmocka_unit_test(threads_that_fill_all_processors_are_the_limit),
        cmocka_unit_test(where_nobody_knows_how_busy_the_client_was_no_one_is_blamed),
        cmocka_unit_test(a_spinning_client_is_the_limit_by_what_it_does_alone),
        cmocka_unit_test(a_quota_or_the_ceiling_make_the_client_the_limit),
        cmocka_unit_test(ports_go_before_all_else),
        cmocka_unit_test(stolen_time_is_noise),
        cmocka_unit_test(lost_segments_are_the_networks),
        cmocka_unit_test(a_round_trip_to_another_machine_is_the_networks),
        cmocka_unit_test(a_backlog_that_overflows_is_the_servers),
        cmocka_unit_test(where_hardly_any_request_is_answered_nothing_is_known),
        cmocka_unit_test(whose_requests_wait_for_a_connection_is_no_client_that_sends_late),
        cmocka_unit_test(a_slot_that_thinks_for_longer_than_it_waits_has_no_limit),
        cmocka_unit_test(a_rate_that_was_kept_has_no_limit),
        cmocka_unit_test(an_open_loop_whose_requests_wait_is_limited_by_the_server),
        cmocka_unit_test(what_is_in_flight_at_the_end_of_the_time_is_no_limit),
        cmocka_unit_test(who_sends_late_with_a_connection_free_is_the_limit),
        cmocka_unit_test(an_open_loop_whose_client_is_saturated_is_limited_by_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
