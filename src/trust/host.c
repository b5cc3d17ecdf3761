/* One row per check of the host alone. */
#include "trust/host.h"

#include <math.h>
#include <stdio.h>

#define LEAST_FILES 16384
#define LEAST_THREADS 1024
#define LEAST_PORTS 16384
#define LEAST_BACKLOG 1024
#define MOST_LOAD 0.1 /* of the processors, by others */
#define MOST_STEP_S 1e-6
#define MOST_CALL_S 2e-7 /* a system call costs more, the vDSO a tenth of it */
#define MOST_LATE_S                                                                                          \
    5e-4 /* the usual timer slack is a tenth of it, a tick without high resolution ten times */

#define SAY(...) snprintf(found, TRUST_HOST_FOUND, __VA_ARGS__)

static enum trust_status warn_if(bool bad) {
    return bad ? TRUST_WARN : TRUST_PASS;
}

static enum trust_status not_told(char found[TRUST_HOST_FOUND]) {
    SAY("this machine does not tell");
    return TRUST_UNKNOWN;
}

static enum trust_status processors(const struct trust_host *h, char found[TRUST_HOST_FOUND]) {
    if (h->processors_allowed < 0)
        return not_told(found);
    if (isnan(h->quota))
        SAY("%lld of %lld may be used", (long long)h->processors_allowed, (long long)h->processors_online);
    else
        SAY("%lld of %lld may be used, with a quota of %.3g", (long long)h->processors_allowed,
            (long long)h->processors_online, h->quota);
    return warn_if(h->processors_allowed < 2 || h->quota < (double)h->processors_allowed);
}

static enum trust_status others(const struct trust_host *h, char found[TRUST_HOST_FOUND]) {
    if (isnan(h->load))
        return not_told(found);
    SAY("others use %.1f of %lld processors", h->load, (long long)h->processors_online);
    return warn_if(h->load > MOST_LOAD * (double)h->processors_online);
}

static enum trust_status steal(const struct trust_host *h, char found[TRUST_HOST_FOUND]) {
    struct trust_row row = trust_judge_one(trust_find("steal"), &h->run);
    if (row.status == TRUST_UNKNOWN)
        return not_told(found);
    SAY("the hypervisor took %.2g %% of the time", 100 * row.value);
    return row.status;
}

static enum trust_status throttling(const struct trust_host *h, char found[TRUST_HOST_FOUND]) {
    struct trust_row row = trust_judge_one(trust_find("throttling"), &h->run);
    if (row.status == TRUST_UNKNOWN)
        return not_told(found);
    SAY("the control group was held up %.0f times", row.value);
    return row.status;
}

static enum trust_status frequency(const struct trust_host *h, char found[TRUST_HOST_FOUND]) {
    if (!h->governor)
        return not_told(found);
    SAY("the governor is %.60s", h->governor);
    return trust_judge_one(trust_find("frequency"), &h->run).status;
}

static enum trust_status clock_price(const struct trust_host *h, char found[TRUST_HOST_FOUND]) {
    if (isnan(h->clock_call_s) || isnan(h->clock_step_s))
        return not_told(found);
    SAY("steps of %.0f ns, %.0f ns a call, by %.30s", 1e9 * h->clock_step_s, 1e9 * h->clock_call_s,
        h->clocksource ? h->clocksource : "a source that is not told");
    return warn_if(h->clock_step_s > MOST_STEP_S || h->clock_call_s > MOST_CALL_S);
}

static enum trust_status timer(const struct trust_host *h, char found[TRUST_HOST_FOUND]) {
    if (isnan(h->late_s))
        return not_told(found);
    SAY("a sleep of 100 us ends %.0f us late", 1e6 * h->late_s);
    return warn_if(h->late_s > MOST_LATE_S);
}

static enum trust_status files(const struct trust_host *h, char found[TRUST_HOST_FOUND]) {
    if (h->files < 0) {
        SAY("no limit");
        return TRUST_PASS;
    }
    SAY("at most %lld open in a process", (long long)h->files);
    return warn_if(h->files < LEAST_FILES);
}

static enum trust_status threads(const struct trust_host *h, char found[TRUST_HOST_FOUND]) {
    if (h->threads < 0)
        SAY("no limit of the control group");
    else
        SAY("at most %lld, by the control group", (long long)h->threads);
    return warn_if(h->threads >= 0 && h->threads < LEAST_THREADS);
}

static enum trust_status ports(const struct trust_host *h, char found[TRUST_HOST_FOUND]) {
    if (h->ports < 0)
        return not_told(found);
    if (h->time_wait < 0)
        SAY("%lld to connect from", (long long)h->ports);
    else
        SAY("%lld to connect from, %lld sockets in TIME_WAIT", (long long)h->ports, (long long)h->time_wait);
    return warn_if(h->ports < LEAST_PORTS ||
                   (double)h->time_wait > trust_find("ports")->warn * (double)h->ports);
}

static enum trust_status backlog(const struct trust_host *h, char found[TRUST_HOST_FOUND]) {
    if (h->backlog < 0)
        return not_told(found);
    SAY("somaxconn is %lld", (long long)h->backlog);
    return warn_if(h->backlog < LEAST_BACKLOG);
}

const struct trust_host_check trust_host_checks[] = {
    {"processors", processors,
     "give fetchbench at least two processors and no quota below them: with one, client and server take turns"},
    {"others", others, "stop what else runs, or keep it off the processors that --pin names"},
    {"steal", steal,
     "other virtual machines take this one's time: measure later, or on a machine of its own"},
    {"throttling", throttling, "raise the container's CPU quota, or use fewer threads"},
    {"frequency", frequency,
     "cpupower frequency-set -g performance, so that the clock does not follow the load"},
    {"clock", clock_price,
     "choose the clock source tsc where there is one: the clock is asked for every request"},
    {"timer", timer,
     "a timer that is so late cannot keep a rate: use --spin, or a kernel with high-resolution timers"},
    {"files", files, "raise the hard limit (ulimit -Hn, or LimitNOFILE): each connection takes a descriptor"},
    {"threads", threads, "raise the container's limit of processes: each thread counts"},
    {"ports", ports,
     "sysctl -w net.ipv4.ip_local_port_range='1024 65535', and wait a minute for TIME_WAIT to pass"},
    {"backlog", backlog, "sysctl -w net.core.somaxconn=4096, for servers on this machine"},
    {NULL, NULL, NULL},
};
