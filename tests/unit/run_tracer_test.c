/* Slices and ticks of a recording made by hand, looked at when the tracer says so. */
#include "run/tracer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MS INT64_C(1000000)
#define S (1000 * MS)
#define BEGUN (5000 * S)
#define GO (BEGUN + 7 * MS)
#define SLOTS 8
#define LANES 2

struct scene {
    struct recording recording;
    struct plan plan;
    struct plan_entry entry;
    struct tracer tracer;
    int64_t looked_ns; /* when it last looked */
    int64_t tickets;
};

static int open_scene(void **state) {
    static struct scene scene;
    scene = (struct scene){.entry = {.strategy = "async"}, .looked_ns = BEGUN};
    *state = &scene;
    tracer_open(&scene.tracer);
    return recording_open(&scene.recording, 1000, SLOTS, LANES, false, NULL);
}

static int close_scene(void **state) {
    struct scene *s = *state;
    tracer_close(&s->tracer);
    recording_close(&s->recording);
    return 0;
}

static void begin(struct scene *s) {
    tracer_begin(&s->tracer, &s->plan, &s->entry, &s->recording, BEGUN);
    s->recording.facts->go_ns = GO;
}

/* Looks as often as it wants to until the moment, which counts from go. */
static void pass(struct scene *s, int64_t until_ns) {
    while (tracer_next_ns(&s->tracer) <= GO + until_ns) {
        s->looked_ns = tracer_next_ns(&s->tracer);
        tracer_look(&s->tracer, s->looked_ns);
    }
}

/* Outcomes at that moment, of requests that took as long as was said. */
static void put(struct scene *s, int count, int64_t at_ns, int64_t took_ns, enum error_class class) {
    for (int i = 0; i < count; i++) {
        struct sample sample = {.due_ns = GO + at_ns - 2 * took_ns,
                                .paced = true,
                                .start_ns = GO + at_ns - took_ns,
                                .end_ns = GO + at_ns,
                                .queue_wait_ns = -1,
                                .dns_ns = -1,
                                .connect_ns = -1,
                                .tls_ns = -1,
                                .bytes_received = 10,
                                .status = class ? 0 : 200,
                                .error = (uint8_t) class};
        recording_put(&s->recording, (size_t)i % LANES, 0, s->tickets++, &sample, NULL);
    }
}

static const struct run_trace *end(struct scene *s, int64_t at_ns) {
    s->recording.facts->end_ns = GO + at_ns;
    tracer_end(&s->tracer, GO + at_ns + 3 * MS);
    return &s->tracer.trace;
}

static void check(const struct trace_slice *slice, int64_t from_ms, int64_t until_ms, int64_t completed,
                  int64_t failed) {
    assert_int_equal(slice->from_ns / MS, from_ms);
    assert_int_equal(slice->until_ns / MS, until_ms);
    assert_int_equal(slice->completed, completed);
    assert_int_equal(slice->failed, failed);
}

static void assert_about(int64_t value_ns, int64_t expected_ns) {
    assert_in_range(value_ns, expected_ns - expected_ns / 1000, expected_ns + expected_ns / 1000);
}

static void slices_are_whole_seconds_from_go_and_a_rest(void **state) {
    struct scene *s = *state;
    begin(s);
    pass(s, 500 * MS);
    put(s, 3, 600 * MS, 5 * MS, ERROR_NONE);
    pass(s, 1500 * MS);
    put(s, 2, 1600 * MS, 70 * MS, ERROR_NONE);
    put(s, 1, 1600 * MS, 9 * MS, ERROR_TIMEOUT);
    pass(s, 2200 * MS);
    put(s, 1, 2300 * MS, MS, ERROR_NONE);
    const struct run_trace *t = end(s, 2300 * MS);
    assert_int_equal(t->slice_count, 3);
    check(&t->slices[0], 0, 1000, 3, 0);
    check(&t->slices[1], 1000, 2000, 2, 1);
    check(&t->slices[2], 2000, 2300, 1, 0);
    assert_int_equal(t->slices[0].bytes, 30);
    assert_int_equal(t->slices[1].bytes, 30);
    assert_about(t->slices[0].p99_ns, 5 * MS);
    assert_about(t->slices[1].p50_ns, 70 * MS);
    assert_about(t->slices[2].p99_ns, MS);
}

static void after_a_late_look_slices_are_at_whole_seconds_again(void **state) {
    struct scene *s = *state;
    begin(s);
    pass(s, 500 * MS);
    tracer_look(&s->tracer, GO + 1900 * MS);
    pass(s, 4200 * MS);
    put(s, 1, 4200 * MS, MS, ERROR_NONE);
    const struct run_trace *t = end(s, 4200 * MS);
    assert_int_equal(t->slice_count, 4);
    check(&t->slices[0], 0, 1900, 0, 0);
    check(&t->slices[1], 1900, 3000, 0, 0);
    check(&t->slices[2], 3000, 4000, 0, 0);
}

static void a_slice_without_a_completion_is_there_and_has_no_percentile(void **state) {
    struct scene *s = *state;
    begin(s);
    put(s, 1, 0, MS, ERROR_NONE);
    recording_begin(&s->recording, 3, 77, GO + 10);
    pass(s, 2500 * MS);
    put(s, 1, 2500 * MS, MS, ERROR_NONE);
    const struct run_trace *t = end(s, 2500 * MS);
    assert_int_equal(t->slice_count, 3);
    check(&t->slices[1], 1000, 2000, 0, 0);
    assert_int_equal(t->slices[1].p50_ns, -1);
    assert_int_equal(t->slices[1].p99_ns, -1);
    assert_int_equal(t->slices[1].in_flight, 1);
}

static void a_run_that_nobody_looked_at_is_one_slice(void **state) {
    struct scene *s = *state;
    begin(s);
    put(s, 5, 60 * MS, MS, ERROR_NONE);
    const struct run_trace *t = end(s, 61 * MS);
    assert_int_equal(t->slice_count, 1);
    check(&t->slices[0], 0, 60, 5, 0);
    assert_int_equal(t->tick_count, 0);
}

static void a_run_is_left_alone_at_its_beginning(void **state) {
    struct scene *s = *state;
    begin(s);
    assert_int_equal(tracer_next_ns(&s->tracer), BEGUN + TRACER_FIRST_NS);
}

static void a_short_rest_belongs_to_the_slice_before(void **state) {
    struct scene *s = *state;
    begin(s);
    put(s, 1, 500 * MS, MS, ERROR_NONE);
    pass(s, 1010 * MS);
    put(s, 1, 1010 * MS, 3 * MS, ERROR_NONE);
    put(s, 1, 1010 * MS, 3 * MS, ERROR_OTHER);
    const struct run_trace *t = end(s, 1010 * MS);
    assert_int_equal(t->slice_count, 1);
    check(&t->slices[0], 0, 1010, 2, 1);
    assert_int_equal(t->slices[0].bytes, 30);
    assert_about(t->slices[0].p50_ns, MS);
    assert_about(t->slices[0].p99_ns, 3 * MS);
}

static void what_is_seen_while_the_process_puts_its_things_away_is_no_slice(void **state) {
    struct scene *s = *state;
    begin(s);
    put(s, 1, 500 * MS, MS, ERROR_NONE);
    pass(s, 3500 * MS);
    const struct run_trace *t = end(s, 3500 * MS);
    assert_int_equal(t->slice_count, 1);
    check(&t->slices[0], 0, 500, 1, 0);
    assert_true(t->tick_count > 0);
    assert_true(t->ticks[t->tick_count - 1].at_ns <= 500 * MS);
}

static void a_killed_run_lasts_until_its_process_was_gone(void **state) {
    struct scene *s = *state;
    begin(s);
    put(s, 1, 500 * MS, MS, ERROR_NONE);
    pass(s, 2500 * MS);
    tracer_end(&s->tracer, GO + 2600 * MS);
    const struct run_trace *t = &s->tracer.trace;
    assert_int_equal(t->slice_count, 3);
    check(&t->slices[0], 0, 1000, 1, 0);
    check(&t->slices[2], 2000, 2600, 0, 0);
}

static void a_warm_up_is_in_no_slice_and_no_tick(void **state) {
    struct scene *s = *state;
    begin(s);
    s->recording.facts->go_ns = 0;
    put(s, 9, -100 * MS, MS, ERROR_NONE);
    for (int i = 0; i < 40; i++)
        tracer_look(&s->tracer, tracer_next_ns(&s->tracer));
    int64_t go_ns = tracer_next_ns(&s->tracer) - 20 * MS;
    recording_forget(&s->recording);
    s->recording.facts->go_ns = go_ns;
    s->tickets = 0;
    put(s, 1, go_ns - GO + 30 * MS, MS, ERROR_NONE);
    tracer_look(&s->tracer, go_ns + 100 * MS);
    const struct run_trace *t = end(s, go_ns - GO + 30 * MS);
    assert_int_equal(t->slice_count, 1);
    check(&t->slices[0], 0, 30, 1, 0);
    assert_int_equal(t->tick_count, 0);
}

static void ticks_hold_sums_and_what_is_in_flight(void **state) {
    struct scene *s = *state;
    begin(s);
    put(s, 4, 50 * MS, 5 * MS, ERROR_NONE);
    put(s, 1, 50 * MS, 8 * MS, ERROR_TIMEOUT);
    recording_begin(&s->recording, 1, 7, GO + 53 * MS);
    recording_begin(&s->recording, 2, 8, GO + 63 * MS);
    pass(s, 200 * MS);
    put(s, 1, 1000 * MS, MS, ERROR_NONE);
    const struct run_trace *t = end(s, 1000 * MS);
    const struct trace_tick *first = &t->ticks[0];
    assert_true(t->tick_count >= 2);
    assert_int_equal(first->at_ns, TRACER_FIRST_NS - 7 * MS);
    assert_int_equal(first->completed, 4);
    assert_int_equal(first->failed, 1);
    assert_int_equal(first->held_ns, 20 * MS);
    assert_int_equal(first->latency_ns, 20 * MS);
    assert_int_equal(first->in_flight, 2);
    assert_int_equal(first->ages_ns, 40 * MS + 30 * MS);
}

static void an_open_loop_is_seen_by_its_latency(void **state) {
    struct scene *s = *state;
    s->plan.load = (struct load){.stages = {{10, 10, LOAD_NEVER_NS}}, .stage_count = 1};
    begin(s);
    put(s, 4, 50 * MS, 5 * MS, ERROR_NONE);
    pass(s, 200 * MS);
    put(s, 1, 1000 * MS, 5 * MS, ERROR_NONE);
    const struct run_trace *t = end(s, 1000 * MS);
    assert_about(t->slices[0].p50_ns, 10 * MS);
    assert_int_equal(t->ticks[0].latency_ns, 40 * MS);
    assert_int_equal(t->ticks[0].held_ns, 20 * MS);
}

static void the_number_of_ticks_is_bounded_and_they_stay_even(void **state) {
    struct scene *s = *state;
    begin(s);
    pass(s, 200 * S);
    put(s, 1, 200 * S, MS, ERROR_NONE);
    const struct run_trace *t = end(s, 200 * S);
    assert_in_range(t->tick_count, TRACE_TICKS / 2, TRACE_TICKS);
    assert_true(t->ticks[0].at_ns < 100 * MS);
    for (size_t i = 1; i < t->tick_count; i++)
        assert_in_range(t->ticks[i].at_ns - t->ticks[i - 1].at_ns, MS, S);
    assert_true(t->ticks[t->tick_count - 1].at_ns > 199 * S);
}

/* A load of 50 a second has a period of 20 ms, at any part of which a tick must be as likely. */
static void ticks_keep_step_with_no_even_load(void **state) {
    struct scene *s = *state;
    int parts[4] = {0};
    begin(s);
    pass(s, 20 * S);
    put(s, 1, 20 * S, MS, ERROR_NONE);
    const struct run_trace *t = end(s, 20 * S);
    assert_in_range(t->tick_count, 800, 1100);
    for (size_t i = 0; i < t->tick_count; i++)
        parts[t->ticks[i].at_ns % (20 * MS) / (5 * MS)]++;
    for (int i = 0; i < 4; i++)
        assert_in_range(parts[i], t->tick_count / 5, t->tick_count * 3 / 10);
}

static void beyond_an_hour_slices_are_longer(void **state) {
    struct scene *s = *state;
    begin(s);
    pass(s, 4 * 3600 * S);
    put(s, 1, 4 * 3600 * S, MS, ERROR_NONE);
    const struct run_trace *t = end(s, 4 * 3600 * S);
    assert_in_range(t->slice_count, 2 * TRACER_SLICES + 800, 2 * TRACER_SLICES + 1000);
    assert_int_equal((t->slices[3599].until_ns - t->slices[3599].from_ns) / S, 1);
    assert_int_equal((t->slices[3700].until_ns - t->slices[3700].from_ns) / S, 2);
    assert_int_equal((t->slices[7300].until_ns - t->slices[7300].from_ns) / S, 4);
}

static void an_outside_program_has_neither(void **state) {
    struct scene *s = *state;
    s->entry.strategy = "exec";
    begin(s);
    assert_int_equal(tracer_next_ns(&s->tracer), INT64_MAX);
    put(s, 1, 100 * MS, MS, ERROR_NONE);
    assert_int_equal(end(s, 100 * MS)->slice_count, 0);
}

static void a_second_run_begins_anew(void **state) {
    struct scene *s = *state;
    struct err err;
    begin(s);
    put(s, 4, 50 * MS, 5 * MS, ERROR_NONE);
    pass(s, 1200 * MS);
    end(s, 50 * MS);
    assert_int_equal(recording_reset(&s->recording, 1000, SLOTS, LANES, &err), 0);
    begin(s);
    put(s, 1, 60 * MS, 3 * MS, ERROR_NONE);
    const struct run_trace *t = end(s, 60 * MS);
    assert_int_equal(t->slice_count, 1);
    check(&t->slices[0], 0, 60, 1, 0);
    assert_int_equal(t->slices[0].bytes, 10);
    assert_int_equal(t->tick_count, 0);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void) {
    const struct CMUnitTest tests[] = {
        SCENE(slices_are_whole_seconds_from_go_and_a_rest),
        SCENE(after_a_late_look_slices_are_at_whole_seconds_again),
        SCENE(a_slice_without_a_completion_is_there_and_has_no_percentile),
        SCENE(a_run_that_nobody_looked_at_is_one_slice),
        SCENE(a_run_is_left_alone_at_its_beginning),
        SCENE(a_short_rest_belongs_to_the_slice_before),
        SCENE(what_is_seen_while_the_process_puts_its_things_away_is_no_slice),
        SCENE(a_killed_run_lasts_until_its_process_was_gone),
        SCENE(a_warm_up_is_in_no_slice_and_no_tick),
        SCENE(ticks_hold_sums_and_what_is_in_flight),
        SCENE(an_open_loop_is_seen_by_its_latency),
        SCENE(the_number_of_ticks_is_bounded_and_they_stay_even),
        SCENE(ticks_keep_step_with_no_even_load),
        SCENE(beyond_an_hour_slices_are_longer),
        SCENE(an_outside_program_has_neither),
        SCENE(a_second_run_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
