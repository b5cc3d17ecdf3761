/* No engine is asked: only what it leaves within the container is read. The limits are control-groups(7)'s.
 */
#include "report/container.h"

#include <limits.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "record/cgroup.h"

/* The inode of the pid namespace that a kernel starts with (PROC_PID_INIT_INO); containers have others. */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

/* Files that stand only in a container of that kind. Pods come first: engines run within them. */
static const struct {
    const char *path, *kind;
} marks[] = {
    {"/run/secrets/kubernetes.io", "kubernetes"},
    {"/var/run/secrets/kubernetes.io", "kubernetes"},
    {"/.dockerenv", "docker"},
    {"/run/.containerenv", "podman"},
};

/* What stands in the path of a container's control group, or of the layers that its root is made of. */
static const struct {
    const char *word, *kind;
} words[] = {
    {"kubepods", "kubernetes"},     {"/docker/", "docker"},    {"/docker-", "docker"},
    {"libpod", "podman"},           {"/lxc/", "lxc"},          {"/lxc.payload", "lxc"},
    {"/containerd/", "containerd"}, {"nerdctl", "containerd"}, {"/containers/storage/", "podman"},
};

static const char *kind_by_mark(const struct facts *f) {
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (facts_exist(f, marks[i].path))
            return marks[i].kind;
    return NULL;
}

/* Engines put container=KIND into the environment of the first process. */
static const char *kind_by_environment(const struct facts *f) {
    static const char name[] = "container=";
    char block[4096];
    const char *kind = NULL;
    FILE *file = facts_open(f, "/proc/1/environ");
    if (!file)
        return NULL;
    size_t got = fread(block, 1, sizeof block - 1, file);
    (void)fclose(file);
    block[got] = '\0';
    for (size_t at = 0; at < got && !kind; at += strlen(block + at) + 1)
        if (strncmp(block + at, name, sizeof name - 1) == 0 && block[at + sizeof name - 1])
            kind = arena_strdup(f->arena, block + at + sizeof name - 1);
    return kind;
}

static const char *kind_by_word(const char *line) {
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strstr(line, words[i].word))
            return words[i].kind;
    return NULL;
}

/* Looks at those lines of the file that hold `within`. */
static const char *kind_in_file(const struct facts *f, const char *path, const char *within) {
    char line[PATH_MAX];
    const char *kind = NULL;
    FILE *file = facts_open(f, path);
    while (file && !kind && fgets(line, sizeof line, file))
        kind = strstr(line, within) ? kind_by_word(line) : NULL;
    if (file)
        (void)fclose(file);
    return kind;
}

static bool has_own_pid_namespace(const struct facts *f) {
    char full[PATH_MAX], name[64];
    snprintf(full, sizeof full, "%s/proc/self/ns/pid", f->root);
    ssize_t got = readlink(full, name, sizeof name - 1);
    if (got < 0)
        return false;
    name[got] = '\0';
    return strcmp(name, FIRST_PID_NAMESPACE) != 0;
}

/* A virtual machine made from an image has an engine's files and is no container: it sees the processes and
 * the mounts, which have unique numbers, of the first process that its kernel started. */
static bool is_whole_machine(const struct facts *f) {
    char first[512], own[512];
    return facts_read_line(f, "/proc/1/mountinfo", first, sizeof first) &&
           facts_read_line(f, "/proc/self/mountinfo", own, sizeof own) && strcmp(first, own) == 0 &&
           !has_own_pid_namespace(f);
}

const char *container_kind(const struct facts *f) {
    if (is_whole_machine(f))
        return NULL;
    const char *kind = kind_by_mark(f);
    if (!kind)
        kind = facts_read_text(f, "/run/systemd/container");
    if (!kind)
        kind = kind_by_environment(f);
    if (!kind)
        kind = kind_in_file(f, "/proc/self/cgroup", "");
    if (!kind)
        kind = kind_in_file(f, "/proc/self/mountinfo", " / / ");
    if (!kind && has_own_pid_namespace(f))
        kind = "container";
    return kind;
}

static void lower_count(int64_t *limit, int64_t found) {
    if (found >= 0 && (*limit < 0 || found < *limit))
        *limit = found;
}

static void lower_quota(double *limit, double quota_us, double period_us) {
    double found = quota_us / period_us;
    if (quota_us > 0 && period_us > 0 && !(*limit <= found))
        *limit = found;
}

static int64_t read_in(const struct facts *f, const char *folder, const char *name) {
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return facts_read_integer(f, path);
}

static void read_cpu(const struct facts *f, const char *folder, void *limits) {
    struct report_limits *out = limits;
    lower_quota(&out->cpu_quota, (double)read_in(f, folder, "cpu.cfs_quota_us"),
                (double)read_in(f, folder, "cpu.cfs_period_us"));
}

static void read_memory(const struct facts *f, const char *folder, void *limits) {
    struct report_limits *out = limits;
    lower_count(&out->memory_bytes, read_in(f, folder, "memory.limit_in_bytes"));
}

static void read_pids(const struct facts *f, const char *folder, void *limits) {
    struct report_limits *out = limits;
    lower_count(&out->pids, read_in(f, folder, "pids.max"));
}

/* cpu.max is "quota period" in microseconds, or "max period". */
static void read_unified(const struct facts *f, const char *folder, void *limits) {
    struct report_limits *out = limits;
    char path[PATH_MAX + 32];
    double quota[2];
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    if (facts_read_two(f, path, quota))
        lower_quota(&out->cpu_quota, quota[0], quota[1]);
    lower_count(&out->memory_bytes, read_in(f, folder, "memory.max"));
    read_pids(f, folder, out);
}

void container_limits(const struct facts *f, struct report_limits *out) {
    static const struct cgroup_visitor visitors[] = {
        {"", read_unified}, {"cpu", read_cpu}, {"memory", read_memory}, {"pids", read_pids}, {NULL, NULL}};
    cgroup_visit(f, visitors, out);
}
