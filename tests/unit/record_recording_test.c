/* The shared mapping of a run: what is put into it, seen from both sides of a fork. */
#include "record/recording.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define REQUESTS 1000
#define SLOTS 8
#define LANES 4
#define MS INT64_C(1000000)
#define EVERY_MEASURE ((1U << MEASURES) - 1)

static int open_recording(void **state) {
    static struct recording recording;
    *state = &recording;
    return recording_open(&recording, REQUESTS, SLOTS, LANES, false, NULL);
}

static int close_recording(void **state) {
    recording_close(*state);
    return 0;
}

static struct sample sample_at(int64_t start_ns, enum error_class class) {
    return (struct sample){.due_ns = start_ns,
                           .start_ns = start_ns,
                           .sent_ns = start_ns + 1,
                           .first_byte_ns = start_ns + MS / 2,
                           .end_ns = start_ns + MS,
                           .queue_wait_ns = -1,
                           .dns_ns = -1,
                           .connect_ns = -1,
                           .tls_ns = -1,
                           .bytes_received = 10,
                           .header_bytes = 5,
                           .bytes_sent = 7,
                           .status = class ? 0 : 200,
                           .error = (uint8_t) class};
}

static void put(struct recording *r, int64_t ticket, enum error_class class) {
    struct sample s = sample_at((ticket + 1) * 10 * MS, class);
    size_t slot = (size_t)ticket % SLOTS;
    recording_begin(r, slot, ticket, s.start_ns);
    recording_put(r, (size_t)ticket % r->lane_count, slot, ticket, &s, "in words");
}

static bool stop_is_readable(const struct recording *r) {
    struct pollfd fd = {.fd = r->stop_fd, .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

static void the_last_outcome_is_after_the_work_on_its_body(void **state) {
    struct recording *r = *state;
    struct sample s = sample_at(10 * MS, ERROR_NONE);
    s.work_ns = 5 * MS;
    recording_begin(r, 0, 0, s.start_ns);
    recording_put(r, 0, 0, 0, &s, NULL);
    assert_int_equal(r->facts->last_outcome_ns, 16 * MS);
    assert_int_equal(r->facts->last_completion_ns, 11 * MS);
}

static void outcomes_of_all_lanes_add_up(void **state) {
    struct recording *r = *state;
    for (int64_t i = 0; i < 30; i++)
        put(r, i, i % 3 == 2 ? ERROR_TIMEOUT : ERROR_NONE);
    put(r, 30, ERROR_CANCELLED);
    struct recording_totals *t = recording_totals_open(r);
    assert_int_equal(t->completed, 20);
    assert_int_equal(t->failed, 10);
    assert_int_equal(t->cancelled, 1);
    assert_int_equal(t->errors[ERROR_TIMEOUT], 10);
    assert_int_equal(t->statuses[200], 20);
    assert_int_equal(t->bytes_received, 31 * 15);
    assert_int_equal(t->bytes_sent, 31 * 7);
    assert_int_equal(t->connections_reused, 31);
    assert_int_equal(histogram_count(&t->histograms[MEASURE_SERVICE]), 20);
    assert_int_equal(histogram_count(&t->histograms[MEASURE_QUEUE_WAIT]), 0);
    recording_totals_close(t);
}

static void what_was_cut_off_is_no_failure_and_its_oldest_age_is_kept(void **state) {
    struct recording *r = *state;
    for (int64_t i = 0; i < 2 * RECORDING_GIVE_UP; i++)
        put(r, i, ERROR_UNFINISHED);
    struct sample old = sample_at(10 * MS, ERROR_UNFINISHED);
    old.end_ns = 50 * MS;
    recording_put(r, 0, 0, 0, &old, NULL);
    struct recording_totals *t = recording_totals_open(r);
    assert_int_equal(t->unfinished, 2 * RECORDING_GIVE_UP + 1);
    assert_int_equal(t->failed, 0);
    assert_int_equal(r->facts->oldest_unfinished_ns, 40 * MS);
    assert_false(recording_stopping(r));
    recording_totals_close(t);
}

static void a_run_cuts_off_from_its_moment_on_if_it_has_one(void **state) {
    struct recording *r = *state;
    assert_false(recording_cuts(r, INT64_MAX));
    r->facts->cut_ns = 5 * MS;
    assert_false(recording_cuts(r, 5 * MS - 1));
    assert_true(recording_cuts(r, 5 * MS));
}

static void connections_and_retries_are_counted_per_request(void **state) {
    struct recording *r = *state;
    struct sample opened = sample_at(MS, ERROR_NONE), unsent = sample_at(MS, ERROR_CONNECTION_REFUSED);
    opened.connections = 1;
    opened.retries = 2;
    opened.resumed = true;
    unsent.sent_ns = 0;
    recording_put(r, 0, 0, 0, &opened, NULL);
    recording_put(r, 0, 0, 1, &unsent, NULL);
    put(r, 2, ERROR_NONE);
    struct recording_totals *t = recording_totals_open(r);
    assert_int_equal(t->connections_opened, 1);
    assert_int_equal(t->connections_reused, 1);
    assert_int_equal(t->tls_resumed, 1);
    assert_int_equal(t->retries, 2);
    recording_totals_close(t);
}

static void samples_are_kept_with_their_tickets(void **state) {
    struct recording *r = *state;
    int64_t ticket = -1;
    put(r, 5, ERROR_NONE);
    put(r, REQUESTS - 1, ERROR_TIMEOUT);
    assert_int_equal(ring_kept_count(&r->ring), 2);
    assert_int_equal(ring_kept(&r->ring, 0, &ticket)->start_ns, 60 * MS);
    assert_int_equal(ticket, 5);
    assert_int_equal(ring_kept(&r->ring, 1, &ticket)->error, ERROR_TIMEOUT);
    assert_int_equal(ticket, REQUESTS - 1);
}

static uint64_t lost(const struct recording *r) {
    struct recording_totals *t = recording_totals_open(r);
    uint64_t count = t->samples_lost;
    recording_totals_close(t);
    return count;
}

static void samples_are_lost_only_to_a_reader_that_does_not_read(void **state) {
    (void)state;
    struct recording r;
    struct ring_entry entry;
    assert_int_equal(recording_open(&r, 8, 1, 1, true, NULL), 0);
    recording_shape(&r, 8, SLOTS, 1);
    for (int64_t i = 0; i < 9; i++)
        put(&r, i, ERROR_NONE);
    assert_int_equal(lost(&r), 1);
    assert_int_equal(ring_take(&r.ring, &entry, 1, false), 1);
    put(&r, 9, ERROR_NONE);
    assert_int_equal(lost(&r), 1);
    recording_forget(&r);
    assert_int_equal(lost(&r), 0);
    recording_close(&r);
}

static void samples_are_kept_up_to_the_cap(void **state) {
    (void)state;
    struct recording r;
    assert_int_equal(recording_open(&r, INT64_C(10000000000), 1, 1, false, NULL), 0);
    for (int64_t i = 0; i < RING_KEPT; i++)
        put(&r, i, ERROR_NONE);
    assert_int_equal(ring_kept_count(&r.ring), RING_KEPT);
    put(&r, INT64_C(9999999999), ERROR_NONE);
    assert_int_equal(lost(&r), 0);
    recording_close(&r);
}

static void the_first_failure_of_a_class_is_its_example(void **state) {
    struct recording *r = *state;
    struct sample s = sample_at(MS, ERROR_TLS);
    char longer[2 * RECORDING_EXAMPLE];
    memset(longer, 'e', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    recording_put(r, 0, 0, 0, &s, "");
    recording_put(r, 0, 0, 1, &s, NULL);
    recording_put(r, 0, 0, 2, &s, "first");
    recording_put(r, 0, 0, 3, &s, "second");
    assert_string_equal(r->facts->examples[ERROR_TLS], "first");
    s.error = ERROR_DNS;
    recording_put(r, 0, 0, 4, &s, longer);
    assert_int_equal(strlen(r->facts->examples[ERROR_DNS]), RECORDING_EXAMPLE - 1);
}

static void ten_failures_without_a_success_stop_the_run(void **state) {
    struct recording *r = *state;
    for (int64_t i = 0; i < RECORDING_GIVE_UP - 1; i++)
        put(r, i, ERROR_CONNECTION_REFUSED);
    put(r, 100, ERROR_CANCELLED);
    assert_false(recording_stopping(r));
    put(r, RECORDING_GIVE_UP, ERROR_TIMEOUT);
    assert_true(recording_stopping(r));
    assert_true(stop_is_readable(r));
    assert_int_equal(r->facts->gave_up, 1);
}

static void one_success_lets_any_number_of_failures_follow(void **state) {
    struct recording *r = *state;
    for (int64_t i = 0; i < RECORDING_GIVE_UP - 1; i++)
        put(r, i, ERROR_CONNECTION_REFUSED);
    put(r, 50, ERROR_NONE);
    for (int64_t i = 100; i < 200; i++)
        put(r, i, ERROR_CONNECTION_REFUSED);
    assert_false(recording_stopping(r));
    assert_int_equal(r->facts->gave_up, 0);
}

static void failures_that_were_foreseen_do_not_stop_the_run(void **state) {
    struct recording *r = *state;
    struct sample s = {.end_ns = 1, .error = ERROR_DNS, .foreseen = 1};
    for (int64_t i = 0; i < 100; i++)
        recording_put(r, 0, 0, i, &s, NULL);
    assert_false(recording_stopping(r));
    for (int64_t i = 0; i < RECORDING_GIVE_UP; i++)
        put(r, 100 + i, ERROR_CONNECTION_REFUSED);
    assert_true(recording_stopping(r));
}

static void keep_going_lets_failures_follow_without_end(void **state) {
    struct recording *r = *state;
    r->keep_going = true;
    for (int64_t i = 0; i < 100; i++)
        put(r, i, ERROR_CONNECTION_REFUSED);
    assert_false(recording_stopping(r));
}

static void requests_in_flight_are_counted_and_aged(void **state) {
    struct recording *r = *state;
    struct recording_flight flight = recording_flight(r, 100 * MS);
    assert_int_equal(flight.count, 0);
    assert_int_equal(flight.oldest_ns, 0);
    recording_begin(r, 0, 0, 90 * MS);
    recording_begin(r, 3, 7, 40 * MS);
    recording_begin(r, 4, 8, 70 * MS);
    flight = recording_flight(r, 100 * MS);
    assert_int_equal(flight.count, 3);
    assert_int_equal(flight.oldest_ns, 60 * MS);
    assert_int_equal(flight.ages_ns, 100 * MS);
    struct sample s = sample_at(40 * MS, ERROR_NONE);
    recording_put(r, 0, 3, 7, &s, NULL);
    flight = recording_flight(r, 100 * MS);
    assert_int_equal(flight.count, 2);
    assert_int_equal(flight.oldest_ns, 30 * MS);
}

static void the_largest_gap_lies_between_two_completions(void **state) {
    struct recording *r = *state;
    put(r, 0, ERROR_NONE);
    assert_int_equal(r->facts->largest_gap_ns, 0);
    put(r, 1, ERROR_NONE);
    put(r, 5, ERROR_TIMEOUT);
    put(r, 9, ERROR_NONE);
    put(r, 10, ERROR_NONE);
    assert_int_equal(r->facts->largest_gap_ns, 80 * MS);
    assert_int_equal(r->facts->largest_gap_from_ns, 21 * MS);
    assert_int_equal(r->facts->last_outcome_ns, 111 * MS);
}

static void the_first_gap_begins_at_go(void **state) {
    struct recording *r = *state;
    r->facts->go_ns = 3 * MS;
    put(r, 9, ERROR_TIMEOUT);
    put(r, 20, ERROR_NONE);
    put(r, 30, ERROR_NONE);
    assert_int_equal(r->facts->largest_gap_ns, r->facts->last_completion_ns - 100 * MS - 3 * MS);
}

static void forgetting_leaves_nothing_of_a_warm_up(void **state) {
    struct recording *r = *state;
    for (int64_t i = 0; i < 9; i++)
        put(r, i, ERROR_CONNECTION_REFUSED);
    put(r, 9, ERROR_NONE);
    r->facts->handed_out = 10;
    recording_forget(r);
    struct recording_totals *t = recording_totals_open(r);
    assert_int_equal(t->completed + t->failed + t->bytes_received + t->bytes_sent + t->statuses[200], 0);
    assert_int_equal(histogram_count(&t->histograms[MEASURE_SERVICE]), 0);
    recording_totals_close(t);
    assert_int_equal(r->facts->handed_out, 0);
    assert_int_equal(r->facts->last_outcome_ns, 0);
    assert_int_equal(r->facts->any_success, 0);
    assert_string_equal(r->facts->examples[ERROR_CONNECTION_REFUSED], "");
    assert_int_equal(ring_kept_count(&r->ring), 0);
    put(r, 0, ERROR_CONNECTION_REFUSED);
    assert_string_equal(r->facts->examples[ERROR_CONNECTION_REFUSED], "in words");
    assert_int_equal(r->facts->failures_before_success, 1);
}

static bool is_present(const void *where) {
    unsigned char page = 0;
    assert_int_equal(mincore((void *)((uintptr_t)where / 4096 * 4096), 1, &page), 0);
    return page & 1;
}

static void only_what_a_run_will_touch_is_made_present(void **state) {
    struct recording *r = *state;
    recording_prefault(r, 1U << MEASURE_WAIT);
    for (size_t i = 0; i < r->lane_count; i++) {
        const struct histogram *histograms = r->lanes[i].histograms;
        assert_true(is_present(&r->lanes[i].counts));
        assert_true(is_present(&histograms[MEASURE_WAIT].counts[HISTOGRAM_LENGTH / 2]));
        assert_false(is_present(&histograms[MEASURE_TLS].counts[HISTOGRAM_LENGTH / 2]));
    }
    assert_true(is_present(r->slots));
    assert_true(is_present(&r->ring.slots[r->ring.room - 1]));
    assert_in_range(r->facts->present_bytes, LANES * sizeof(struct histogram), r->used_bytes / 2);
    recording_prefault(r, EVERY_MEASURE);
    assert_true(is_present(&r->lanes[0].histograms[MEASURE_TLS].counts[HISTOGRAM_LENGTH / 2]));
    assert_int_equal(r->facts->present_bytes, r->used_bytes);
}

static void a_reset_gives_an_empty_recording_of_the_new_shape(void **state) {
    struct recording *r = *state;
    recording_prefault(r, EVERY_MEASURE);
    for (int64_t i = 0; i < RECORDING_GIVE_UP; i++)
        put(r, i, ERROR_CONNECTION_REFUSED);
    recording_begin(r, 2, 50, MS);
    assert_int_equal(recording_reset(r, 10, 2, 1, NULL), 0);
    assert_int_equal(r->slot_count, 2);
    assert_int_equal(r->lane_count, 1);
    assert_int_equal(r->ring.room, 10);
    assert_int_equal(ring_kept_count(&r->ring), 0);
    assert_false(recording_stopping(r));
    assert_false(stop_is_readable(r));
    assert_int_equal(r->facts->gave_up, 0);
    assert_int_equal(recording_flight(r, MS).count, 0);
    struct recording_totals *t = recording_totals_open(r);
    assert_int_equal(t->completed + t->failed, 0);
    recording_totals_close(t);
}

static void a_reset_to_more_than_was_reserved_is_refused(void **state) {
    struct recording *r = *state;
    struct err err = {0};
    assert_int_equal(recording_reset(r, REQUESTS, SLOTS, 100 * LANES, &err), -1);
    assert_int_equal(err.kind, ERR_INTERNAL);
}

static void what_a_child_puts_its_parent_reads(void **state) {
    struct recording *r = *state;
    pid_t pid = fork();
    if (pid == 0) {
        recording_prefault(r, EVERY_MEASURE);
        put(r, 0, ERROR_NONE);
        recording_begin(r, 1, 1, MS);
        recording_stop(r);
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    struct recording_totals *t = recording_totals_open(r);
    assert_int_equal(t->completed, 1);
    recording_totals_close(t);
    assert_int_equal(recording_flight(r, 3 * MS).count, 1);
    assert_true(recording_stopping(r));
    assert_true(stop_is_readable(r));
}

static void notes_are_kept_until_there_is_no_room(void **state) {
    struct recording *r = *state;
    for (int i = 0; i <= RECORDING_NOTES; i++)
        recording_note(r, "note %d", i);
    assert_string_equal(r->facts->notes[0], "note 0");
    assert_string_equal(r->facts->notes[RECORDING_NOTES - 1], "note 7");
}

static void what_is_discounted_adds_up(void **state) {
    struct recording *r = *state;
    recording_discount(r, (struct usage){1, 2, 3, 4});
    recording_discount(r, (struct usage){10, 20, 30, 40});
    assert_int_equal(r->facts->discount.user_us, 11);
    assert_int_equal(r->facts->discount.involuntary_switches, 44);
}

static void a_peek_sees_the_outcomes_so_far(void **state) {
    struct recording *r = *state;
    struct recording_peek peek = {.times = calloc(1, sizeof *peek.times)};
    assert_non_null(peek.times);
    for (int64_t i = 0; i < 6; i++)
        put(r, i, i == 5 ? ERROR_TIMEOUT : ERROR_NONE);
    for (int again = 0; again < 2; again++) {
        recording_peek(r, MEASURE_SERVICE, &peek);
        assert_int_equal(peek.completed, 5);
        assert_int_equal(peek.failed, 1);
        assert_int_equal(histogram_count(peek.times), 5);
    }
    free(peek.times);
}

#define RECORDED(test) cmocka_unit_test_setup_teardown(test, open_recording, close_recording)

int main(void) {
    const struct CMUnitTest tests[] = {
        RECORDED(the_last_outcome_is_after_the_work_on_its_body),
        RECORDED(outcomes_of_all_lanes_add_up),
        RECORDED(what_was_cut_off_is_no_failure_and_its_oldest_age_is_kept),
        RECORDED(a_run_cuts_off_from_its_moment_on_if_it_has_one),
        RECORDED(connections_and_retries_are_counted_per_request),
        RECORDED(samples_are_kept_with_their_tickets),
        cmocka_unit_test(samples_are_lost_only_to_a_reader_that_does_not_read),
        cmocka_unit_test(samples_are_kept_up_to_the_cap),
        RECORDED(the_first_failure_of_a_class_is_its_example),
        RECORDED(ten_failures_without_a_success_stop_the_run),
        RECORDED(one_success_lets_any_number_of_failures_follow),
        RECORDED(failures_that_were_foreseen_do_not_stop_the_run),
        RECORDED(keep_going_lets_failures_follow_without_end),
        RECORDED(requests_in_flight_are_counted_and_aged),
        RECORDED(the_largest_gap_lies_between_two_completions),
        RECORDED(the_first_gap_begins_at_go),
        RECORDED(forgetting_leaves_nothing_of_a_warm_up),
        RECORDED(only_what_a_run_will_touch_is_made_present),
        RECORDED(a_reset_gives_an_empty_recording_of_the_new_shape),
        RECORDED(a_reset_to_more_than_was_reserved_is_refused),
        RECORDED(what_a_child_puts_its_parent_reads),
        RECORDED(notes_are_kept_until_there_is_no_room),
        RECORDED(what_is_discounted_adds_up),
        RECORDED(a_peek_sees_the_outcomes_so_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
