/* Reads /proc/net, /proc/stat and the control groups' cpu.stat. */
#include "record/host.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "record/cgroup.h"

#define TABLE_BYTES 16384
#define TICKS_KINDS 8 /* user to steal; what follows is counted in them already */
#define TICKS_IDLE 3
#define TICKS_IOWAIT 4

static const struct host_counters unknown = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

/* The word after `at`, which stands in a line; NULL at the line's end. */
static const char *next_word(const char *at) {
    at += strcspn(at, " \n");
    at += strspn(at, " ");
    return *at == '\n' || *at == '\0' ? NULL : at;
}

static const char *find_line(const char *text, const char *start) {
    while (text && strncmp(text, start, strlen(start)) != 0) {
        text = strchr(text, '\n');
        text = text ? text + 1 : NULL;
    }
    return text;
}

static int64_t number(const char *word) {
    char *end = NULL;
    long long value = word ? strtoll(word, &end, 10) : -1;
    return end > word && value >= 0 ? value : -1;
}

/* From a line of names and under it one of numbers, both beginning with `group`: "Tcp: RetransSegs ..." */
static int64_t in_table(const char *text, const char *group, const char *name) {
    const char *names = find_line(text, group), *end = names ? strchr(names, '\n') : NULL;
    const char *numbers = end ? find_line(end + 1, group) : NULL;
    size_t length = strlen(name);
    while (names && numbers) {
        if (strcspn(names, " \n") == length && strncmp(names, name, length) == 0)
            return number(numbers);
        names = next_word(names);
        numbers = next_word(numbers);
    }
    return -1;
}

/* The number after a word of a line: "TCP: inuse 1 orphan 0 tw 3" */
static int64_t after_word(const char *line, const char *word) {
    size_t length = strlen(word);
    for (; line; line = next_word(line))
        if (strcspn(line, " \n") == length && strncmp(line, word, length) == 0)
            return number(next_word(line));
    return -1;
}

static void read_network(const struct facts *f, struct host_counters *out) {
    char text[TABLE_BYTES];
    facts_read_all(f, "/proc/net/netstat", text, sizeof text);
    out->listen_overflows = in_table(text, "TcpExt:", "ListenOverflows");
    out->listen_drops = in_table(text, "TcpExt:", "ListenDrops");
    out->syn_retransmits = in_table(text, "TcpExt:", "TCPSynRetrans");
    out->timeouts = in_table(text, "TcpExt:", "TCPTimeouts");
    facts_read_all(f, "/proc/net/snmp", text, sizeof text);
    out->retransmits = in_table(text, "Tcp:", "RetransSegs");
    out->segments_sent = in_table(text, "Tcp:", "OutSegs");
    facts_read_all(f, "/proc/net/sockstat", text, sizeof text);
    out->time_wait = after_word(find_line(text, "TCP:"), "tw");
}

/* "cpu  user nice system idle iowait irq softirq steal guest guest_nice" */
static void read_ticks(const struct facts *f, struct host_counters *out) {
    char line[512];
    if (!facts_read_line(f, "/proc/stat", line, sizeof line) || strncmp(line, "cpu ", 4) != 0)
        return;
    int64_t sum = 0, idle = 0, last = -1;
    const char *word = line;
    for (int i = 0; i < TICKS_KINDS; i++) {
        word = word ? next_word(word) : NULL;
        last = number(word);
        sum += last;
        idle += i == TICKS_IDLE || i == TICKS_IOWAIT ? last : 0;
    }
    if (last < 0)
        return;
    out->steal_ticks = last;
    out->idle_ticks = idle;
    out->all_ticks = sum;
}

static void add(int64_t *sum, int64_t found) {
    if (found >= 0)
        *sum = (*sum > 0 ? *sum : 0) + found;
}

/* A group without a quota has the file and not the numbers. */
static bool read_statistics(const struct facts *f, const char *folder, char *text, size_t size) {
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/cpu.stat", folder);
    return facts_read_all(f, path, text, size) > 0;
}

static void read_throttling(const struct facts *f, const char *folder, struct host_counters *out,
                            const char *time, int64_t unit_ns) {
    char text[4096];
    if (!read_statistics(f, folder, text, sizeof text))
        return;
    add(&out->throttled_periods, 0);
    add(&out->throttled_ns, 0);
    add(&out->throttled_periods, after_word(find_line(text, "nr_throttled "), "nr_throttled"));
    int64_t throttled = after_word(find_line(text, time), time);
    add(&out->throttled_ns, throttled < 0 ? -1 : throttled * unit_ns);
}

static void visit_unified(const struct facts *f, const char *folder, void *counters) {
    read_throttling(f, folder, counters, "throttled_usec", 1000);
}

static void visit_cpu(const struct facts *f, const char *folder, void *counters) {
    read_throttling(f, folder, counters, "throttled_time", 1);
}

struct host_counters host_counters_read(const char *root) {
    static const struct cgroup_visitor visitors[] = {{"", visit_unified}, {"cpu", visit_cpu}, {NULL, NULL}};
    struct facts f = {.root = root};
    struct host_counters out = unknown;
    read_network(&f, &out);
    read_ticks(&f, &out);
    cgroup_visit(&f, visitors, &out);
    return out;
}

static int64_t difference(int64_t later, int64_t earlier) {
    return later < 0 || earlier < 0 || later < earlier ? -1 : later - earlier;
}

struct host_counters host_counters_difference(const struct host_counters *later,
                                              const struct host_counters *earlier) {
    return (struct host_counters){
        .listen_overflows = difference(later->listen_overflows, earlier->listen_overflows),
        .listen_drops = difference(later->listen_drops, earlier->listen_drops),
        .syn_retransmits = difference(later->syn_retransmits, earlier->syn_retransmits),
        .timeouts = difference(later->timeouts, earlier->timeouts),
        .retransmits = difference(later->retransmits, earlier->retransmits),
        .segments_sent = difference(later->segments_sent, earlier->segments_sent),
        .time_wait = later->time_wait,
        .steal_ticks = difference(later->steal_ticks, earlier->steal_ticks),
        .idle_ticks = difference(later->idle_ticks, earlier->idle_ticks),
        .all_ticks = difference(later->all_ticks, earlier->all_ticks),
        .throttled_periods = difference(later->throttled_periods, earlier->throttled_periods),
        .throttled_ns = difference(later->throttled_ns, earlier->throttled_ns),
    };
}
