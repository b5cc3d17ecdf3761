/* What ticks tell together, from ticks made up. */
#include "run/trace.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

#define MS INT64_C(1000000)
#define US INT64_C(1000)
#define TICKS 1000

struct series {
    struct trace_tick ticks[TICKS];
    struct run_trace trace;
};

/* Requests that begin every `every_ns` and take `took_ns`, seen at random moments some 20 ms apart. */
static void watch(struct series *s, int64_t every_ns, int64_t took_ns) {
    int64_t at_ns = 100 * MS;
    *s = (struct series){.trace = {.ticks = s->ticks, .tick_count = TICKS}};
    for (size_t i = 0; i < TICKS; i++) {
        struct trace_tick *t = &s->ticks[i];
        int64_t begun = at_ns / every_ns + 1, ended = at_ns >= took_ns ? (at_ns - took_ns) / every_ns + 1 : 0;
        *t = (struct trace_tick){.at_ns = at_ns, .completed = ended, .in_flight = begun - ended};
        t->held_ns = t->latency_ns = ended * took_ns;
        for (int64_t r = ended; r < begun; r++)
            t->ages_ns += at_ns - r * every_ns;
        at_ns += random_between(1, i, 0, 10 * MS, 30 * MS);
    }
}

static void requests_in_flight_are_those_that_their_times_tell(void **state) {
    (void)state;
    struct series s;
    struct trace_flight f;
    watch(&s, 100 * US, 730 * US);
    assert_true(trace_flight(&s.trace, &f));
    assert_true(fabs(f.expected / 7.3 - 1) < .001);
    assert_true(fabs(f.mean - f.expected) < 4 * f.standard_error);
    assert_true(f.standard_error < .01 * f.mean);
    assert_true(fabs(f.window_s - 20) < 1);
}

static void few_in_flight_are_told_with_a_large_error(void **state) {
    (void)state;
    struct series s;
    struct trace_flight f;
    watch(&s, 10 * MS, 100 * US); /* a hundredth of the time there is one */
    assert_true(trace_flight(&s.trace, &f));
    assert_true(fabs(f.expected / .01 - 1) < .01);
    assert_true(fabs(f.mean - f.expected) < 4 * f.standard_error);
    assert_true(f.standard_error > .05 * f.expected);
}

static void where_none_was_met_in_flight_the_error_is_larger_than_what_is_expected(void **state) {
    (void)state;
    struct series s;
    struct trace_flight f;
    watch(&s, 50 * MS, 200 * US);
    s.trace.tick_count = 50;
    for (size_t i = 0; i < 50; i++)
        s.ticks[i].in_flight = s.ticks[i].ages_ns = 0;
    assert_true(trace_flight(&s.trace, &f));
    assert_true(f.mean == 0 && f.expected > 0);
    assert_true(f.standard_error > f.expected);
}

static void ticks_that_are_late_may_be_biased_by_what_ended_meanwhile(void **state) {
    (void)state;
    struct series s;
    struct trace_flight f;
    watch(&s, 100 * US, 730 * US);
    for (size_t i = 0; i < TICKS; i++)
        s.ticks[i].late_ns = 80 * US; /* as timers are */
    assert_true(trace_flight(&s.trace, &f));
    assert_true(f.bias == 0);
    for (size_t i = 0; i < TICKS; i += 2)
        s.ticks[i].late_ns = 2100 * US; /* in each of which 20 end */
    assert_true(trace_flight(&s.trace, &f));
    assert_true(fabs(f.bias / 20 - 1) < .01);
}

static void of_few_batches_the_error_is_larger(void **state) {
    (void)state;
    struct series s;
    struct trace_flight many, few;
    watch(&s, 7 * MS, 5 * MS);
    assert_true(trace_flight(&s.trace, &many));
    s.trace.tick_count = 21;
    assert_true(trace_flight(&s.trace, &few));
    assert_true(few.standard_error > 1.3 * sqrt(1000. / 20) * many.standard_error);
}

static void where_the_same_number_was_met_each_time_it_is_known_no_better(void **state) {
    (void)state;
    struct series s;
    struct trace_flight f;
    watch(&s, 5 * MS, 5 * MS + 100 * US); /* for a fiftieth of the time there are two */
    s.trace.tick_count = 80;
    for (size_t i = 0; i < 80; i++)
        s.ticks[i].in_flight = 1;
    assert_true(trace_flight(&s.trace, &f));
    assert_true(f.expected > 1.01 && f.mean == 1);
    assert_true(f.expected - f.mean < 4 * f.standard_error);
}

/* Longer than the window is long: none begins and ends in it. */
static void requests_that_outlast_the_window_are_no_deviation(void **state) {
    (void)state;
    struct series s;
    struct trace_flight f;
    watch(&s, 1000 * MS, 7000 * MS);
    s.trace.tick_count = 100;
    assert_true(trace_flight(&s.trace, &f));
    assert_true(fabs(f.mean - f.expected) < 4 * f.standard_error + .05 * f.expected);
}

static void times_that_are_recorded_too_short_deviate(void **state) {
    (void)state;
    struct series s;
    struct trace_flight f;
    watch(&s, 100 * US, 730 * US);
    for (size_t i = 0; i < TICKS; i++)
        s.ticks[i].held_ns -= s.ticks[i].held_ns / 20;
    assert_true(trace_flight(&s.trace, &f));
    assert_true(fabs(f.mean / f.expected - 1.053) < .01);
    assert_true(f.mean - f.expected > 4 * f.standard_error);
}

static void too_few_ticks_tell_nothing(void **state) {
    (void)state;
    struct series s;
    struct trace_flight f = {.mean = -7};
    double means_s[TRACE_PARTS] = {-7};
    watch(&s, MS, MS / 2);
    s.trace.tick_count = 20;
    assert_false(trace_flight(&s.trace, &f));
    assert_true(f.mean == -7);
    s.trace.tick_count = 2 * TRACE_PARTS - 1;
    assert_false(trace_means(&s.trace, means_s));
    assert_true(means_s[0] == -7);
    assert_false(trace_flight(&(struct run_trace){0}, &f));
}

static void parts_have_the_mean_of_what_was_completed_in_them(void **state) {
    (void)state;
    struct series s;
    double means_s[TRACE_PARTS];
    watch(&s, MS, MS / 2);
    int64_t half_ns = s.ticks[TICKS - 1].at_ns / 2, before_ns = 0;
    for (size_t i = 0; i < TICKS; i++) { /* each takes thrice as long in the second half */
        if (s.ticks[i].at_ns < half_ns)
            before_ns = s.ticks[i].latency_ns;
        else
            s.ticks[i].latency_ns += 2 * (s.ticks[i].latency_ns - before_ns);
    }
    assert_true(trace_means(&s.trace, means_s));
    for (size_t i = 0; i < TRACE_PARTS; i++)
        if (i != TRACE_PARTS / 2 && i != TRACE_PARTS / 2 - 1)
            assert_true(fabs(means_s[i] / (i < TRACE_PARTS / 2 ? .0005 : .0015) - 1) < 1e-6);
}

static void a_part_without_a_completion_has_no_mean(void **state) {
    (void)state;
    struct series s;
    double means_s[TRACE_PARTS];
    watch(&s, MS, MS / 2);
    for (size_t i = TICKS / 2; i < TICKS; i++) {
        s.ticks[i].completed = s.ticks[TICKS / 2].completed;
        s.ticks[i].latency_ns = s.ticks[TICKS / 2].latency_ns;
    }
    assert_true(trace_means(&s.trace, means_s));
    assert_false(isnan(means_s[0]));
    assert_true(isnan(means_s[TRACE_PARTS - 1]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_in_flight_are_those_that_their_times_tell),
        cmocka_unit_test(few_in_flight_are_told_with_a_large_error),
        cmocka_unit_test(where_none_was_met_in_flight_the_error_is_larger_than_what_is_expected),
        cmocka_unit_test(ticks_that_are_late_may_be_biased_by_what_ended_meanwhile),
        cmocka_unit_test(of_few_batches_the_error_is_larger),
        cmocka_unit_test(where_the_same_number_was_met_each_time_it_is_known_no_better),
        cmocka_unit_test(requests_that_outlast_the_window_are_no_deviation),
        cmocka_unit_test(times_that_are_recorded_too_short_deviate),
        cmocka_unit_test(too_few_ticks_tell_nothing),
        cmocka_unit_test(parts_have_the_mean_of_what_was_completed_in_them),
        cmocka_unit_test(a_part_without_a_completion_has_no_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
