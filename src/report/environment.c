/* Reads the machine's description from the kernel: uname, /proc and /sys. */
#include "report/environment.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <math.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/facts.h"
#include "report/container.h"

/* "model name	: Some CPU"; other architectures call it otherwise. */
static char *read_cpu_model(const struct facts *f) {
    static const char *const names[] = {"model name", "Model", "cpu model", "Processor", "uarch"};
    char line[512];
    char *found = NULL;
    FILE *file = facts_open(f, "/proc/cpuinfo");
    while (file && !found && fgets(line, sizeof line, file)) {
        size_t name = strcspn(line, "\t:");
        const char *colon = strchr(line, ':');
        for (size_t i = 0; colon && !found && i < sizeof names / sizeof names[0]; i++) {
            if (strlen(names[i]) == name && strncmp(line, names[i], name) == 0)
                found = arena_printf(f->arena, "%.*s", (int)strcspn(colon + 1, "\n") - 1, colon + 2);
        }
    }
    if (file)
        (void)fclose(file);
    return found && *found ? found : NULL;
}

static int64_t limit_of(rlim_t limit) {
    return limit < (rlim_t)REPORT_INTEGER_LIMIT ? (int64_t)limit : -1;
}

static void read_limits(const struct facts *f, struct report_limits *out) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        out->nofile = limit_of(files.rlim_cur);
        out->nofile_hard = limit_of(files.rlim_max);
    }
    container_limits(f, out);
}

static void read_sysctls(const struct facts *f, struct report_sysctls *out) {
    double *range = out->ip_local_port_range;
    out->somaxconn = facts_read_integer(f, "/proc/sys/net/core/somaxconn");
    if (!facts_read_two(f, "/proc/sys/net/ipv4/ip_local_port_range", range))
        range[0] = range[1] = NAN;
    out->tcp_tw_reuse = facts_read_integer(f, "/proc/sys/net/ipv4/tcp_tw_reuse");
    out->congestion_control = facts_read_text(f, "/proc/sys/net/ipv4/tcp_congestion_control");
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
    struct facts f = {.arena = &r->arena, .root = root};
    struct report_environment *e = &r->environment;
    struct utsname system;
    if (uname(&system) == 0) {
        e->kernel = arena_printf(f.arena, "%s %s", system.sysname, system.release);
        e->machine = arena_strdup(f.arena, system.machine);
    }
    e->cpu_model = read_cpu_model(&f);
    read_processors(e);
    e->memory_bytes = physical_memory_bytes();
    e->container = container_kind(&f);
    e->governor = facts_read_text(&f, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    e->clocksource = facts_read_text(&f, "/sys/devices/system/clocksource/clocksource0/current_clocksource");
    e->clock_resolution_s = (double)clock_resolution_ns() / 1e9;
    e->clock_call_s = clock_cost_ns() / 1e9;
    read_limits(&f, &e->limits);
    read_sysctls(&f, &e->sysctls);
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
