/* Every row of the table just inside and just beyond its thresholds, unknown, and where it does not apply. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "trust/trust.h"

#define NOTHING -1 /* in place of a status: there is no row */

/* A run of a minute in which all is well and everything is known. */
static struct trust_facts well(void) {
    return (struct trust_facts){
        .open_loop = true,
        .has_turns = true,
        .over_tcp = true,
        .has_ceiling = true,
        .total = 10000,
        .completed = 10000,
        .wall_s = 10,
        .p50_s = .01,
        .tail_s = .02,
        .service_mean_s = .01,
        .longest_s = .15,
        .first_byte_mean_s = .009,
        .connect_p50_s = .0001,
        .threads = 1,
        .processors = 2,
        .cpu_s = 2,
        .busiest_cpu_share = .2,
        .busiest_wait_share = .01,
        .largest_cpu_share = .2,
        .largest_wait_share = .01,
        .loop_busy_share = .2,
        .turn_p99_s = .0001,
        .slip_tail_s = .0001,
        .wake_s = .00006,
        .span_s = 9.99,
        .in_flight_mean = 10,
        .in_flight_expected = 10,
        .in_flight_error = .001,
        .drift_p = .5,
        .drift_share = .2,
        .clock_s = 5e-8,
        .segments_sent = 20000,
        .port_range = 28232,
        .jiffies = 2000,
        .is_performance = 1,
        .ceiling_share = .3,
    };
}

static const struct trust_row *find(const struct trust_row *rows, size_t count, const char *id) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].check->id, id) == 0)
            return &rows[i];
    return NULL;
}

static int status_of(const struct trust_facts *f, const char *id) {
    struct trust_row rows[TRUST_CHECKS_MOST];
    size_t count = trust_judge(f, rows);
    const struct trust_row *row = find(rows, count, id);
    return row ? (int)row->status : NOTHING;
}

#define SETTER(name, assignment)                                                                             \
    static void name(struct trust_facts *f, double v) {                                                      \
        assignment;                                                                                          \
    }

static int64_t integer(double v) {
    return isnan(v) ? -1 : (int64_t)v;
}

SETTER(set_cpu, f->largest_cpu_share = v; if (isnan(v)) f->cpu_s = v)
SETTER(set_wait, f->largest_wait_share = v)
SETTER(set_lag, f->turn_p99_s = v)
SETTER(set_late, f->late_share = v; f->late = integer(v * 1e6))
SETTER(set_slip, f->slip_tail_s = v)
SETTER(set_wake, f->wake_s = v)
SETTER(set_wall, f->wall_s = v; f->in_flight_mean = NAN)
SETTER(set_in_flight, f->in_flight_mean = v)
SETTER(set_drift, f->drift_p = v)
SETTER(set_clock, f->clock_s = v)
SETTER(set_lost, f->samples_lost = integer(v))
SETTER(set_failed, f->failed = integer(v); f->completed = 10000 - (v > 0 ? f->failed : 0))
SETTER(set_status, f->other_status = integer(v))
SETTER(set_drops, f->listen_drops = integer(v); f->connect_longest_s = 1.01)
SETTER(set_syn, f->syn_retransmits = integer(v); f->retransmits = integer(v); f->connect_longest_s = 1.01)
SETTER(set_time_wait, f->time_wait = integer(v))
SETTER(set_no_ports, f->no_ports = integer(v))
SETTER(set_retransmits, f->retransmits = integer(v))
SETTER(set_timeouts, f->timeouts = integer(v))
SETTER(set_40ms, f->share_40ms = v; f->count_40ms = integer(v * 10000))
SETTER(set_steal, f->steal_share = v)
SETTER(set_throttled, f->throttled = integer(v))
SETTER(set_governor, f->is_performance = isnan(v) ? -1 : v == 0)
SETTER(set_same, f->same_machine = (int)integer(v))
SETTER(set_ceiling, f->ceiling_share = v)

/* `good` is just inside the first threshold and `bad` just beyond it. */
static const struct {
    const char *id;
    void (*set)(struct trust_facts *f, double v);
    double good, bad;
    enum trust_status status; /* of the bad one */
} edges[] = {
    {"client_cpu", set_cpu, .80, .81, TRUST_WARN},
    {"client_cpu", set_cpu, .80, .91, TRUST_FAIL},
    {"run_queue_wait", set_wait, .05, .051, TRUST_WARN},
    {"loop_lag", set_lag, .00099, .00101, TRUST_WARN},
    {"send_slip", set_late, .05, .051, TRUST_WARN},
    {"send_slip", set_slip, .0019, .0021, TRUST_FAIL},
    {"wake_up", set_wake, .00099, .00101, TRUST_WARN},
    {"rate", set_wall, 10.18, 10.25, TRUST_WARN},
    {"rate", set_wall, 10.18, 11.3, TRUST_FAIL},
    {"littles_law", set_in_flight, 10.09, 10.11, TRUST_WARN},
    {"littles_law", set_in_flight, 9.91, 9.4, TRUST_FAIL},
    {"stationarity", set_drift, .011, .009, TRUST_WARN},
    {"clock", set_clock, .00049, .00051, TRUST_WARN},
    {"dropped_samples", set_lost, 0, 1, TRUST_FAIL},
    {"errors", set_failed, 10, 11, TRUST_FAIL},
    {"status", set_status, 0, 1, TRUST_WARN},
    {"listen_backlog", set_drops, 0, 1, TRUST_FAIL},
    {"listen_backlog", set_syn, 0, 1, TRUST_FAIL},
    {"ports", set_time_wait, 22585, 22586, TRUST_WARN},
    {"ports", set_no_ports, 0, 1, TRUST_FAIL},
    {"retransmits", set_retransmits, 0, 1, TRUST_WARN},
    {"retransmits", set_timeouts, 0, 1, TRUST_WARN},
    {"delayed_ack_40ms", set_40ms, .01, .0101, TRUST_WARN},
    {"steal", set_steal, .01, .011, TRUST_WARN},
    {"throttling", set_throttled, 0, 1, TRUST_FAIL},
    {"frequency", set_governor, 0, 1, TRUST_WARN},
    {"ceiling", set_ceiling, .50, .51, TRUST_WARN},
    {"ceiling", set_ceiling, .50, .81, TRUST_FAIL},
};
#define EDGES (sizeof edges / sizeof edges[0])

static void where_all_is_well_every_check_passes(void **state) {
    (void)state;
    struct trust_facts f = well();
    struct trust_row rows[TRUST_CHECKS_MOST];
    size_t count = trust_judge(&f, rows), checks = 0;
    for (size_t i = 0; i < count; i++)
        if (rows[i].status != TRUST_PASS || rows[i].advice)
            fail_msg("%s", rows[i].check->id);
    while (trust_checks[checks].id)
        checks++;
    assert_int_equal(count, checks);
    assert_true(checks <= TRUST_CHECKS_MOST);
}

static void a_value_inside_its_threshold_passes(void **state) {
    (void)state;
    for (size_t i = 0; i < EDGES; i++) {
        struct trust_facts f = well();
        edges[i].set(&f, edges[i].good);
        if (status_of(&f, edges[i].id) != TRUST_PASS)
            fail_msg("%s, edge %zu", edges[i].id, i);
    }
}

static void a_value_beyond_its_threshold_is_bad_and_says_what_to_do(void **state) {
    (void)state;
    for (size_t i = 0; i < EDGES; i++) {
        struct trust_facts f = well();
        edges[i].set(&f, edges[i].bad);
        struct trust_row row = trust_judge_one(trust_find(edges[i].id), &f);
        if (row.status != edges[i].status || !row.advice || !isfinite(row.value) || !isfinite(row.threshold))
            fail_msg("%s, edge %zu", edges[i].id, i);
    }
}

static void a_value_beyond_its_threshold_turns_no_other_check(void **state) {
    (void)state;
    for (size_t i = 0; i < EDGES; i++) {
        struct trust_facts f = well();
        edges[i].set(&f, edges[i].bad);
        for (const struct trust_check *c = trust_checks; c->id; c++)
            if (strcmp(c->id, edges[i].id) != 0 && trust_judge_one(c, &f).status >= TRUST_WARN)
                fail_msg("%s turned %s", edges[i].id, c->id);
    }
}

static void what_is_unknown_never_passes(void **state) {
    (void)state;
    for (size_t i = 0; i < EDGES; i++) {
        struct trust_facts f = well();
        edges[i].set(&f, NAN);
        struct trust_row row = trust_judge_one(trust_find(edges[i].id), &f);
        if (row.status != TRUST_UNKNOWN || !row.advice || !isnan(row.value))
            fail_msg("%s, edge %zu", edges[i].id, i);
    }
}

static void of_a_run_of_which_nothing_is_known_no_check_passes(void **state) {
    (void)state;
    struct trust_facts f = trust_facts_unknown();
    f.open_loop = f.has_turns = f.has_ceiling = true;
    for (const struct trust_check *c = trust_checks; c->id; c++)
        if (trust_judge_one(c, &f).status != TRUST_UNKNOWN)
            fail_msg("%s", c->id);
    assert_null(trust_limited_by(&f).by);
}

static void a_closed_loop_has_no_slip_and_no_rate(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.open_loop = false;
    assert_int_equal(status_of(&f, "send_slip"), NOTHING);
    assert_int_equal(status_of(&f, "rate"), NOTHING);
    assert_int_equal(status_of(&f, "client_cpu"), TRUST_PASS);
}

static void what_does_not_apply_has_no_row(void **state) {
    (void)state;
    struct trust_facts f = well();
    f.has_turns = f.has_ceiling = f.over_tcp = false;
    assert_int_equal(status_of(&f, "loop_lag"), NOTHING);
    assert_int_equal(status_of(&f, "ceiling"), NOTHING);
    assert_int_equal(status_of(&f, "listen_backlog"), NOTHING);
    assert_int_equal(status_of(&f, "ports"), NOTHING);
    assert_int_equal(status_of(&f, "retransmits"), NOTHING);
    assert_int_equal(status_of(&f, "delayed_ack_40ms"), NOTHING);
}

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
    set_same(&f, NAN);
    assert_int_equal(status_of(&f, "same_machine"), TRUST_UNKNOWN);
}

static void the_advice_of_whatever_may_be_bad_says_behind_a_colon_what_to_do(void **state) {
    (void)state;
    for (const struct trust_check *c = trust_checks; c->id; c++)
        if (!isnan(c->warn) || !isnan(c->fail)) {
            assert_non_null(strstr(c->advice, ": "));
            assert_true(!c->when_spinning || strstr(c->when_spinning, ": "));
            assert_true(!c->when_unable || strstr(c->when_unable, ": "));
        }
}

static void what_invalidates_is_a_column(void **state) {
    (void)state;
    assert_true(trust_find("rate")->invalidates);
    assert_true(trust_find("dropped_samples")->invalidates);
    assert_false(trust_find("client_cpu")->invalidates);
    assert_null(trust_find("mood"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_all_is_well_every_check_passes),
        cmocka_unit_test(a_value_inside_its_threshold_passes),
        cmocka_unit_test(a_value_beyond_its_threshold_is_bad_and_says_what_to_do),
        cmocka_unit_test(a_value_beyond_its_threshold_turns_no_other_check),
        cmocka_unit_test(what_is_unknown_never_passes),
        cmocka_unit_test(of_a_run_of_which_nothing_is_known_no_check_passes),
        cmocka_unit_test(a_closed_loop_has_no_slip_and_no_rate),
        cmocka_unit_test(what_does_not_apply_has_no_row),
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
        cmocka_unit_test(the_advice_of_whatever_may_be_bad_says_behind_a_colon_what_to_do),
        cmocka_unit_test(what_invalidates_is_a_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
