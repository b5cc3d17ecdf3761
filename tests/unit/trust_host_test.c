/* Every row of the host's table: well, not well and unknown. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "trust/host.h"

static struct trust_host well(void) {
    struct trust_host h = {.processors_online = 8,
                           .processors_allowed = 8,
                           .quota = NAN,
                           .load = .1,
                           .files = 1048576,
                           .threads = -1,
                           .ports = 28232,
                           .backlog = 4096,
                           .clock_step_s = 1e-9,
                           .clock_call_s = 2e-8,
                           .late_s = 6e-5,
                           .clocksource = "tsc",
                           .governor = "performance",
                           .run = trust_facts_unknown()};
    h.run.steal_share = 0;
    h.run.jiffies = 1000;
    h.run.throttled = 0;
    h.run.is_performance = 1;
    return h;
}

static enum trust_status judge(const struct trust_host *h, const char *id, char found[TRUST_HOST_FOUND]) {
    for (const struct trust_host_check *c = trust_host_checks; c->id; c++)
        if (strcmp(c->id, id) == 0)
            return c->judge(h, found);
    fail_msg("no check %s", id);
    return TRUST_FAIL;
}

static void where_all_is_well_every_check_passes(void **state) {
    (void)state;
    struct trust_host h = well();
    for (const struct trust_host_check *c = trust_host_checks; c->id; c++) {
        char found[TRUST_HOST_FOUND] = "";
        if (c->judge(&h, found) != TRUST_PASS || !*found)
            fail_msg("%s: %s", c->id, found);
    }
}

#define FAULT(name, assignment)                                                                              \
    static void name(struct trust_host *h) {                                                                 \
        assignment;                                                                                          \
    }

FAULT(one_processor, h->processors_allowed = 1)
FAULT(small_quota, h->quota = 7.5)
FAULT(busy_machine, h->load = .9)
FAULT(stolen, h->run.steal_share = .02)
FAULT(throttled, h->run.throttled = 1)
FAULT(powersave, h->governor = "powersave"; h->run.is_performance = 0)
FAULT(slow_clock, h->clock_call_s = 1e-6)
FAULT(coarse_clock, h->clock_step_s = 4e-3)
FAULT(late_timer, h->late_s = 1e-3)
FAULT(few_files, h->files = 1024)
FAULT(few_threads, h->threads = 100)
FAULT(few_ports, h->ports = 1000)
FAULT(used_ports, h->time_wait = 28000)
FAULT(short_backlog, h->backlog = 128)

static void each_fault_turns_its_check_and_no_other(void **state) {
    (void)state;
    static const struct {
        const char *id;
        void (*make)(struct trust_host *h);
    } faults[] = {
        {"processors", one_processor}, {"processors", small_quota},
        {"others", busy_machine},      {"steal", stolen},
        {"throttling", throttled},     {"frequency", powersave},
        {"clock", slow_clock},         {"clock", coarse_clock},
        {"timer", late_timer},         {"files", few_files},
        {"threads", few_threads},      {"ports", few_ports},
        {"ports", used_ports},         {"backlog", short_backlog},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct trust_host h = well();
        faults[i].make(&h);
        for (const struct trust_host_check *c = trust_host_checks; c->id; c++) {
            char found[TRUST_HOST_FOUND] = "";
            bool bad = c->judge(&h, found) >= TRUST_WARN;
            if (bad != (strcmp(c->id, faults[i].id) == 0))
                fail_msg("fault %zu: %s: %s", i, c->id, found);
        }
    }
}

static void what_is_not_told_is_unknown(void **state) {
    (void)state;
    struct trust_host h = {.processors_online = -1,
                           .processors_allowed = -1,
                           .quota = NAN,
                           .load = NAN,
                           .files = -1,
                           .threads = -1,
                           .ports = -1,
                           .time_wait = -1,
                           .backlog = -1,
                           .clock_step_s = NAN,
                           .clock_call_s = NAN,
                           .late_s = NAN,
                           .run = trust_facts_unknown()};
    for (const struct trust_host_check *c = trust_host_checks; c->id; c++) {
        char found[TRUST_HOST_FOUND] = "";
        bool may_have_no_limit = strcmp(c->id, "files") == 0 || strcmp(c->id, "threads") == 0;
        assert_int_equal(c->judge(&h, found), may_have_no_limit ? TRUST_PASS : TRUST_UNKNOWN);
    }
}

static void figures_stand_in_what_was_found(void **state) {
    (void)state;
    struct trust_host h = well();
    char found[TRUST_HOST_FOUND] = "";
    h.quota = 1.5;
    h.time_wait = 12;
    judge(&h, "processors", found);
    assert_string_equal(found, "8 of 8 may be used, with a quota of 1.5");
    judge(&h, "ports", found);
    assert_string_equal(found, "28232 to connect from, 12 sockets in TIME_WAIT");
    judge(&h, "timer", found);
    assert_string_equal(found, "a sleep of 100 us ends 60 us late");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_all_is_well_every_check_passes),
        cmocka_unit_test(each_fault_turns_its_check_and_no_other),
        cmocka_unit_test(what_is_not_told_is_unknown),
        cmocka_unit_test(figures_stand_in_what_was_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
