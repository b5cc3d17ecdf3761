/* Resource usage of a process tree, from getrusage and /proc. */
#include "record/usage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TREE_MAX 32768 /* of a tree with more, memory is unknown */
#define TEXT_BYTES 4096
#define PATH_BYTES 64
/* Children are listed thread by thread; beyond this many threads one pass over all processes is cheaper. */
#define THREADS_WORTH_ASKING 64

struct tree {
    pid_t pids[TREE_MAX];
    size_t count;
};

struct status {
    pid_t parent;
    int32_t threads;
};

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

/* Reads the beginning of a file as text. Returns 0, or -1 with errno. */
static int read_text(const char *path, char out[TEXT_BYTES]) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    size_t length = 0;
    ssize_t got = 1;
    while (got > 0 && length < TEXT_BYTES - 1) {
        got = read(fd, out + length, TEXT_BYTES - 1 - length);
        if (got > 0)
            length += (size_t)got;
    }
    int failure = got < 0 ? errno : 0;
    close(fd);
    out[length] = '\0';
    errno = failure;
    return failure ? -1 : 0;
}

/* The field of /proc/PID/stat that proc(5) gives this number; 0 if there is none. The name is number 2. */
static long stat_field(const char *name_end, int number) {
    const char *field = name_end;
    for (int i = 2; field && i < number; i++)
        field = strchr(field + 1, ' ');
    return field ? strtol(field, NULL, 10) : 0;
}

static int read_status(pid_t pid, struct status *out) {
    char path[PATH_BYTES], text[TEXT_BYTES];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (read_text(path, text))
        return -1;
    const char *name_end = strrchr(text, ')'); /* the name may hold anything, spaces and brackets too */
    if (!name_end)
        return -1;
    *out = (struct status){
        .parent = (pid_t)stat_field(name_end, 4),
        .threads = (int32_t)stat_field(name_end, 20),
    };
    return 0;
}

static void add_pid(struct tree *t, pid_t pid) {
    if (t->count < TREE_MAX)
        t->pids[t->count++] = pid;
}

/* Adds the space-separated numbers of a file of any length. Returns 0, or -1 if it could not be opened. */
static int add_listed(struct tree *t, const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    char text[512];
    pid_t pid = 0;
    ssize_t got = read(fd, text, sizeof text);
    while (got > 0) {
        for (ssize_t i = 0; i < got; i++) {
            bool digit = text[i] >= '0' && text[i] <= '9';
            if (!digit && pid > 0)
                add_pid(t, pid);
            pid = digit ? pid * 10 + (text[i] - '0') : 0;
        }
        got = read(fd, text, sizeof text);
    }
    close(fd);
    if (pid > 0)
        add_pid(t, pid);
    return 0;
}

static pid_t entry_number(const struct dirent *entry) {
    return (pid_t)strtol(entry->d_name, NULL, 10);
}

/* Adds what each thread of pid has forked. Returns -1 where the kernel keeps no such lists. */
static int add_children_by_thread(struct tree *t, pid_t pid) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        return errno == ENOENT ? 0 : -1;
    int result = 0;
    for (struct dirent *entry = readdir(tasks); entry; entry = readdir(tasks)) {
        pid_t thread = entry_number(entry);
        if (thread <= 0)
            continue;
        snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)thread);
        if (add_listed(t, path) && thread == pid)
            result = -1;
    }
    closedir(tasks);
    return result;
}

static void add_children_by_parent(struct tree *t, pid_t pid) {
    DIR *processes = opendir("/proc");
    if (!processes)
        return;
    for (struct dirent *entry = readdir(processes); entry; entry = readdir(processes)) {
        pid_t candidate = entry_number(entry);
        struct status status;
        if (candidate > 0 && read_status(candidate, &status) == 0 && status.parent == pid)
            add_pid(t, candidate);
    }
    closedir(processes);
}

static void add_children(struct tree *t, pid_t pid, int32_t threads) {
    size_t before = t->count;
    if (threads <= THREADS_WORTH_ASKING && add_children_by_thread(t, pid) == 0)
        return;
    t->count = before;
    add_children_by_parent(t, pid);
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

/* Adds one process to f. Returns 0, also when it is gone, or -1 if it may not be read. */
static int add_memory(struct footprint *f, pid_t pid, int32_t threads) {
    char path[PATH_BYTES], text[TEXT_BYTES];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    if (read_text(path, text))
        return gone(errno) ? 0 : -1;
    if (!strstr(text, "\nPss:"))
        return 0; /* it was ending: nothing is left of it */
    f->pss_bytes += field_bytes(text, "\nPss:");
    f->shmem_pss_bytes += field_bytes(text, "\nPss_Shmem:");
    f->processes++;
    f->threads += threads;
    return 0;
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
    char path[PATH_BYTES], text[TEXT_BYTES];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    const char *name_end = read_text(path, text) ? NULL : strrchr(text, ')');
    if (!name_end)
        return (struct usage){0};
    long user = stat_field(name_end, 14), system = stat_field(name_end, 15);
    int64_t own_us = cpu_us(pid), system_us = user + system ? own_us * system / (user + system) : 0;
    return (struct usage){
        .user_us = own_us - system_us + ticks_us(stat_field(name_end, 16)),
        .system_us = system_us + ticks_us(stat_field(name_end, 17)),
    };
}

static struct usage switches_of(pid_t pid, const char *task) {
    char path[PATH_BYTES + 256], text[TEXT_BYTES];
    snprintf(path, sizeof path, "/proc/%d/task/%s/status", (int)pid, task);
    if (read_text(path, text))
        return (struct usage){0};
    return (struct usage){.voluntary_switches = field_count(text, "\nvoluntary_ctxt_switches:"),
                          .involuntary_switches = field_count(text, "\nnonvoluntary_ctxt_switches:")};
}

static struct usage usage_of(pid_t pid) {
    char path[PATH_BYTES];
    struct usage sum = times_of(pid);
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        return sum;
    for (struct dirent *entry = readdir(tasks); entry; entry = readdir(tasks))
        if (entry_number(entry) > 0)
            sum = usage_sum(sum, switches_of(pid, entry->d_name));
    closedir(tasks);
    return sum;
}

struct usage usage_of_tree(pid_t pid) {
    struct usage sum = {0};
    struct tree tree;
    tree.count = 0; /* not the whole of it is cleared: this is done in the middle of runs */
    add_pid(&tree, pid);
    for (size_t i = 0; i < tree.count; i++) {
        struct status status;
        if (read_status(tree.pids[i], &status))
            continue;
        sum = usage_sum(sum, usage_of(tree.pids[i]));
        add_children(&tree, tree.pids[i], status.threads);
    }
    return sum;
}

struct footprint footprint_of_tree(pid_t pid) {
    struct footprint f = {0};
    struct tree tree;
    bool readable = true;
    tree.count = 0;
    add_pid(&tree, pid);
    for (size_t i = 0; i < tree.count; i++) {
        struct status status;
        if (read_status(tree.pids[i], &status))
            continue;
        readable = add_memory(&f, tree.pids[i], status.threads) == 0 && readable;
        add_children(&tree, tree.pids[i], status.threads);
    }
    f.private_bytes = f.pss_bytes - f.shmem_pss_bytes;
    if (!readable || f.processes == 0 || tree.count == TREE_MAX)
        f.pss_bytes = f.shmem_pss_bytes = f.private_bytes = -1;
    return f;
}
