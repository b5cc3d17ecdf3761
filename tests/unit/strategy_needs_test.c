/* What a plan asks for that a strategy cannot do is refused in words that name both. */
#include "strategy/strategy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *one_word[] = {"a:1:2.2.2.2"};
static struct target secret_place = {.tls = true};

static const struct {
    struct plan plan;
    const char *option;
} needs[] = {
    {{.targets = &secret_place, .target_count = 1}, "https"},
    {{.http2 = true}, "--http2"},
    {{.proxy = "http://proxy"}, "--proxy"},
    {{.resolve = {one_word, 1}}, "--resolve"},
    {{.connect_to = {one_word, 1}}, "--connect-to"},
    {{.unix_socket = "/socket"}, "--unix-socket"},
    {{.dns = "each"}, "--dns each"},
    {{.cert = "file"}, "--cert"},
    {{.location = true}, "--location"},
    {{.compressed = true}, "--compressed"},
    {{.warmup_requests = 1}, "--warmup"},
    {{.fail_status = true}, "--fail-status"},
    {{.save = "folder"}, "--save"},
    {{.work = "json"}, "--work"},
    {{.verify = true}, "--verify"},
    {{.rate_per_s = 5}, "--rate"},
    {{.ramp = "1:2:3s"}, "--ramp"},
    {{.stages = "1:2s"}, "--stages"},
    {{.duration_ns = 1}, "--duration"},
    {{.deadline_ns = 1}, "--deadline"},
    {{.think_ns = 1}, "--think-time"},
    {{.spin = true}, "--spin"},
};
#define NEEDS (sizeof needs / sizeof needs[0])

static void a_strategy_that_can_nothing_is_refused_each_option_by_name(void **state) {
    (void)state;
    static const struct strategy dummy = {.name = "dummy", .capabilities = CAN_RUN_CONCURRENTLY};
    for (size_t i = 0; i < NEEDS; i++) {
        struct err err = {0};
        assert_int_equal(strategy_check_needs(&dummy, &needs[i].plan, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        if (!strstr(err.text, "mode dummy") || !strstr(err.text, needs[i].option))
            fail_msg("\"%s\" does not name both dummy and %s", err.text, needs[i].option);
        assert_null(strchr(err.text, '\n'));
    }
}

static void what_needs_nothing_is_for_every_strategy(void **state) {
    (void)state;
    static const struct strategy dummy = {.name = "dummy"};
    struct plan plan = {.dns = "once", .http1_1 = true};
    assert_int_equal(strategy_check_needs(&dummy, &plan, NULL), 0);
}

static void the_libcurl_strategies_can_it_all(void **state) {
    (void)state;
    static const char *names[] = {"sequential", "threads", "async"};
    for (size_t s = 0; s < 3; s++)
        for (size_t i = 0; i < NEEDS; i++) {
            if (!needs[i].plan.spin)
                assert_int_equal(strategy_check_needs(strategy_find(names[s]), &needs[i].plan, NULL), 0);
        }
}

static void only_what_waits_on_a_loop_can_spin_and_a_program_keeps_no_time(void **state) {
    (void)state;
    static const struct plan spin = {.rate_per_s = 5, .spin = true}, timed = {.duration_ns = 1};
    struct err err = {0};
    assert_int_equal(strategy_check_needs(strategy_find("async"), &spin, NULL), 0);
    assert_int_equal(strategy_check_needs(strategy_find("threads"), &spin, &err), -1);
    assert_string_equal(err.text, "mode threads cannot wait without sleeping, so --spin is not for it");
    assert_int_equal(strategy_check_needs(strategy_find("exec"), &timed, &err), -1);
    assert_string_equal(err.text, "mode exec cannot end by time, so --duration is not for it");
}

static int configure(const char *mode, const char *work, struct plan *plan, struct err *err) {
    plan->requests = plan->concurrency = 4;
    plan->work = work;
    if (plan_add_modes(plan, mode, err))
        return -1;
    return strategy_configure(plan, &plan->entries[0], err);
}

static void work_is_an_option_of_every_strategy_that_can(void **state) {
    (void)state;
    for (const struct strategy *const *row = strategy_table; *row; row++) {
        struct plan plan = {0};
        struct err err = {0};
        char mode[100];
        if (!((*row)->capabilities & CAN_WORK) || (*row)->capabilities & RUNS_PROGRAM)
            continue;
        snprintf(mode, sizeof mode, "%s:work=sha256/50", (*row)->name);
        assert_int_equal(configure(mode, "json", &plan, &err), 0);
        assert_int_equal(plan.entries[0].work.kind, BODYWORK_SHA256);
        assert_int_equal(plan.entries[0].work.times, 50);
        plan_fini(&plan);
        assert_int_equal(configure((*row)->name, "json", &plan, &err), 0);
        assert_int_equal(plan.entries[0].work.kind, BODYWORK_JSON);
        plan_fini(&plan);
    }
}

static void a_strategys_own_options_and_the_shared_one_do_not_meet(void **state) {
    (void)state;
    struct plan plan = {0};
    struct err err = {0};
    assert_int_equal(configure("async:threads=3:work=json", NULL, &plan, &err), 0);
    assert_int_equal(plan.entries[0].threads, 3);
    assert_int_equal(plan.entries[0].work.kind, BODYWORK_JSON);
    plan_fini(&plan);
}

static void work_none_lifts_the_plans_work(void **state) {
    (void)state;
    struct plan plan = {0};
    struct err err = {0};
    assert_int_equal(configure("async:work=none", "json", &plan, &err), 0);
    assert_int_equal(plan.entries[0].work.kind, BODYWORK_NONE);
    plan_fini(&plan);
}

static void programs_have_the_plans_work_and_no_option_for_it(void **state) {
    (void)state;
    struct plan plan = {0};
    struct err err = {0};
    assert_int_equal(configure("exec:true :work=sha256/50", "json", &plan, &err), 0);
    assert_int_equal(plan.entries[0].work.kind, BODYWORK_JSON);
    assert_string_equal(plan.entries[0].values[0].text, "true :work=sha256/50");
    assert_null(strategy_option(strategy_find("exec"), 1));
    plan_fini(&plan);
}

static void work_is_no_option_where_bodies_are_not_seen(void **state) {
    (void)state;
    static const struct strategy dummy = {.name = "dummy", .capabilities = CAN_RUN_CONCURRENTLY};
    assert_null(strategy_option(&dummy, 0));
}

static void an_option_given_twice_is_refused_by_every_strategy(void **state) {
    (void)state;
    for (const struct strategy *const *row = strategy_table; *row; row++) {
        struct plan plan = {0};
        struct err err = {0};
        char mode[100], wanted[100];
        if ((*row)->capabilities & RUNS_PROGRAM) /* which takes all of it as a command */
            continue;
        snprintf(mode, sizeof mode, "%s:work=json:work=none", (*row)->name);
        snprintf(wanted, sizeof wanted, "option work of mode %s was given twice", (*row)->name);
        assert_int_equal(configure(mode, NULL, &plan, &err), -1);
        assert_string_equal(err.text, wanted);
        assert_int_equal(err.kind, ERR_USAGE);
        plan_fini(&plan);
    }
}

static void threads_that_share_lanes_have_one_for_each_processor_at_most(void **state) {
    (void)state;
    static const struct strategy shared = {.name = "shared"},
                                 own = {.name = "own", .capabilities = HAS_OWN_LANES};
    const struct plan_entry entry = {.threads = 3};
    assert_int_equal(strategy_lanes(&shared, &entry, 2), 2);
    assert_int_equal(strategy_lanes(&shared, &entry, 4), 3);
    assert_int_equal(strategy_lanes(&own, &entry, 2), 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_strategy_that_can_nothing_is_refused_each_option_by_name),
        cmocka_unit_test(what_needs_nothing_is_for_every_strategy),
        cmocka_unit_test(the_libcurl_strategies_can_it_all),
        cmocka_unit_test(only_what_waits_on_a_loop_can_spin_and_a_program_keeps_no_time),
        cmocka_unit_test(work_is_an_option_of_every_strategy_that_can),
        cmocka_unit_test(a_strategys_own_options_and_the_shared_one_do_not_meet),
        cmocka_unit_test(work_none_lifts_the_plans_work),
        cmocka_unit_test(programs_have_the_plans_work_and_no_option_for_it),
        cmocka_unit_test(work_is_no_option_where_bodies_are_not_seen),
        cmocka_unit_test(an_option_given_twice_is_refused_by_every_strategy),
        cmocka_unit_test(threads_that_share_lanes_have_one_for_each_processor_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
