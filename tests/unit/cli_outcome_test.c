/* Which outcome wins over which. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/outcome.h"

static void nothing_wrong_is_well(void **state) {
    (void)state;
    assert_int_equal(outcome_first(&(struct outcome){0}), CLI_OK);
}

/* All is wrong at first; then what came out is mended, and the next one comes out. */
static void the_first_that_applies_wins(void **state) {
    (void)state;
    struct outcome o = {.signal = SIGINT,
                        .failed = true,
                        .broken = true,
                        .too_many_failed = true,
                        .threshold_broken = true,
                        .regressed = true,
                        .inconclusive = true};
    assert_int_equal(outcome_first(&o), CLI_INTERRUPTED);
    o.signal = SIGTERM;
    assert_int_equal(outcome_first(&o), CLI_TERMINATED);
    o.signal = 0;
    assert_int_equal(outcome_first(&o), CLI_FAILED);
    o.failed = false;
    assert_int_equal(outcome_first(&o), CLI_RUN_BROKEN);
    o.broken = false;
    assert_int_equal(outcome_first(&o), CLI_NO_SUCCESS);
    o.too_many_failed = false;
    assert_int_equal(outcome_first(&o), CLI_THRESHOLD);
    o.threshold_broken = false;
    assert_int_equal(outcome_first(&o), CLI_REGRESSION);
    o.regressed = false;
    assert_int_equal(outcome_first(&o), CLI_NO_CONCLUSION);
}

static enum cli_outcome after(struct run_result result, double max_errors) {
    struct outcome o = {0};
    struct plan_entry entry = {.ceiling = false};
    if (!result.entry)
        result.entry = &entry;
    outcome_add_run(&o, &result, max_errors);
    return outcome_first(&o);
}

static void a_run_without_success_fails_whatever_may_fail(void **state) {
    (void)state;
    assert_int_equal(after((struct run_result){.failed = 3}, 1), CLI_NO_SUCCESS);
    assert_int_equal(after((struct run_result){.completed = 1, .failed = 3}, 1), CLI_OK);
}

static void a_share_of_failures_may_be_reached_but_not_passed(void **state) {
    (void)state;
    assert_int_equal(after((struct run_result){.completed = 3, .failed = 1}, .25), CLI_OK);
    assert_int_equal(after((struct run_result){.completed = 2, .failed = 1}, .25), CLI_NO_SUCCESS);
}

static void a_crash_or_a_kill_is_a_broken_run(void **state) {
    (void)state;
    assert_int_equal(after((struct run_result){.completed = 3, .reason = RUN_CRASHED}, 1), CLI_RUN_BROKEN);
    assert_int_equal(after((struct run_result){.completed = 3, .reason = RUN_KILLED}, 1), CLI_RUN_BROKEN);
}

static void a_ceiling_s_failures_are_not_the_target_s(void **state) {
    (void)state;
    struct plan_entry ceiling = {.ceiling = true};
    assert_int_equal(after((struct run_result){.entry = &ceiling, .failed = 3}, 1), CLI_OK);
    assert_int_equal(after((struct run_result){.entry = &ceiling, .reason = RUN_KILLED}, 1), CLI_RUN_BROKEN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_wrong_is_well),
        cmocka_unit_test(the_first_that_applies_wins),
        cmocka_unit_test(a_run_without_success_fails_whatever_may_fail),
        cmocka_unit_test(a_share_of_failures_may_be_reached_but_not_passed),
        cmocka_unit_test(a_crash_or_a_kill_is_a_broken_run),
        cmocka_unit_test(a_ceiling_s_failures_are_not_the_target_s),
    };
    return cmocka_run_group_tests_name("cli/outcome", tests, NULL, NULL);
}
