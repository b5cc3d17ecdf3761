/* Wall-clock stamps for people and file names; measuring uses clock_now_ns only. */
#include "base/clock.h"

#include <stdio.h>

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
