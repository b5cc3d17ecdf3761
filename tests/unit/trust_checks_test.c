/* Every row of the table just inside and just beyond its thresholds, unknown, and where it does not apply. */
#include "trust_made.h"

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
        cmocka_unit_test(the_advice_of_whatever_may_be_bad_says_behind_a_colon_what_to_do),
        cmocka_unit_test(what_invalidates_is_a_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
