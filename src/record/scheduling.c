/* Threads in a hash table by their number, each with its first and its last figures. */
#include "record/scheduling.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "record/tree.h"

#define ROOM 2048 /* a power of two; at most half of it is used */
#define MOST_LOOKED_AT 256
#define LEAST_NS INT64_C(200000000)
#define PATH_BYTES 320

struct scheduled {
    pid_t thread; /* 0: a free place */
    struct scheduling first, last;
};

/* "cpu_ns wait_ns turns": where statistics are switched off all are 0. */
static struct scheduling read_figures(const char *path) {
    struct scheduling found = {-1, -1};
    char text[TREE_TEXT];
    if (tree_read_text(path, text))
        return found;
    char *end = text;
    long long cpu_ns = strtoll(text, &end, 10), wait_ns = strtoll(end, &end, 10);
    if (strtoll(end, NULL, 10) > 0)
        found = (struct scheduling){cpu_ns, wait_ns};
    return found;
}

/* Of a thread that is running, the file has the processor time up to the kernel's last tick only. */
struct scheduling scheduling_of_this_thread(void) {
    struct scheduling found = read_figures("/proc/thread-self/schedstat");
    struct timespec cpu;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu) == 0)
        found.cpu_ns = (int64_t)cpu.tv_sec * 1000000000 + cpu.tv_nsec;
    return found;
}

struct scheduling_shares scheduling_shares_unknown(void) {
    return (struct scheduling_shares){NAN, NAN, NAN, NAN};
}

static double share(int64_t earlier_ns, int64_t later_ns, int64_t ns, double most) {
    return earlier_ns < 0 || later_ns < 0 ? NAN : fmin((double)(later_ns - earlier_ns) / (double)ns, most);
}

struct scheduling_shares scheduling_shares_between(struct scheduling earlier, struct scheduling later,
                                                   int64_t ns) {
    if (ns <= 0)
        return scheduling_shares_unknown();
    double cpu = share(earlier.cpu_ns, later.cpu_ns, ns, 1);
    /* A wait counts when it is over: what is too much was before the first look. */
    double wait = share(earlier.wait_ns, later.wait_ns, ns, isnan(cpu) ? 1 : 1 - cpu);
    return (struct scheduling_shares){cpu, wait, cpu, wait};
}

void scheduling_watch_open(struct scheduling_watch *w) {
    *w = (struct scheduling_watch){.threads = NULL};
}

void scheduling_watch_close(struct scheduling_watch *w) {
    free(w->threads);
}

void scheduling_watch_reset(struct scheduling_watch *w) {
    if (w->count > 0)
        memset(w->threads, 0, ROOM * sizeof *w->threads);
    w->count = 0;
    w->first_ns = w->last_ns = 0;
}

/* Its place, or the free one where it belongs. */
static struct scheduled *find(struct scheduling_watch *w, pid_t thread) {
    size_t at = (size_t)thread * 40503U & (ROOM - 1);
    while (w->threads[at].thread && w->threads[at].thread != thread)
        at = (at + 1) & (ROOM - 1);
    return &w->threads[at];
}

static void look_at_thread(pid_t pid, const char *thread, void *state) {
    struct scheduling_watch *w = state;
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)pid, thread);
    struct scheduling now = w->looked_at < MOST_LOOKED_AT ? read_figures(path) : (struct scheduling){-1, -1};
    if (now.cpu_ns < 0)
        return; /* it is gone, or one of many */
    struct scheduled *place = find(w, (pid_t)strtol(thread, NULL, 10));
    if (!place->thread && w->count == ROOM / 2)
        return;
    w->looked_at++;
    bool is_new = !place->thread || now.cpu_ns < place->last.cpu_ns; /* a number may come again */
    w->count += !place->thread;
    if (is_new) /* one that began after the first look had nothing then */
        place->first = w->last_ns ? (struct scheduling){0, 0} : now;
    place->thread = (pid_t)strtol(thread, NULL, 10);
    place->last = now;
}

static void look_at_process(pid_t pid, int32_t threads, void *state) {
    (void)threads;
    tree_visit_threads(pid, look_at_thread, state);
}

void scheduling_watch_look(struct scheduling_watch *w, pid_t root, int64_t now_ns) {
    if (!w->threads)
        w->threads = memory_zalloc(ROOM, sizeof *w->threads);
    w->looked_at = 0;
    tree_visit(root, look_at_process, w);
    if (!w->first_ns)
        w->first_ns = now_ns;
    w->last_ns = now_ns;
}

static void raise_to(struct scheduling_shares *all, struct scheduling_shares one) {
    if (isnan(one.largest_cpu))
        return;
    if (!(one.busiest_cpu + one.busiest_wait <= all->busiest_cpu + all->busiest_wait)) {
        all->busiest_cpu = one.busiest_cpu;
        all->busiest_wait = one.busiest_wait;
    }
    all->largest_cpu = fmax(all->largest_cpu, one.largest_cpu); /* fmax prefers what is no NaN */
    all->largest_wait = fmax(all->largest_wait, one.largest_wait);
}

struct scheduling_shares scheduling_watch_shares(const struct scheduling_watch *w) {
    struct scheduling_shares all = scheduling_shares_unknown();
    int64_t ns = w->last_ns - w->first_ns;
    for (size_t i = 0; w->count && ns >= LEAST_NS && i < ROOM; i++)
        if (w->threads[i].thread)
            raise_to(&all, scheduling_shares_between(w->threads[i].first, w->threads[i].last, ns));
    return all;
}
