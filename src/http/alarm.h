/* A moment of CLOCK_MONOTONIC at which a libev loop wakes up. The kernel is some 40 us late with it; libev's
 * own timers wait in whole milliseconds. */
#ifndef FETCHBENCH_HTTP_ALARM_H
#define FETCHBENCH_HTTP_ALARM_H

#include <ev.h>
#include <stdint.h>

#include "base/err.h"

struct alarm {
    ev_io io; /* on a timerfd */
    struct ev_loop *loop;
    int64_t set_ns; /* 0: it is not set, or has gone off */
};

/* 0, or -1 with err filled and nothing to close. Not moved while it is open; closed before its loop. */
int alarm_open(struct alarm *a, struct ev_loop *loop, struct err *err);
void alarm_close(struct alarm *a);

/* Replaces the moment that was set before. One that has passed wakes the loop at once. */
void alarm_set(struct alarm *a, int64_t moment_ns);

#endif
