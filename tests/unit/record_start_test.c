/* A run that goes by word, seen from both sides of a fork. */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "record/recording.h"

#define MS INT64_C(1000000)
#define HOUR_NS (3600 * CLOCK_NS_PER_S)

static int open_recording(void **state) {
    static struct recording recording;
    *state = &recording;
    return recording_open(&recording, 1, 1, 1, false, NULL);
}

static int close_recording(void **state) {
    recording_close(*state);
    return 0;
}

/* Its status is 0 if it went and 1 if it was to stop. */
static pid_t fork_child(struct recording *r) {
    recording_start_by_word(r);
    pid_t child = fork();
    if (child != 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    bool goes = recording_await_start(r);
    r->facts->go_ns = clock_now_ns();
    _exit(!goes);
}

static void await_ready(struct recording *r) {
    struct pollfd fd = {.fd = r->ready_fd, .events = POLLIN};
    assert_int_equal(poll(&fd, 1, -1), 1);
    assert_true(recording_take_ready(r));
    assert_false(recording_take_ready(r));
    assert_true(r->facts->ready_ns > 0);
    assert_int_equal(r->facts->waited_ns, 0);
}

static void check_end(pid_t child, bool went) {
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), !went);
}

static void a_run_that_needs_no_word_goes_at_once(void **state) {
    struct recording *r = *state;
    assert_true(recording_await_start(r));
    assert_false(recording_take_ready(r));
    assert_int_equal(r->facts->ready_ns, 0);
    assert_int_equal(recording_waited_ns(r, clock_now_ns()), 0);
}

static void a_run_goes_when_its_moment_has_come_and_not_before(void **state) {
    struct recording *r = *state;
    pid_t child = fork_child(r);
    await_ready(r);
    int64_t start_ns = clock_now_ns() + 20 * MS;
    recording_start_at(r, start_ns);
    check_end(child, true);
    const struct run_facts *f = r->facts;
    assert_true(f->go_ns >= start_ns);
    assert_true(f->waited_ns >= start_ns - f->ready_ns);
    assert_true(f->waited_ns <= f->go_ns - f->ready_ns);
    assert_int_equal(recording_waited_ns(r, HOUR_NS), f->waited_ns);
}

static void a_moment_that_has_passed_is_at_once(void **state) {
    struct recording *r = *state;
    recording_start_by_word(r);
    recording_start_at(r, 1);
    assert_true(recording_await_start(r));
    assert_true(recording_take_ready(r));
    assert_true(r->facts->waited_ns > 0);
}

static void a_stop_ends_the_wait_for_the_word(void **state) {
    struct recording *r = *state;
    pid_t child = fork_child(r);
    await_ready(r);
    recording_stop(r);
    check_end(child, false);
}

/* If it were not heeded, the test would take an hour. */
static void a_stop_ends_the_wait_for_the_moment(void **state) {
    struct recording *r = *state;
    pid_t child = fork_child(r);
    await_ready(r);
    recording_start_at(r, clock_now_ns() + HOUR_NS);
    recording_stop(r);
    check_end(child, false);
}

static void a_stop_comes_before_a_moment_that_has_passed(void **state) {
    struct recording *r = *state;
    recording_start_by_word(r);
    recording_start_at(r, 1);
    recording_stop(r);
    assert_false(recording_await_start(r));
}

static void what_is_to_stop_is_never_ready(void **state) {
    struct recording *r = *state;
    recording_start_by_word(r);
    recording_stop(r);
    assert_false(recording_await_start(r));
    assert_false(recording_take_ready(r));
    assert_int_equal(r->facts->ready_ns, 0);
}

static void a_wait_lasts_until_it_is_over(void **state) {
    struct recording *r = *state;
    r->facts->ready_ns = 10 * MS;
    assert_int_equal(recording_waited_ns(r, 9 * MS), 0);
    assert_int_equal(recording_waited_ns(r, 13 * MS), 3 * MS);
    r->facts->waited_ns = 2 * MS;
    assert_int_equal(recording_waited_ns(r, 13 * MS), 2 * MS);
}

static void the_next_run_knows_nothing_of_the_word_before(void **state) {
    struct recording *r = *state;
    recording_start_by_word(r);
    recording_start_at(r, 1);
    assert_true(recording_await_start(r));
    assert_int_equal(recording_reset(r, 1, 1, 1, NULL), 0);
    assert_false(recording_take_ready(r));
    struct pollfd word = {.fd = r->word_fd, .events = POLLIN};
    assert_int_equal(poll(&word, 1, 0), 0);
    assert_true(recording_await_start(r));
    assert_int_equal(r->facts->ready_ns, 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_recording, close_recording)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_run_that_needs_no_word_goes_at_once),
        TEST(a_run_goes_when_its_moment_has_come_and_not_before),
        TEST(a_moment_that_has_passed_is_at_once),
        TEST(a_stop_ends_the_wait_for_the_word),
        TEST(a_stop_ends_the_wait_for_the_moment),
        TEST(a_stop_comes_before_a_moment_that_has_passed),
        TEST(what_is_to_stop_is_never_ready),
        TEST(a_wait_lasts_until_it_is_over),
        TEST(the_next_run_knows_nothing_of_the_word_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
