/* Reads the machine's description from the kernel: uname, /proc, /sys and the control group's files. */
#include "report/environment.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <limits.h>
#include <math.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

struct source {
    struct arena *arena;
    const char *root;
};

/* The first line of a file, without what ends it; false when it cannot be read or is empty. */
static bool read_line(const struct source *s, const char *path, char *line, size_t size) {
    char full[PATH_MAX];
    snprintf(full, sizeof full, "%s%s", s->root, path);
    FILE *file = fopen(full, "re");
    if (!file)
        return false;
    bool got = fgets(line, (int)size, file) != NULL;
    (void)fclose(file); /* nothing was written to it */
    if (got)
        line[strcspn(line, "\n")] = '\0';
    return got && *line;
}

static char *read_text(const struct source *s, const char *path) {
    char line[256];
    return read_line(s, path, line, sizeof line) ? arena_strdup(s->arena, line) : NULL;
}

static bool exists(const struct source *s, const char *path) {
    char full[PATH_MAX];
    snprintf(full, sizeof full, "%s%s", s->root, path);
    return access(full, F_OK) == 0;
}

/* The number that the file begins with, -1 when it is none or too large for a report. */
static int64_t read_integer(const struct source *s, const char *path) {
    char line[64], *end = line;
    if (!read_line(s, path, line, sizeof line))
        return -1;
    long long value = strtoll(line, &end, 10);
    return end > line && value >= 0 && value < REPORT_INTEGER_LIMIT ? value : -1;
}

/* "model name	: Some CPU"; other architectures call it otherwise. */
static char *read_cpu_model(const struct source *s) {
    static const char *const names[] = {"model name", "Model", "cpu model", "Processor", "uarch"};
    char line[512], full[PATH_MAX];
    char *found = NULL;
    snprintf(full, sizeof full, "%s/proc/cpuinfo", s->root);
    FILE *file = fopen(full, "re");
    while (file && !found && fgets(line, sizeof line, file)) {
        size_t name = strcspn(line, "\t:");
        const char *colon = strchr(line, ':');
        for (size_t i = 0; colon && !found && i < sizeof names / sizeof names[0]; i++) {
            if (strlen(names[i]) == name && strncmp(line, names[i], name) == 0)
                found = arena_printf(s->arena, "%.*s", (int)strcspn(colon + 1, "\n") - 1, colon + 2);
        }
    }
    if (file)
        (void)fclose(file);
    return found && *found ? found : NULL;
}

static const char *read_container(const struct source *s) {
    char line[1024];
    if (exists(s, "/.dockerenv"))
        return "docker";
    if (exists(s, "/run/.containerenv"))
        return "podman";
    if (read_line(s, "/run/systemd/container", line, sizeof line))
        return arena_strdup(s->arena, line);
    if (!read_line(s, "/proc/1/cgroup", line, sizeof line))
        return NULL;
    if (strstr(line, "kubepods"))
        return "kubernetes";
    if (strstr(line, "docker"))
        return "docker";
    return strstr(line, "lxc") ? "lxc" : NULL;
}

/* Reads two numbers parted by blanks; false when there are not. */
static bool read_two(const char *line, double out[2]) {
    for (int i = 0; i < 2; i++) {
        char *end = NULL;
        out[i] = strtod(line, &end);
        if (end == line || !isfinite(out[i]))
            return false;
        line = end;
    }
    return true;
}

/* cpu.max is "quota period" in microseconds, or "max period". */
static double read_cpu_quota(const struct source *s) {
    char line[64];
    double quota[2];
    if (read_line(s, "/sys/fs/cgroup/cpu.max", line, sizeof line))
        return read_two(line, quota) && quota[1] > 0 ? quota[0] / quota[1] : NAN;
    int64_t quota_us = read_integer(s, "/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
    int64_t period_us = read_integer(s, "/sys/fs/cgroup/cpu/cpu.cfs_period_us");
    return quota_us > 0 && period_us > 0 ? (double)quota_us / (double)period_us : NAN;
}

static int64_t limit_of(rlim_t limit) {
    return limit < (rlim_t)REPORT_INTEGER_LIMIT ? (int64_t)limit : -1;
}

static void read_limits(const struct source *s, struct report_limits *out) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        out->nofile = limit_of(files.rlim_cur);
        out->nofile_hard = limit_of(files.rlim_max);
    }
    out->cpu_quota = read_cpu_quota(s);
    out->memory_bytes = read_integer(s, "/sys/fs/cgroup/memory.max");
}

static void read_sysctls(const struct source *s, struct report_sysctls *out) {
    char line[64];
    double *range = out->ip_local_port_range;
    out->somaxconn = read_integer(s, "/proc/sys/net/core/somaxconn");
    if (!read_line(s, "/proc/sys/net/ipv4/ip_local_port_range", line, sizeof line) || !read_two(line, range))
        range[0] = range[1] = NAN;
    out->tcp_tw_reuse = read_integer(s, "/proc/sys/net/ipv4/tcp_tw_reuse");
    out->congestion_control = read_text(s, "/proc/sys/net/ipv4/tcp_congestion_control");
}

static void read_processors(struct report_environment *e) {
    cpu_set_t allowed;
    e->cpus_online = sysconf(_SC_NPROCESSORS_ONLN);
    e->cpus_allowed = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : -1;
}

static int64_t physical_memory_bytes(void) {
    long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && page_bytes > 0 ? (int64_t)pages * page_bytes : -1;
}

void environment_capture(struct report *r, const char *root) {
    struct source s = {.arena = &r->arena, .root = root};
    struct report_environment *e = &r->environment;
    struct utsname system;
    if (uname(&system) == 0) {
        e->kernel = arena_printf(s.arena, "%s %s", system.sysname, system.release);
        e->machine = arena_strdup(s.arena, system.machine);
    }
    e->cpu_model = read_cpu_model(&s);
    read_processors(e);
    e->memory_bytes = physical_memory_bytes();
    e->container = read_container(&s);
    e->governor = read_text(&s, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    e->clocksource = read_text(&s, "/sys/devices/system/clocksource/clocksource0/current_clocksource");
    read_limits(&s, &e->limits);
    read_sysctls(&s, &e->sysctls);
    if (getloadavg(e->load_average, 3) != 3)
        e->load_average[0] = NAN;
}

/* An address of either family as 16 bytes, IPv4 mapped into IPv6. */
static bool address_bytes(int family, const void *address, unsigned char out[16]) {
    static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    if (family == AF_INET6) {
        memcpy(out, address, 16);
        return true;
    }
    memcpy(out, mapped, sizeof mapped);
    memcpy(out + 12, address, 4);
    return family == AF_INET;
}

static bool read_address(const char *text, unsigned char out[16]) {
    unsigned char address[16];
    if (inet_pton(AF_INET, text, address) == 1)
        return address_bytes(AF_INET, address, out);
    return inet_pton(AF_INET6, text, address) == 1 && address_bytes(AF_INET6, address, out);
}

static bool is_interface(const struct ifaddrs *i, const unsigned char address[16]) {
    unsigned char own[16];
    if (!i->ifa_addr)
        return false;
    if (i->ifa_addr->sa_family == AF_INET)
        address_bytes(AF_INET, &((const struct sockaddr_in *)(const void *)i->ifa_addr)->sin_addr, own);
    else if (i->ifa_addr->sa_family == AF_INET6)
        address_bytes(AF_INET6, &((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr, own);
    else
        return false;
    return memcmp(own, address, sizeof own) == 0;
}

bool environment_is_own_address(const char *text) {
    static const unsigned char mapped_loopback[13] = {[10] = 0xFF, [11] = 0xFF, [12] = 127};
    unsigned char address[16];
    struct ifaddrs *all = NULL;
    if (!read_address(text, address))
        return false;
    if (memcmp(address, mapped_loopback, sizeof mapped_loopback) == 0 ||
        memcmp(address, &in6addr_loopback, 16) == 0)
        return true;
    if (getifaddrs(&all) != 0)
        return false;
    bool own = false;
    for (const struct ifaddrs *i = all; i && !own; i = i->ifa_next)
        own = is_interface(i, address);
    freeifaddrs(all);
    return own;
}
