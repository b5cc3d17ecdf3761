/* Threads of real processes, each of which is on a processor, waits for one or sleeps. Only what must hold on
 * a machine that does other things as well is asserted. */
#include "record/scheduling.h"

#include <math.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

#define ATTEMPTS 8
#define LONG_NS INT64_C(300000000)

static void burn_until(int64_t end_ns) {
    while (clock_now_ns() < end_ns)
        continue;
}

/* A child that is on a processor or wants one until it is ended. */
static pid_t fork_burner(const cpu_set_t *where) {
    pid_t pid = fork();
    if (pid == 0) {
        alarm(30); /* whatever becomes of its parent */
        if (where)
            sched_setaffinity(0, sizeof *where, where);
        burn_until(INT64_MAX);
        _exit(0);
    }
    assert_true(pid > 0);
    return pid;
}

static void end(pid_t pid) {
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void pass(int64_t ns) {
    struct timespec time = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    nanosleep(&time, NULL);
}

static struct scheduling_shares watch(pid_t root, int64_t ns) {
    struct scheduling_watch w;
    scheduling_watch_open(&w);
    scheduling_watch_look(&w, root, clock_now_ns());
    pass(ns);
    scheduling_watch_look(&w, root, clock_now_ns());
    struct scheduling_shares found = scheduling_watch_shares(&w);
    scheduling_watch_close(&w);
    return found;
}

static bool is_told_here(void) {
    burn_until(clock_now_ns() + 20000000);
    return scheduling_of_this_thread().wait_ns >= 0;
}

/* What waits now is told only when it has run again, so on a very busy machine one look may miss it. */
static void assert_seen(bool (*is_seen)(void)) {
    if (!is_told_here())
        skip();
    for (int i = 0; i < ATTEMPTS; i++)
        if (is_seen())
            return;
    fail();
}

static bool a_burner_wants_its_time(void) {
    pid_t burner = fork_burner(NULL);
    struct scheduling_shares s = watch(burner, LONG_NS);
    end(burner);
    assert_true(s.largest_cpu == s.busiest_cpu);
    return s.busiest_cpu > .05 && s.busiest_cpu + s.busiest_wait > .6;
}

static void a_thread_that_burns_is_busy_or_waits(void **state) {
    (void)state;
    assert_seen(a_burner_wants_its_time);
}

static bool one_of_two_on_a_processor_waits(void) {
    cpu_set_t allowed, one;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, &allowed))
            CPU_SET(i, &one);
    pid_t first = fork_burner(&one), second = fork_burner(&one);
    struct scheduling_shares s = watch(first, 2 * LONG_NS);
    end(first);
    end(second);
    return s.busiest_wait > .2 && s.busiest_cpu < .8;
}

static void two_that_share_a_processor_wait_for_it(void **state) {
    (void)state;
    assert_seen(one_of_two_on_a_processor_waits);
}

static void one_that_sleeps_is_idle(void **state) {
    (void)state;
    pid_t sleeper = fork();
    if (sleeper == 0) {
        alarm(30);
        burn_until(clock_now_ns() + 20000000);
        pause();
        _exit(0);
    }
    pass(LONG_NS);
    struct scheduling_shares s = watch(sleeper, LONG_NS);
    end(sleeper);
    assert_true(isnan(s.busiest_cpu) || s.busiest_cpu < .1);
}

static bool a_later_burner_wants_its_time(void) {
    struct scheduling_watch w;
    scheduling_watch_open(&w);
    scheduling_watch_look(&w, getpid(), clock_now_ns());
    pid_t burner = fork_burner(NULL);
    pass(LONG_NS);
    scheduling_watch_look(&w, getpid(), clock_now_ns());
    struct scheduling_shares s = scheduling_watch_shares(&w);
    end(burner);
    scheduling_watch_reset(&w);
    assert_true(isnan(scheduling_watch_shares(&w).busiest_cpu));
    scheduling_watch_close(&w);
    return s.busiest_cpu + s.busiest_wait > .6;
}

static void a_process_that_begins_later_counts_from_its_beginning(void **state) {
    (void)state;
    assert_seen(a_later_burner_wants_its_time);
}

static void of_very_many_threads_the_first_stand_for_all(void **state) {
    (void)state;
    enum { MANY = 300 };
    pid_t sleepers[MANY], parent = getpid();
    for (int i = 0; i < MANY; i++) {
        sleepers[i] = fork();
        if (sleepers[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            while (getppid() == parent)
                pause();
            _exit(0);
        }
    }
    struct scheduling_watch w;
    scheduling_watch_open(&w);
    scheduling_watch_look(&w, getpid(), 1);
    assert_int_equal(w.looked_at, 256);
    scheduling_watch_look(&w, getpid(), 1 + LONG_NS);
    assert_true(w.count <= 512);
    assert_false(isnan(scheduling_watch_shares(&w).largest_cpu));
    scheduling_watch_close(&w);
    for (int i = 0; i < MANY; i++)
        end(sleepers[i]);
}

static void looks_that_are_near_to_each_other_tell_nothing(void **state) {
    (void)state;
    struct scheduling_watch w;
    scheduling_watch_open(&w);
    assert_true(isnan(scheduling_watch_shares(&w).largest_cpu));
    scheduling_watch_look(&w, getpid(), 1000);
    scheduling_watch_look(&w, getpid(), 1000 + 199999999);
    assert_true(isnan(scheduling_watch_shares(&w).largest_cpu));
    scheduling_watch_close(&w);
}

static void shares_between_two_looks_are_differences(void **state) {
    (void)state;
    struct scheduling earlier = {100, 50}, later = {600, 150}, unknown = {-1, -1}, never_waited = {600, -1};
    struct scheduling_shares s = scheduling_shares_between(earlier, later, 1000);
    assert_true(s.busiest_cpu == .5 && s.largest_wait == .1);
    assert_true(isnan(scheduling_shares_between(unknown, later, 1000).busiest_cpu));
    assert_true(isnan(scheduling_shares_between(earlier, unknown, 1000).busiest_cpu));
    s = scheduling_shares_between(earlier, never_waited, 1000);
    assert_true(s.busiest_cpu == .5 && isnan(s.busiest_wait));
    assert_true(scheduling_shares_between(earlier, later, 100).busiest_cpu == 1);
    s = scheduling_shares_between(earlier, (struct scheduling){800, 1050}, 1000);
    assert_true(s.busiest_cpu + s.busiest_wait == 1);
    assert_true(isnan(scheduling_shares_between(earlier, later, 0).busiest_cpu));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_that_burns_is_busy_or_waits),
        cmocka_unit_test(two_that_share_a_processor_wait_for_it),
        cmocka_unit_test(one_that_sleeps_is_idle),
        cmocka_unit_test(a_process_that_begins_later_counts_from_its_beginning),
        cmocka_unit_test(of_very_many_threads_the_first_stand_for_all),
        cmocka_unit_test(looks_that_are_near_to_each_other_tell_nothing),
        cmocka_unit_test(shares_between_two_looks_are_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
