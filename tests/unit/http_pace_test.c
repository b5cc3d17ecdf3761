/* When requests begin, and with which of the free transfers. */
#include "http/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT 4

/* Gives tickets 0, 1, 2 ... due at the moments of a list that ends with PACE_NEVER_NS. */
struct source {
    const int64_t *due_ns;
    int64_t taken;
};

static bool take(void *state, struct ticket *ticket) {
    struct source *s = state;
    if (s->due_ns[s->taken] == PACE_NEVER_NS)
        return false;
    *ticket = (struct ticket){.number = s->taken, .due_ns = s->due_ns[s->taken]};
    s->taken++;
    return true;
}

static void open_pace(struct pace *p, struct source *s, struct pace_rules rules) {
    pace_init(p, COUNT, take, s);
    pace_start(p, &rules);
}

static void assert_begins(struct pace *p, int64_t now_ns, size_t index, int64_t number) {
    struct ticket ticket;
    size_t at = COUNT;
    assert_true(pace_next(p, now_ns, &at, &ticket));
    assert_int_equal(at, index);
    assert_int_equal(ticket.number, number);
}

static void assert_nothing_begins(struct pace *p, int64_t now_ns) {
    struct ticket ticket;
    size_t at = 0;
    assert_false(pace_next(p, now_ns, &at, &ticket));
}

static void a_request_begins_when_it_is_due_and_not_before(void **state) {
    (void)state;
    struct source s = {.due_ns = (const int64_t[]){100, 200, PACE_NEVER_NS}};
    struct pace p;
    open_pace(&p, &s, (struct pace_rules){.open = true});
    pace_rest(&p, 0, 0);
    pace_rest(&p, 1, 0);
    assert_int_equal(pace_moment_ns(&p), 100);
    assert_nothing_begins(&p, 99);
    assert_begins(&p, 100, 1, 0);
    assert_int_equal(pace_moment_ns(&p), 200);
    assert_nothing_begins(&p, 199);
    assert_begins(&p, 200, 0, 1);
    assert_false(pace_waits(&p));
    pace_fini(&p);
}

static void no_ticket_is_taken_while_no_transfer_is_free_and_one_at_most_before_it_is_due(void **state) {
    (void)state;
    struct source s = {.due_ns = (const int64_t[]){100, 200, 300, PACE_NEVER_NS}};
    struct pace p;
    open_pace(&p, &s, (struct pace_rules){.open = true});
    assert_false(pace_waits(&p));
    assert_nothing_begins(&p, 1000);
    assert_int_equal(s.taken, 0);
    for (size_t i = 0; i < COUNT; i++)
        pace_rest(&p, i, 0);
    assert_true(pace_waits(&p));
    assert_nothing_begins(&p, 50);
    assert_int_equal(s.taken, 1);
    pace_fini(&p);
}

static void what_is_overdue_begins_one_after_the_other_as_transfers_come_free(void **state) {
    (void)state;
    struct source s = {.due_ns = (const int64_t[]){100, 101, 102, PACE_NEVER_NS}};
    struct pace p;
    open_pace(&p, &s, (struct pace_rules){.open = true});
    pace_rest(&p, 0, 0);
    assert_begins(&p, 500, 0, 0);
    assert_nothing_begins(&p, 500);
    pace_rest(&p, 2, 600);
    assert_begins(&p, 600, 2, 1);
    pace_rest(&p, 3, 700);
    assert_begins(&p, 700, 3, 2);
    pace_rest(&p, 0, 800);
    assert_nothing_begins(&p, 800);
    assert_false(pace_waits(&p));
    pace_fini(&p);
}

static void the_transfer_that_came_free_last_begins_next(void **state) {
    (void)state;
    struct source s = {.due_ns = (const int64_t[]){100, 200, 300, 400, PACE_NEVER_NS}};
    struct pace p;
    open_pace(&p, &s, (struct pace_rules){.open = true});
    for (size_t i = 0; i < COUNT; i++)
        pace_rest(&p, i, 0);
    assert_begins(&p, 100, 3, 0);
    assert_begins(&p, 200, 2, 1);
    pace_rest(&p, 3, 250);
    assert_begins(&p, 300, 3, 2);
    assert_begins(&p, 400, 1, 3);
    pace_fini(&p);
}

static void a_transfer_that_came_free_too_late_leaves_the_request_to_one_that_was_free(void **state) {
    (void)state;
    struct source s = {.due_ns = (const int64_t[]){100, 110, PACE_NEVER_NS}};
    struct pace p;
    open_pace(&p, &s, (struct pace_rules){.open = true});
    pace_rest(&p, 0, 40);
    pace_rest(&p, 1, 90);
    pace_rest(&p, 2, 105);
    assert_begins(&p, 120, 1, 0);
    assert_begins(&p, 120, 2, 1);
    pace_fini(&p);
}

static void where_none_was_free_in_time_the_last_takes_it(void **state) {
    (void)state;
    struct source s = {.due_ns = (const int64_t[]){100, PACE_NEVER_NS}};
    struct pace p;
    open_pace(&p, &s, (struct pace_rules){.open = true});
    pace_rest(&p, 0, 101);
    pace_rest(&p, 1, 102);
    assert_begins(&p, 120, 1, 0);
    pace_fini(&p);
}

static const int64_t at_once[] = {0, 0, 0, 0, 0, 0, PACE_NEVER_NS};

static void what_waited_for_a_transfer_until_the_end_is_not_begun(void **state) {
    (void)state;
    struct source s = {.due_ns = (const int64_t[]){100, 200, 300, PACE_NEVER_NS}};
    struct pace p;
    open_pace(&p, &s, (struct pace_rules){.open = true, .until_ns = 1000});
    pace_rest(&p, 0, 0);
    assert_begins(&p, 100, 0, 0);
    pace_rest(&p, 0, 990);
    assert_begins(&p, 999, 0, 1);
    pace_rest(&p, 0, 1000);
    assert_true(pace_waits(&p)); /* it has taken the ticket */
    assert_nothing_begins(&p, 1000);
    assert_false(pace_waits(&p));
    pace_fini(&p);
}

static void in_a_closed_loop_a_free_transfer_begins_at_once(void **state) {
    (void)state;
    struct source s = {.due_ns = at_once + 4};
    struct pace p;
    open_pace(&p, &s, (struct pace_rules){0});
    pace_rest(&p, 1, 0);
    assert_begins(&p, 0, 1, 0);
    pace_rest(&p, 1, 300);
    assert_begins(&p, 0, 1, 1);
    pace_rest(&p, 1, 600);
    assert_nothing_begins(&p, 0);
    assert_false(pace_waits(&p));
    pace_fini(&p);
}

static void who_thinks_pauses_after_each_answer_but_not_before_the_first_request(void **state) {
    (void)state;
    struct source s = {.due_ns = at_once};
    struct pace p;
    open_pace(&p, &s, (struct pace_rules){.think_ns = 1000});
    pace_rest(&p, 0, 0);
    assert_begins(&p, 0, 0, 0);
    pace_rest(&p, 1, 0);
    assert_begins(&p, 0, 1, 1);
    pace_rest(&p, 1, 5000);
    pace_rest(&p, 0, 5500);
    assert_nothing_begins(&p, 5999);
    assert_int_equal(pace_moment_ns(&p), 6000);
    assert_int_equal(s.taken, 2);
    assert_begins(&p, 6000, 1, 2);
    assert_int_equal(pace_moment_ns(&p), 6500);
    assert_int_equal(s.taken, 3);
    assert_begins(&p, 9000, 0, 3);
    assert_false(pace_waits(&p));
    pace_fini(&p);
}

static void a_pause_that_would_outlast_the_run_ends_with_it(void **state) {
    (void)state;
    struct source s = {.due_ns = at_once};
    struct pace p;
    open_pace(&p, &s, (struct pace_rules){.think_ns = 1000, .until_ns = 6000});
    pace_rest(&p, 0, 4999);
    pace_rest(&p, 1, 5000);
    assert_begins(&p, 5999, 0, 0);
    assert_int_equal(pace_moment_ns(&p), 6000);
    assert_nothing_begins(&p, 6000);
    assert_false(pace_waits(&p));
    pace_fini(&p);
}

static void in_a_closed_loop_nothing_is_taken_that_its_end_would_leave_over(void **state) {
    (void)state;
    struct source s = {.due_ns = at_once};
    struct pace p;
    open_pace(&p, &s, (struct pace_rules){.think_ns = 1000, .until_ns = 6000});
    pace_rest(&p, 0, 4000);
    pace_rest(&p, 1, 4000);
    assert_begins(&p, 5000, 1, 0); /* both pauses are over */
    assert_int_equal(pace_moment_ns(&p), 0);
    assert_true(pace_waits(&p));
    assert_nothing_begins(&p, 6000);
    assert_int_equal(s.taken, 1);
    assert_false(pace_waits(&p));
    pace_fini(&p);
}

static void a_second_run_knows_nothing_of_the_first(void **state) {
    (void)state;
    struct source s = {.due_ns = at_once};
    struct pace p;
    open_pace(&p, &s, (struct pace_rules){.think_ns = 1000});
    pace_rest(&p, 0, 0);
    pace_rest(&p, 1, 5000);
    assert_true(pace_waits(&p));
    pace_start(&p, &(struct pace_rules){.open = true});
    assert_false(pace_waits(&p));
    assert_nothing_begins(&p, 10000);
    pace_fini(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_begins_when_it_is_due_and_not_before),
        cmocka_unit_test(no_ticket_is_taken_while_no_transfer_is_free_and_one_at_most_before_it_is_due),
        cmocka_unit_test(what_is_overdue_begins_one_after_the_other_as_transfers_come_free),
        cmocka_unit_test(the_transfer_that_came_free_last_begins_next),
        cmocka_unit_test(a_transfer_that_came_free_too_late_leaves_the_request_to_one_that_was_free),
        cmocka_unit_test(where_none_was_free_in_time_the_last_takes_it),
        cmocka_unit_test(what_waited_for_a_transfer_until_the_end_is_not_begun),
        cmocka_unit_test(in_a_closed_loop_a_free_transfer_begins_at_once),
        cmocka_unit_test(who_thinks_pauses_after_each_answer_but_not_before_the_first_request),
        cmocka_unit_test(a_pause_that_would_outlast_the_run_ends_with_it),
        cmocka_unit_test(in_a_closed_loop_nothing_is_taken_that_its_end_would_leave_over),
        cmocka_unit_test(a_second_run_knows_nothing_of_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
