/* A program's output, judged against the time of its run and put into a recording. */
#include "program/outcomes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "program/handover.h"

#define S INT64_C(1000000000)
#define FROM (100 * S)
#define UNTIL (110 * S)

struct told {
    struct plan plan;
    struct recording recording;
    struct outcomes outcomes;
};

/* Reads and records the lines for a run of so many requests, four in flight, from 100 s to 110 s. */
static void tell_share(struct told *t, int64_t requests, struct share share, const char *lines,
                       size_t length) {
    *t = (struct told){.plan = {.requests = requests, .share = share}};
    int fd = handover_temporary(NULL);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, lines, length), length);
    assert_int_equal(recording_open(&t->recording, requests, 4, 1, false, NULL), 0);
    t->recording.keep_going = true;
    assert_int_equal(outcomes_read(&t->outcomes, fd, &t->plan, FROM, UNTIL, NULL), 0);
    outcomes_record(&t->outcomes, &t->recording);
    close(fd);
}

static void tell_bytes(struct told *t, int64_t requests, const char *lines, size_t length) {
    tell_share(t, requests, (struct share){0}, lines, length);
}

static void tell(struct told *t, int64_t requests, const char *lines) {
    tell_bytes(t, requests, lines, strlen(lines));
}

static void forget(struct told *t) {
    outcomes_fini(&t->outcomes);
    recording_close(&t->recording);
}

static const struct sample *kept(const struct told *t, size_t place, int64_t ticket) {
    int64_t seen = -1;
    const struct sample *s = ring_kept(&t->recording.ring, place, &seen);
    assert_non_null(s);
    assert_int_equal(seen, ticket);
    return s;
}

static size_t in_flight(const struct told *t, int64_t *oldest_ns) {
    struct recording_flight flight = recording_flight(&t->recording, UNTIL);
    *oldest_ns = flight.oldest_ns;
    return (size_t)flight.count;
}

static void samples_are_recorded_in_the_order_of_their_ends(void **state) {
    (void)state;
    struct told t;
    tell(&t, 3,
         "{\"ready\":1}\n"
         "{\"index\":0,\"start_s\":101,\"end_s\":104,\"status\":200,\"bytes\":5}\n"
         "{\"index\":2,\"start_s\":101,\"end_s\":102,\"status\":404}\n"
         "{\"index\":1,\"start_s\":102,\"end_s\":103,\"error\":\"timeout\"}\n");
    assert_true(t.outcomes.ready);
    assert_int_equal(t.outcomes.believed, 3);
    assert_int_equal(t.outcomes.claimed, 2);
    assert_int_equal(kept(&t, 0, 2)->status, 404);
    assert_int_equal(kept(&t, 1, 1)->error, ERROR_TIMEOUT);
    assert_int_equal(kept(&t, 2, 0)->bytes_received, 5);
    assert_int_equal(kept(&t, 2, 0)->end_ns, 104 * S);
    assert_int_equal(t.outcomes.most_in_flight, 2);
    assert_string_equal(t.recording.facts->examples[ERROR_TIMEOUT], "timeout");
    int64_t oldest_ns = 0;
    assert_int_equal(in_flight(&t, &oldest_ns), 0);
    forget(&t);
}

static void durations_stand_for_what_is_missing(void **state) {
    (void)state;
    struct told t;
    tell(&t, 3,
         "{\"index\":0,\"start_s\":101,\"duration_s\":2,\"status\":200}\n"
         "{\"index\":1,\"end_s\":104,\"duration_s\":2,\"status\":200}\n"
         "{\"index\":2,\"duration_s\":2,\"status\":200}\n");
    assert_int_equal(kept(&t, 0, 0)->end_ns, 103 * S);
    assert_int_equal(kept(&t, 1, 1)->start_ns, 102 * S);
    assert_int_equal(kept(&t, 2, 2)->end_ns, UNTIL);
    assert_int_equal(t.outcomes.undated, 1);
    forget(&t);
}

static void times_outside_the_run_are_not_believed(void **state) {
    (void)state;
    struct told t;
    tell(&t, 4,
         "{\"index\":3,\"start_s\":99,\"end_s\":101,\"status\":200}\n"
         "{\"index\":0,\"start_s\":101,\"end_s\":111,\"status\":200}\n"
         "{\"index\":1,\"start_s\":105,\"end_s\":104,\"status\":200}\n"
         "{\"index\":2,\"start_s\":101,\"end_s\":1e999,\"status\":200}\n");
    assert_int_equal(t.outcomes.doubted, 4);
    assert_int_equal(t.outcomes.doubted_index, 3);
    assert_true(t.outcomes.doubted_from_s == -1 && t.outcomes.doubted_to_s == 1);
    assert_int_equal(t.outcomes.believed, 0);
    forget(&t);
}

static void why_times_are_doubted_is_told_of_the_first(void **state) {
    (void)state;
    static const struct {
        const char *line;
        enum outcomes_doubt doubt;
    } rows[] = {
        {"{\"index\":0,\"start_s\":99,\"end_s\":101,\"status\":200}\n", OUTCOMES_OUTSIDE},
        {"{\"index\":0,\"start_s\":1.7e9,\"end_s\":1.7e9,\"status\":200}\n", OUTCOMES_OTHER_CLOCK},
        {"{\"index\":0,\"start_s\":105,\"end_s\":104,\"status\":200}\n", OUTCOMES_BACKWARDS},
        {"{\"index\":0,\"duration_s\":-1,\"status\":200}\n", OUTCOMES_NEGATIVE},
        {"{\"index\":0,\"start_s\":101,\"end_s\":102,\"work_s\":-1,\"status\":200}\n", OUTCOMES_NEGATIVE},
        {"{\"index\":0,\"duration_s\":20,\"status\":200}\n", OUTCOMES_OVERLONG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct told t;
        tell(&t, 1, rows[i].line);
        assert_int_equal(t.outcomes.doubted, 1);
        assert_int_equal(t.outcomes.doubt, rows[i].doubt);
        forget(&t);
    }
}

static void a_clock_of_milliseconds_is_forgiven(void **state) {
    (void)state;
    struct told t;
    tell(&t, 1, "{\"index\":0,\"start_s\":99.9985,\"end_s\":110.0015,\"status\":200}\n");
    assert_int_equal(t.outcomes.doubted, 0);
    assert_int_equal(kept(&t, 0, 0)->start_ns, FROM);
    assert_int_equal(kept(&t, 0, 0)->end_ns, UNTIL);
    forget(&t);
}

static void work_lasts_from_the_end_on_and_no_longer_than_the_run(void **state) {
    (void)state;
    struct told t;
    tell(&t, 4,
         "{\"index\":0,\"start_s\":101,\"end_s\":102,\"status\":200,\"work_s\":1.5}\n"
         "{\"index\":1,\"start_s\":101,\"end_s\":103,\"status\":200,\"work_s\":0}\n"
         "{\"index\":2,\"duration_s\":1,\"status\":200,\"work_s\":2}\n"
         "{\"index\":3,\"start_s\":101,\"end_s\":109.5,\"status\":200,\"work_s\":0.501}\n");
    assert_int_equal(t.outcomes.believed, 4);
    assert_int_equal(t.outcomes.unworked, 0);
    assert_int_equal(kept(&t, 0, 0)->work_ns, 3 * S / 2);
    assert_int_equal(kept(&t, 1, 1)->work_ns, 1); /* some time at least */
    assert_int_equal(kept(&t, 2, 2)->end_ns, UNTIL - 2 * S);
    assert_int_equal(kept(&t, 2, 2)->work_ns, 2 * S);
    assert_int_equal(kept(&t, 3, 3)->work_ns, S / 2);
    assert_int_equal(t.recording.facts->last_outcome_ns, UNTIL);
    forget(&t);
}

static void work_that_cannot_be_is_not_believed(void **state) {
    (void)state;
    struct told t;
    tell(&t, 4,
         "{\"index\":0,\"start_s\":101,\"end_s\":102,\"status\":200,\"work_s\":9}\n"
         "{\"index\":1,\"start_s\":101,\"end_s\":102,\"status\":200,\"work_s\":-0.001}\n"
         "{\"index\":2,\"duration_s\":1,\"status\":200,\"work_s\":1e999}\n"
         "{\"index\":3,\"start_s\":101,\"end_s\":102,\"status\":200}\n");
    assert_int_equal(t.outcomes.doubted, 3);
    assert_int_equal(t.outcomes.believed, 1);
    assert_int_equal(t.outcomes.unworked, 1);
    forget(&t);
}

static void the_first_of_several_samples_counts(void **state) {
    (void)state;
    struct told t;
    tell(&t, 2,
         "{\"index\":0,\"start_s\":101,\"end_s\":102,\"status\":200}\n"
         "{\"index\":0,\"start_s\":101,\"end_s\":103,\"status\":500}\n"
         "{\"index\":2,\"start_s\":101,\"end_s\":103,\"status\":200}\n"
         "{\"index\":-1,\"start_s\":101,\"end_s\":103,\"status\":200}\n"
         "{\"index\":0.5,\"start_s\":101,\"end_s\":103,\"status\":200}\n");
    assert_int_equal(t.outcomes.believed, 1);
    assert_int_equal(t.outcomes.repeated, 1);
    assert_int_equal(t.outcomes.strange, 3);
    assert_int_equal(kept(&t, 0, 0)->status, 200);
    forget(&t);
}

static void what_a_share_s_program_counts_from_zero_has_the_plan_s_numbers(void **state) {
    (void)state;
    struct told t;
    static const char lines[] = "{\"index\":1,\"start_s\":101,\"end_s\":102,\"status\":200}\n"
                                "{\"index\":3,\"start_s\":101,\"end_s\":103,\"status\":200}\n";
    tell_share(&t, 3, (struct share){2, 5}, lines, sizeof lines - 1);
    kept(&t, 0, 7);
    assert_int_equal(t.outcomes.believed, 1);
    assert_int_equal(t.outcomes.strange, 1); /* it has three, 0 to 2 */
    assert_int_equal(t.recording.slots[0].ticket_plus_1 - 1, 2);
    assert_int_equal(t.recording.slots[1].ticket_plus_1 - 1, 12);
    forget(&t);
}

static void as_many_as_may_have_been_are_left_in_flight(void **state) {
    (void)state;
    struct told t;
    int64_t oldest_ns = 0;
    tell(&t, 100, "{\"index\":1,\"start_s\":101,\"end_s\":103,\"status\":200}\n");
    assert_int_equal(in_flight(&t, &oldest_ns), 4);
    assert_int_equal(oldest_ns, UNTIL - 103 * S);
    assert_int_equal(t.recording.slots[1].ticket_plus_1, 3); /* request 2: 1 has its sample */
    forget(&t);
    tell(&t, 2, "");
    assert_int_equal(in_flight(&t, &oldest_ns), 2);
    assert_int_equal(oldest_ns, UNTIL - FROM);
    forget(&t);
}

static void garbage_is_counted_and_its_first_line_kept(void **state) {
    (void)state;
    struct told t;
    tell(&t, 1,
         "hello\n\n{\"index\":0,\"start_s\":101,\"end_s\":102,\"status\":200}\n{\"ind\n{\"index\":0,\"sta");
    assert_int_equal(t.outcomes.garbage, 2); /* the last was never ended */
    assert_string_equal(t.outcomes.first_garbage, "hello");
    assert_int_equal(t.outcomes.believed, 1);
    forget(&t);
}

static void a_last_line_without_its_end_counts_if_it_is_whole(void **state) {
    (void)state;
    struct told t;
    tell(&t, 1, "{\"index\":0,\"start_s\":101,\"end_s\":102,\"status\":200}");
    assert_int_equal(t.outcomes.believed, 1);
    forget(&t);
}

static void a_line_longer_than_any_is_one_line_of_garbage(void **state) {
    (void)state;
    static char lines[200100];
    struct told t;
    memset(lines, 'x', 200000);
    snprintf(lines + 200000, 100, "\n{\"index\":0,\"start_s\":101,\"end_s\":102,\"status\":200}\n");
    tell(&t, 1, lines);
    assert_int_equal(t.outcomes.garbage, 1);
    assert_int_equal(strspn(t.outcomes.first_garbage, "x"), OUTCOMES_QUOTE);
    assert_int_equal(t.outcomes.believed, 1);
    forget(&t);
}

static void garbage_is_shown_beyond_its_zero_bytes(void **state) {
    (void)state;
    struct told t;
    tell_bytes(&t, 1, "\0a\0b\nx\n", 7);
    assert_int_equal(t.outcomes.garbage, 2);
    assert_string_equal(t.outcomes.first_garbage, ".a.b");
    forget(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_recorded_in_the_order_of_their_ends),
        cmocka_unit_test(durations_stand_for_what_is_missing),
        cmocka_unit_test(times_outside_the_run_are_not_believed),
        cmocka_unit_test(why_times_are_doubted_is_told_of_the_first),
        cmocka_unit_test(a_clock_of_milliseconds_is_forgiven),
        cmocka_unit_test(work_lasts_from_the_end_on_and_no_longer_than_the_run),
        cmocka_unit_test(work_that_cannot_be_is_not_believed),
        cmocka_unit_test(the_first_of_several_samples_counts),
        cmocka_unit_test(what_a_share_s_program_counts_from_zero_has_the_plan_s_numbers),
        cmocka_unit_test(as_many_as_may_have_been_are_left_in_flight),
        cmocka_unit_test(garbage_is_counted_and_its_first_line_kept),
        cmocka_unit_test(a_last_line_without_its_end_counts_if_it_is_whole),
        cmocka_unit_test(a_line_longer_than_any_is_one_line_of_garbage),
        cmocka_unit_test(garbage_is_shown_beyond_its_zero_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
