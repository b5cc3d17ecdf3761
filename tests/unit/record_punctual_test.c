/* How exactly runs keep an agreed moment, several of them at once on one machine. */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "record/recording.h"

#define RUNS 4
#define TIMES 9
#define AHEAD_NS INT64_C(100000000)

static pid_t fork_child(struct recording *r) {
    pid_t child = fork();
    if (child != 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_TIMERSLACK, 1UL);
    bool goes = recording_await_start(r);
    r->facts->go_ns = clock_now_ns();
    _exit(!goes);
}

static void await_ready(const struct recording *r) {
    struct pollfd fd = {.fd = r->ready_fd, .events = POLLIN};
    assert_int_equal(poll(&fd, 1, -1), 1);
}

/* By how much the last of them was late. */
static int64_t start_together(struct recording *runs) {
    pid_t children[RUNS];
    int64_t late_ns = 0;
    for (int i = 0; i < RUNS; i++) {
        assert_int_equal(recording_reset(&runs[i], 1, 1, 1, NULL), 0);
        recording_start_by_word(&runs[i]);
        children[i] = fork_child(&runs[i]);
    }
    for (int i = 0; i < RUNS; i++)
        await_ready(&runs[i]);
    int64_t start_ns = clock_now_ns() + AHEAD_NS;
    for (int i = 0; i < RUNS; i++)
        recording_start_at(&runs[i], start_ns);
    for (int i = 0; i < RUNS; i++) {
        int status = 0;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
        int64_t after_ns = runs[i].facts->go_ns - start_ns;
        assert_true(after_ns >= 0);
        late_ns = after_ns > late_ns ? after_ns : late_ns;
    }
    return late_ns;
}

static int compare_times(const void *a, const void *b) {
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* The median, since anything may hold one of them up once. */
static void runs_begin_together_within_a_tenth_of_the_wait(void **state) {
    (void)state;
    struct recording runs[RUNS];
    int64_t late_ns[TIMES];
    for (int i = 0; i < RUNS; i++)
        assert_int_equal(recording_open(&runs[i], 1, 1, 1, false, NULL), 0);
    for (int i = 0; i < TIMES; i++)
        late_ns[i] = start_together(runs);
    for (int i = 0; i < RUNS; i++)
        recording_close(&runs[i]);
    qsort(late_ns, TIMES, sizeof late_ns[0], compare_times);
    print_message("the last of %d was late by %.3f ms\n", RUNS, (double)late_ns[TIMES / 2] / 1e6);
    assert_true(late_ns[TIMES / 2] < AHEAD_NS / 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_begin_together_within_a_tenth_of_the_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
