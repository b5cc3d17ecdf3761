/* Processes and threads, as /proc lists them. */
#include "record/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TREE_MAX 32768
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

int tree_read_text(const char *path, char out[TREE_TEXT]) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    size_t length = 0;
    ssize_t got = 1;
    while (got > 0 && length < TREE_TEXT - 1) {
        got = read(fd, out + length, TREE_TEXT - 1 - length);
        if (got > 0)
            length += (size_t)got;
    }
    int failure = got < 0 ? errno : 0;
    close(fd);
    out[length] = '\0';
    errno = failure;
    return failure ? -1 : 0;
}

long tree_stat_field(const char *name_end, int number) {
    const char *field = name_end;
    for (int i = 2; field && i < number; i++)
        field = strchr(field + 1, ' ');
    return field ? strtol(field, NULL, 10) : 0;
}

static int read_status(pid_t pid, struct status *out) {
    char path[PATH_BYTES], text[TREE_TEXT];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (tree_read_text(path, text))
        return -1;
    const char *name_end = strrchr(text, ')'); /* the name may hold anything, spaces and brackets too */
    if (!name_end)
        return -1;
    *out = (struct status){
        .parent = (pid_t)tree_stat_field(name_end, 4),
        .threads = (int32_t)tree_stat_field(name_end, 20),
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

int tree_visit_threads(pid_t pid, void (*visit)(pid_t pid, const char *thread, void *state), void *state) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        return errno == ENOENT ? 0 : -1;
    for (struct dirent *entry = readdir(tasks); entry; entry = readdir(tasks))
        if (entry_number(entry) > 0)
            visit(pid, entry->d_name, state);
    closedir(tasks);
    return 0;
}

struct adding {
    struct tree *tree;
    bool has_lists; /* which a kernel may not keep */
};

static void add_children_of(pid_t pid, const char *thread, void *state) {
    struct adding *adding = state;
    char path[PATH_BYTES + 256];
    snprintf(path, sizeof path, "/proc/%d/task/%s/children", (int)pid, thread);
    if (add_listed(adding->tree, path) && strtol(thread, NULL, 10) == pid)
        adding->has_lists = false;
}

/* Adds what each thread of pid has forked. Returns -1 where the kernel keeps no such lists. */
static int add_children_by_thread(struct tree *t, pid_t pid) {
    struct adding adding = {t, true};
    int failed = tree_visit_threads(pid, add_children_of, &adding);
    return failed || !adding.has_lists ? -1 : 0;
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

bool tree_visit(pid_t root, void (*visit)(pid_t pid, int32_t threads, void *state), void *state) {
    struct tree tree;
    tree.count = 0; /* not the whole of it is cleared: this is done in the middle of runs */
    add_pid(&tree, root);
    for (size_t i = 0; i < tree.count; i++) {
        struct status status;
        if (read_status(tree.pids[i], &status))
            continue;
        visit(tree.pids[i], status.threads, state);
        add_children(&tree, tree.pids[i], status.threads);
    }
    return tree.count < TREE_MAX;
}
