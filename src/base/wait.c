/* A sleep that a descriptor can end, and the rest by the clock. */
#include "base/wait.h"

#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"

#define NAPS 21
#define NAP_NS 100000

/* Whether the descriptor became readable. */
static bool sleep_for(int stop_fd, int64_t ns) {
    struct pollfd fd = {.fd = stop_fd, .events = POLLIN};
    struct timespec time = {.tv_sec = ns / CLOCK_NS_PER_S, .tv_nsec = ns % CLOCK_NS_PER_S};
    return ppoll(&fd, 1, &time, NULL) > 0;
}

bool wait_asleep_until(int stop_fd, int64_t moment_ns) {
    int64_t left_ns = moment_ns - clock_now_ns();
    while (left_ns > 0) {
        if (sleep_for(stop_fd, left_ns))
            return false;
        left_ns = moment_ns - clock_now_ns();
    }
    return true;
}

bool wait_until(int stop_fd, int64_t moment_ns) {
    if (!wait_asleep_until(stop_fd, moment_ns - WAIT_EARLY_NS))
        return false;
    while (clock_now_ns() < moment_ns) {
    }
    return true;
}

static int compare_times(const void *a, const void *b) {
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

int64_t wait_lateness_ns(void) {
    int64_t late_ns[NAPS];
    for (int i = 0; i < NAPS; i++) {
        int64_t moment_ns = clock_now_ns() + NAP_NS;
        wait_asleep_until(-1, moment_ns);
        late_ns[i] = clock_now_ns() - moment_ns;
    }
    qsort(late_ns, NAPS, sizeof late_ns[0], compare_times);
    return late_ns[NAPS / 2];
}
