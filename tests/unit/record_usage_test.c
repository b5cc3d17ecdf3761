/* CPU time and memory of real processes: each test measures children that it makes and ends. */
#include "record/usage.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define MIB (INT64_C(1) << 20)
#define GROWTH (24 * MIB)
#define MANY_THREADS 80

/* Touched by the kernel: a sanitizer would put its own memory beside every byte that we write or map. */
static void *touched(size_t bytes, int sharing) {
    int flags = sharing | MAP_ANONYMOUS | MAP_POPULATE;
    long memory = syscall(SYS_mmap, NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0L);
    return memory == -1 ? NULL : (void *)memory;
}

/* The first of a line of processes, each the child of the one before and each holding GROWTH more than it
 * inherited. They live until the pipe `release` is closed. */
struct held {
    pid_t pid;
    int release;
};

static void wait_for_end(int fd) {
    char byte;
    while (read(fd, &byte, 1) > 0)
        continue;
}

static void say_ready(int fd) {
    if (write(fd, "r", 1) != 1)
        _exit(1);
}

static void hold(int ready, int release, int sharing, int depth) {
    pid_t child = 0;
    for (int left = depth; left >= 0 && child == 0; left--) {
        if (!touched(GROWTH, sharing))
            _exit(1);
        if (left == 0)
            say_ready(ready);
        child = left > 0 ? fork() : -1;
    }
    wait_for_end(release);
    if (child > 0)
        waitpid(child, NULL, 0);
    _exit(0);
}

static struct held start_holder(int sharing, int depth) {
    int ready[2], release[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(release), 0);
    struct held h = {.pid = fork(), .release = release[1]};
    assert_true(h.pid >= 0);
    if (h.pid == 0) {
        close(release[1]);
        hold(ready[1], release[0], sharing, depth);
    }
    close(ready[1]);
    close(release[0]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return h;
}

static void end_holder(struct held h) {
    close(h.release);
    assert_int_equal(waitpid(h.pid, NULL, 0), h.pid);
}

static void a_process_sees_its_own_memory_grow(void **state) {
    (void)state;
    struct footprint before = footprint_of_tree(getpid());
    void *memory = touched(GROWTH, MAP_PRIVATE);
    assert_non_null(memory);
    struct footprint after = footprint_of_tree(getpid());
    syscall(SYS_munmap, memory, GROWTH);
    assert_true(before.pss_bytes > 0);
    assert_int_equal(before.processes, 1);
    assert_true(before.threads >= 1);
    assert_in_range(after.private_bytes - before.private_bytes, GROWTH - MIB, GROWTH + 2 * MIB);
}

static void shared_pages_are_told_apart(void **state) {
    (void)state;
    struct footprint before = footprint_of_tree(getpid());
    void *memory = touched(GROWTH, MAP_SHARED);
    assert_non_null(memory);
    struct footprint after = footprint_of_tree(getpid());
    syscall(SYS_munmap, memory, GROWTH);
    assert_in_range(after.shmem_pss_bytes - before.shmem_pss_bytes, GROWTH - MIB, GROWTH + MIB);
    assert_true(after.private_bytes - before.private_bytes < MIB);
    assert_int_equal(after.private_bytes, after.pss_bytes - after.shmem_pss_bytes);
}

static void descendants_are_summed(void **state) {
    (void)state;
    struct held h = start_holder(MAP_PRIVATE, 2);
    struct footprint f = footprint_of_tree(h.pid);
    end_holder(h);
    assert_int_equal(f.processes, 3);
    /* Each child shares what its parent had touched before it was forked: three times GROWTH, not six,
     * and the rest of three small processes. */
    assert_in_range(f.private_bytes, 3 * GROWTH - MIB, 5 * GROWTH);
}

static void a_process_that_is_gone_has_no_footprint(void **state) {
    (void)state;
    struct held h = start_holder(MAP_PRIVATE, 0);
    end_holder(h);
    struct footprint f = footprint_of_tree(h.pid);
    assert_int_equal(f.pss_bytes, -1);
    assert_int_equal(f.shmem_pss_bytes, -1);
    assert_int_equal(f.private_bytes, -1);
    assert_int_equal(f.processes, 0);
}

static void a_process_that_ended_but_was_not_waited_for_has_none_either(void **state) {
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(0);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    struct footprint f = footprint_of_tree(child);
    waitpid(child, NULL, 0);
    assert_int_equal(f.pss_bytes, -1);
    assert_int_equal(f.processes, 0);
}

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool open;
    int forked[2];
};

static void *wait_at(void *argument) {
    struct gate *gate = argument;
    pthread_mutex_lock(&gate->lock);
    while (!gate->open)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
    return NULL;
}

/* The kernel lists this child under the thread, not under the process. */
static void *fork_and_wait(void *argument) {
    struct gate *gate = argument;
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    if (write(gate->forked[1], &child, sizeof child) != sizeof child)
        return NULL;
    return wait_at(argument);
}

static struct footprint footprint_with_threads(int threads) {
    struct gate gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    pthread_t ids[MANY_THREADS];
    pid_t child = -1;
    assert_int_equal(pipe(gate.forked), 0);
    for (int i = 0; i < threads; i++)
        assert_int_equal(pthread_create(&ids[i], NULL, i ? wait_at : fork_and_wait, &gate), 0);
    assert_int_equal(read(gate.forked[0], &child, sizeof child), sizeof child);
    struct footprint f = footprint_of_tree(getpid());
    pthread_mutex_lock(&gate.lock);
    gate.open = true;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
    for (int i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(gate.forked[0]);
    close(gate.forked[1]);
    return f;
}

static void a_child_forked_by_a_thread_is_found(void **state) {
    (void)state;
    struct footprint f = footprint_with_threads(2);
    assert_int_equal(f.processes, 2);
    assert_true(f.threads >= 4);
    assert_true(f.pss_bytes > 0);
}

static void it_is_found_among_many_threads_too(void **state) {
    (void)state;
    struct footprint f = footprint_with_threads(MANY_THREADS);
    assert_int_equal(f.processes, 2);
    assert_true(f.threads >= MANY_THREADS + 2);
    assert_true(f.pss_bytes > 0);
}

static void burn(int64_t us) {
    struct usage from = usage_now();
    struct usage spent = {0};
    while (spent.user_us + spent.system_us < us)
        spent = usage_difference(usage_now(), from);
}

static void usage_counts_the_children_that_were_waited_for(void **state) {
    (void)state;
    struct usage before = usage_now();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        burn(60000);
        _exit(0);
    }
    struct rusage own;
    assert_int_equal(wait4(child, NULL, 0, &own), child);
    struct usage spent = usage_difference(usage_now(), before);
    struct usage reported = usage_from_rusage(&own);
    assert_true(reported.user_us + reported.system_us >= 60000);
    assert_true(spent.user_us + spent.system_us >= reported.user_us + reported.system_us);
    assert_true(spent.voluntary_switches + spent.involuntary_switches >= 1);
}

static void usage_of_a_tree_is_that_of_its_living_processes(void **state) {
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            burn(40000);
            pause();
        }
        burn(40000);
        pause();
    }
    struct timespec moment = {.tv_nsec = 1000000};
    struct usage seen = {0};
    for (int i = 0; i < 20000 && seen.user_us + seen.system_us < 80000; i++) {
        nanosleep(&moment, NULL);
        seen = usage_of_tree(child);
    }
    assert_true(seen.user_us + seen.system_us >= 80000);
    assert_true(seen.voluntary_switches + seen.involuntary_switches >= 1);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    struct usage gone = usage_of_tree(child);
    assert_int_equal(gone.user_us + gone.system_us + gone.voluntary_switches + gone.involuntary_switches, 0);
}

static void difference_undoes_sum(void **state) {
    (void)state;
    struct usage a = {1, 20, 300, 4000}, b = {5, 6, 7, 8};
    struct usage back = usage_difference(usage_sum(a, b), b);
    assert_int_equal(back.user_us, a.user_us);
    assert_int_equal(back.system_us, a.system_us);
    assert_int_equal(back.voluntary_switches, a.voluntary_switches);
    assert_int_equal(back.involuntary_switches, a.involuntary_switches);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_sees_its_own_memory_grow),
        cmocka_unit_test(shared_pages_are_told_apart),
        cmocka_unit_test(descendants_are_summed),
        cmocka_unit_test(a_process_that_is_gone_has_no_footprint),
        cmocka_unit_test(a_process_that_ended_but_was_not_waited_for_has_none_either),
        cmocka_unit_test(a_child_forked_by_a_thread_is_found),
        cmocka_unit_test(it_is_found_among_many_threads_too),
        cmocka_unit_test(usage_counts_the_children_that_were_waited_for),
        cmocka_unit_test(usage_of_a_tree_is_that_of_its_living_processes),
        cmocka_unit_test(difference_undoes_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
