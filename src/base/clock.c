/* Wall-clock stamps for people and file names; measuring uses clock_now_ns only. */
#include "base/clock.h"

#include <stdio.h>

#define LOOKS 10 /* so that one at least is not interrupted */
#define LOOK_CALLS 100

int64_t clock_resolution_ns(void) {
    struct timespec step;
    if (clock_getres(CLOCK_MONOTONIC, &step))
        return -1; /* no such clock */
    return (int64_t)step.tv_sec * CLOCK_NS_PER_S + step.tv_nsec;
}

double clock_cost_ns(void) {
    int64_t least_ns = INT64_MAX;
    for (int i = 0; i < LOOKS; i++) {
        int64_t begun_ns = clock_now_ns(), end_ns = begun_ns;
        for (int j = 0; j < LOOK_CALLS; j++)
            end_ns = clock_now_ns();
        if (end_ns - begun_ns < least_ns)
            least_ns = end_ns - begun_ns;
    }
    return (double)least_ns / LOOK_CALLS;
}

void clock_format_utc(char out[32]) {
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    size_t length = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(out + length, 32 - length, ".%03dZ", (int)(now.tv_nsec / 1000000));
}

void clock_format_utc_compact(char out[32]) {
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(out, 32, "%Y%m%dT%H%M%SZ", &parts);
}
