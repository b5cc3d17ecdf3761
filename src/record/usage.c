/* Resource usage of a process tree, from getrusage and /proc. */
#include "record/usage.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "record/tree.h"

#define PATH_BYTES 64

static int64_t microseconds(struct timeval t) {
    return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

struct usage usage_from_rusage(const struct rusage *r) {
    return (struct usage){
        .user_us = microseconds(r->ru_utime),
        .system_us = microseconds(r->ru_stime),
        .voluntary_switches = r->ru_nvcsw,
        .involuntary_switches = r->ru_nivcsw,
    };
}

struct usage usage_difference(struct usage later, struct usage earlier) {
    return (struct usage){
        .user_us = later.user_us - earlier.user_us,
        .system_us = later.system_us - earlier.system_us,
        .voluntary_switches = later.voluntary_switches - earlier.voluntary_switches,
        .involuntary_switches = later.involuntary_switches - earlier.involuntary_switches,
    };
}

struct usage usage_sum(struct usage a, struct usage b) {
    return (struct usage){
        .user_us = a.user_us + b.user_us,
        .system_us = a.system_us + b.system_us,
        .voluntary_switches = a.voluntary_switches + b.voluntary_switches,
        .involuntary_switches = a.involuntary_switches + b.involuntary_switches,
    };
}

struct usage usage_now(void) {
    struct rusage self = {0}, children = {0};
    if (getrusage(RUSAGE_SELF, &self) != 0 || getrusage(RUSAGE_CHILDREN, &children) != 0)
        return (struct usage){0}; /* only a bad address or argument could fail */
    return usage_sum(usage_from_rusage(&self), usage_from_rusage(&children));
}

static void raise_to(int64_t *peak, int64_t now) {
    if (now > *peak)
        *peak = now;
}

void footprint_raise(struct footprint *peak, const struct footprint *now) {
    if (now->pss_bytes < 0)
        return;
    raise_to(&peak->pss_bytes, now->pss_bytes);
    raise_to(&peak->shmem_pss_bytes, now->shmem_pss_bytes);
    raise_to(&peak->private_bytes, now->private_bytes);
    peak->processes = now->processes > peak->processes ? now->processes : peak->processes;
    peak->threads = now->threads > peak->threads ? now->threads : peak->threads;
}

static int64_t field_count(const char *text, const char *line_start) {
    const char *field = strstr(text, line_start);
    return field ? strtoll(field + strlen(line_start), NULL, 10) : 0;
}

static int64_t field_bytes(const char *text, const char *line_start) {
    return field_count(text, line_start) * 1024;
}

static bool gone(int error) {
    return error == ENOENT || error == ESRCH;
}

struct looking {
    struct footprint footprint;
    bool readable; /* every process that is not gone */
};

static void add_memory(pid_t pid, int32_t threads, void *state) {
    struct looking *all = state;
    struct footprint *f = &all->footprint;
    char path[PATH_BYTES], text[TREE_TEXT];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    if (tree_read_text(path, text)) {
        all->readable = all->readable && gone(errno);
        return;
    }
    if (!strstr(text, "\nPss:"))
        return; /* it was ending: nothing is left of it */
    f->pss_bytes += field_bytes(text, "\nPss:");
    f->shmem_pss_bytes += field_bytes(text, "\nPss_Shmem:");
    f->processes++;
    f->threads += threads;
}

static int64_t ticks_us(long ticks) {
    return ticks * INT64_C(1000000) / sysconf(_SC_CLK_TCK);
}

/* Processor time of all threads that pid has or had. */
static int64_t cpu_us(pid_t pid) {
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t))
        return 0;
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct usage times_of(pid_t pid) {
    char path[PATH_BYTES], text[TREE_TEXT];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    const char *name_end = tree_read_text(path, text) ? NULL : strrchr(text, ')');
    if (!name_end)
        return (struct usage){0};
    long user = tree_stat_field(name_end, 14), system = tree_stat_field(name_end, 15);
    int64_t own_us = cpu_us(pid), system_us = user + system ? own_us * system / (user + system) : 0;
    return (struct usage){
        .user_us = own_us - system_us + ticks_us(tree_stat_field(name_end, 16)),
        .system_us = system_us + ticks_us(tree_stat_field(name_end, 17)),
    };
}

static struct usage switches_of(pid_t pid, const char *task) {
    char path[PATH_BYTES + 256], text[TREE_TEXT];
    snprintf(path, sizeof path, "/proc/%d/task/%s/status", (int)pid, task);
    if (tree_read_text(path, text))
        return (struct usage){0};
    return (struct usage){.voluntary_switches = field_count(text, "\nvoluntary_ctxt_switches:"),
                          .involuntary_switches = field_count(text, "\nnonvoluntary_ctxt_switches:")};
}

static void add_switches(pid_t pid, const char *thread, void *sum) {
    *(struct usage *)sum = usage_sum(*(struct usage *)sum, switches_of(pid, thread));
}

static struct usage usage_of(pid_t pid) {
    struct usage sum = times_of(pid);
    tree_visit_threads(pid, add_switches, &sum);
    return sum;
}

static void add_usage(pid_t pid, int32_t threads, void *state) {
    struct usage *sum = state;
    (void)threads;
    *sum = usage_sum(*sum, usage_of(pid));
}

struct usage usage_of_tree(pid_t pid) {
    struct usage sum = {0};
    tree_visit(pid, add_usage, &sum);
    return sum;
}

struct footprint footprint_of_tree(pid_t pid) {
    struct looking all = {.readable = true};
    bool whole = tree_visit(pid, add_memory, &all);
    struct footprint *f = &all.footprint;
    f->private_bytes = f->pss_bytes - f->shmem_pss_bytes;
    if (!all.readable || f->processes == 0 || !whole)
        f->pss_bytes = f->shmem_pss_bytes = f->private_bytes = -1;
    return *f;
}
