/* The work source: each number once, and when it ends. */
#include "strategy/work.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"

#define TICKETS 50000
#define THREADS 4

static int open_recording(void **state) {
    static struct recording recording;
    *state = &recording;
    return recording_open(&recording, TICKETS, THREADS, 1, false, NULL);
}

static int close_recording(void **state) {
    recording_close(*state);
    return 0;
}

static void tickets_count_up_from_zero_to_the_last(void **state) {
    struct recording *r = *state;
    struct work w = {.recording = r, .requests = 3};
    struct load_cursor cursor = {0};
    struct ticket ticket = {0};
    for (int64_t i = 0; i < 3; i++) {
        assert_true(work_take(&w, &cursor, &ticket));
        assert_int_equal(ticket.number, i);
        assert_int_equal(ticket.due_ns, 0);
    }
    assert_false(work_take(&w, &cursor, &ticket));
    assert_false(work_take(&w, &cursor, &ticket));
    assert_int_equal(r->facts->handed_out, 3);
}

static void tickets_of_a_share_have_its_numbers_and_moments(void **state) {
    struct recording *r = *state;
    struct work w = {.recording = r, .requests = 3};
    struct share share = {1, 4};
    struct plan plan = {.share = share,
                        .load = {.stages = {{.5, .5, LOAD_NEVER_NS}}, .stage_count = 1, .share = share}};
    struct load_cursor cursor = {0};
    struct ticket ticket = {0};
    work_start(&w, &plan, 1000);
    for (int64_t i = 0; i < 3; i++) {
        assert_true(work_take(&w, &cursor, &ticket));
        assert_int_equal(ticket.number, 1 + 4 * i);
        assert_int_equal(ticket.due_ns - w.origin_ns, CLOCK_NS_PER_S / 2 + 2 * i * CLOCK_NS_PER_S);
    }
    assert_false(work_take(&w, &cursor, &ticket));
    assert_int_equal(r->facts->handed_out, 3);
}

static void a_run_of_nothing_hands_out_nothing(void **state) {
    struct work w = {.recording = *state, .requests = 0};
    struct load_cursor cursor = {0};
    struct ticket ticket = {0};
    assert_false(work_take(&w, &cursor, &ticket));
    assert_int_equal(w.recording->facts->handed_out, 0);
}

static void a_stop_ends_it_at_once(void **state) {
    struct recording *r = *state;
    struct work w = {.recording = r, .requests = 10};
    struct load_cursor cursor = {0};
    struct ticket ticket = {0};
    assert_true(work_take(&w, &cursor, &ticket));
    recording_stop(r);
    assert_false(work_take(&w, &cursor, &ticket));
    assert_int_equal(r->facts->handed_out, 1);
}

static void nothing_is_handed_out_from_the_end_time_on(void **state) {
    struct work w = {.recording = *state, .requests = 10, .until_ns = clock_now_ns() + 3600 * CLOCK_NS_PER_S};
    struct load_cursor cursor = {0};
    struct ticket ticket = {0};
    assert_true(work_take(&w, &cursor, &ticket));
    w.until_ns = clock_now_ns();
    assert_false(work_take(&w, &cursor, &ticket));
}

static void the_clock_of_a_run_starts_at_go(void **state) {
    struct recording *r = *state;
    struct work w = {.recording = r, .requests = 10};
    struct plan plan = {.deadline_ns = 30, .grace_ns = 4, .think_ns = 7};
    work_start(&w, &plan, 1000);
    assert_null(w.load);
    assert_int_equal(w.until_ns, 1030);
    assert_int_equal(r->facts->cut_ns, 1034);
    assert_int_equal(w.think_ns, 7);
    plan = (struct plan){.load = {.stages = {{5, 5, LOAD_NEVER_NS}}, .stage_count = 1}};
    work_start(&w, &plan, 1000);
    assert_ptr_equal(w.load, &plan.load);
    assert_int_equal(w.until_ns, 0);
    assert_int_equal(r->facts->cut_ns, 0);
}

static void a_ticket_that_is_due_after_the_end_is_given_back(void **state) {
    struct recording *r = *state;
    struct work w = {.recording = r, .requests = 10};
    struct plan plan = {.duration_ns = 3600 * CLOCK_NS_PER_S,
                        .load = {.stages = {{.0005, .0005, LOAD_NEVER_NS}}, .stage_count = 1}};
    struct load_cursor cursor = {0};
    struct ticket ticket = {0};
    work_start(&w, &plan, clock_now_ns());
    assert_true(work_take(&w, &cursor, &ticket));
    assert_true(work_take(&w, &cursor, &ticket));
    assert_int_equal(ticket.due_ns - w.origin_ns, 2000 * CLOCK_NS_PER_S);
    assert_false(work_take(&w, &cursor, &ticket));
    assert_int_equal(r->facts->handed_out, 2);
}

static void *stop_soon(void *recording) {
    recording_stop(recording);
    return NULL;
}

static void a_stop_ends_the_wait_for_a_ticket_and_gives_it_back(void **state) {
    struct recording *r = *state;
    struct work w = {.recording = r, .requests = 10};
    struct plan plan = {.load = {.stages = {{.0005, .0005, LOAD_NEVER_NS}}, .stage_count = 1}};
    struct load_cursor cursor = {0};
    struct ticket ticket = {0};
    pthread_t stopper;
    work_start(&w, &plan, clock_now_ns());
    assert_true(work_await(&w, &cursor, &ticket));
    assert_int_equal(pthread_create(&stopper, NULL, stop_soon, r), 0);
    assert_false(work_await(&w, &cursor, &ticket)); /* after half an hour, if it were not heeded */
    pthread_join(stopper, NULL);
    assert_int_equal(r->facts->handed_out, 1);
}

static void a_pause_follows_an_answer_of_this_run_and_ends_with_it(void **state) {
    struct work w = {.recording = *state, .requests = 10, .think_ns = 5000000, .origin_ns = clock_now_ns()};
    int64_t free_ns = clock_now_ns();
    work_pause(&w, free_ns);
    assert_true(clock_now_ns() >= free_ns + w.think_ns);
    w.think_ns = 3600 * CLOCK_NS_PER_S; /* from here on the test would take that long */
    work_pause(&w, 0);
    work_pause(&w, w.origin_ns - 1);
    w.until_ns = clock_now_ns() + 1000000;
    work_pause(&w, clock_now_ns());
    assert_true(work_is_over(&w));
}

static void what_the_schedule_never_makes_due_is_not_handed_out(void **state) {
    struct load load = {.stages = {{1000, 0, CLOCK_NS_PER_S / 100}, {0, 0, LOAD_NEVER_NS}}, .stage_count = 2};
    struct work w = {.recording = *state, .requests = 100, .load = &load, .origin_ns = clock_now_ns()};
    struct load_cursor cursor = {0};
    struct ticket ticket = {0};
    for (int64_t i = 0; i < 5; i++)
        assert_true(work_take(&w, &cursor, &ticket));
    assert_true(ticket.due_ns > w.origin_ns);
    while (work_take(&w, &cursor, &ticket))
        assert_in_range(ticket.number, 5, 5); /* of just the last moment it may be either */
    assert_in_range(w.recording->facts->handed_out, 5, 6);
}

struct taker {
    struct work *work;
    unsigned char *taken;
    pthread_t thread;
    int64_t count;
};

static void *take_all(void *argument) {
    struct taker *t = argument;
    struct load_cursor cursor = {0};
    struct ticket ticket;
    while (work_take(t->work, &cursor, &ticket)) {
        t->taken[ticket.number]++;
        t->count++;
    }
    return NULL;
}

static void many_threads_share_the_tickets_and_none_is_given_twice(void **state) {
    static unsigned char taken[TICKETS];
    struct work w = {.recording = *state, .requests = TICKETS};
    struct taker takers[THREADS];
    int64_t sum = 0;
    for (int i = 0; i < THREADS; i++) {
        takers[i] = (struct taker){.work = &w, .taken = taken};
        assert_int_equal(pthread_create(&takers[i].thread, NULL, take_all, &takers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(takers[i].thread, NULL);
        sum += takers[i].count;
    }
    assert_int_equal(sum, TICKETS);
    for (int i = 0; i < TICKETS; i++)
        assert_int_equal(taken[i], 1);
    assert_int_equal(w.recording->facts->handed_out, TICKETS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tickets_count_up_from_zero_to_the_last, open_recording,
                                        close_recording),
        cmocka_unit_test_setup_teardown(tickets_of_a_share_have_its_numbers_and_moments, open_recording,
                                        close_recording),
        cmocka_unit_test_setup_teardown(a_run_of_nothing_hands_out_nothing, open_recording, close_recording),
        cmocka_unit_test_setup_teardown(a_stop_ends_it_at_once, open_recording, close_recording),
        cmocka_unit_test_setup_teardown(nothing_is_handed_out_from_the_end_time_on, open_recording,
                                        close_recording),
        cmocka_unit_test_setup_teardown(the_clock_of_a_run_starts_at_go, open_recording, close_recording),
        cmocka_unit_test_setup_teardown(a_ticket_that_is_due_after_the_end_is_given_back, open_recording,
                                        close_recording),
        cmocka_unit_test_setup_teardown(a_stop_ends_the_wait_for_a_ticket_and_gives_it_back, open_recording,
                                        close_recording),
        cmocka_unit_test_setup_teardown(a_pause_follows_an_answer_of_this_run_and_ends_with_it,
                                        open_recording, close_recording),
        cmocka_unit_test_setup_teardown(what_the_schedule_never_makes_due_is_not_handed_out, open_recording,
                                        close_recording),
        cmocka_unit_test_setup_teardown(many_threads_share_the_tickets_and_none_is_given_twice,
                                        open_recording, close_recording),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
