/* Processor lists, checked against what the scheduler would allow. */
#include "base/processors.h"

#include <stdlib.h>

/* Reads a number below CPU_SETSIZE and moves past it; -1 when there is none. */
static int read_number(const char **at) {
    char *end = NULL;
    if (**at < '0' || **at > '9')
        return -1;
    unsigned long value = strtoul(*at, &end, 10);
    *at = end;
    return value < CPU_SETSIZE ? (int)value : -1;
}

static int read_list(const char *text, cpu_set_t *out) {
    CPU_ZERO(out);
    for (const char *at = text;; at++) {
        int first = read_number(&at), last = first;
        if (*at == '-') {
            at++;
            last = read_number(&at);
        }
        if (first < 0 || last < first)
            return -1;
        for (int cpu = first; cpu <= last; cpu++)
            CPU_SET(cpu, out);
        if (*at == '\0')
            return 0;
        if (*at != ',')
            return -1;
    }
}

int processors_parse(const char *text, cpu_set_t *out, struct err *err) {
    if (read_list(text, out))
        return err_set(err, ERR_USAGE, "--pin takes processors such as 1 or 0-1,3, not \"%.60s\"", text);
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed))
        return err_set_errno(err, "cannot read which processors may be used");
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, out) && !CPU_ISSET(cpu, &allowed))
            return err_set(err, ERR_USAGE, "--pin names processor %d, which this process may not use", cpu);
    return 0;
}

size_t processors_allowed(void) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed))
        return 1;
    int count = CPU_COUNT(&allowed);
    return count > 0 ? (size_t)count : 1;
}
