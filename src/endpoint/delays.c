/* A binary heap and a timerfd. The timer is only set when what is due first has changed. */
#include "endpoint/delays.h"

#include "base/clock.h"

#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

int delays_init(struct delays *d, struct err *err) {
    *d = (struct delays){.timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)};
    return d->timer_fd < 0 ? err_set_errno(err, "cannot make a timer") : 0;
}

void delays_fini(struct delays *d) {
    if (d->timer_fd >= 0)
        close(d->timer_fd);
    free(d->heap);
    *d = (struct delays){.timer_fd = -1};
}

void delays_arm(struct delays *d) {
    int64_t due_ns = d->count > 0 ? d->heap[0].due_ns : 0;
    if (due_ns == d->armed_ns)
        return;
    /* A time of zero would switch the timer off, so the moments before boot are moved to just after it. */
    int64_t at_ns = d->count > 0 && due_ns <= 0 ? 1 : due_ns;
    struct itimerspec when = {
        .it_value = {.tv_sec = (time_t)(at_ns / CLOCK_NS_PER_S), .tv_nsec = (long)(at_ns % CLOCK_NS_PER_S)}};
    /* Cannot fail with a valid descriptor and time. Setting it also clears what had expired. */
    (void)timerfd_settime(d->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
    d->armed_ns = due_ns;
}

static void sift_up(struct delays *d, size_t at) {
    struct delay moved = d->heap[at];
    while (at > 0 && moved.due_ns < d->heap[(at - 1) / 2].due_ns) {
        d->heap[at] = d->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    d->heap[at] = moved;
}

static void sift_down(struct delays *d, size_t at) {
    struct delay moved = d->heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= d->count)
            break;
        if (child + 1 < d->count && d->heap[child + 1].due_ns < d->heap[child].due_ns)
            child++;
        if (moved.due_ns <= d->heap[child].due_ns)
            break;
        d->heap[at] = d->heap[child];
        at = child;
    }
    d->heap[at] = moved;
}

int delays_add(struct delays *d, int64_t due_ns, void *item) {
    if (d->count == d->capacity) {
        size_t capacity = d->capacity ? d->capacity * 2 : 64;
        struct delay *heap = realloc(d->heap, capacity * sizeof *heap);
        if (!heap)
            return -1;
        d->heap = heap;
        d->capacity = capacity;
    }
    d->heap[d->count] = (struct delay){.due_ns = due_ns, .item = item};
    sift_up(d, d->count++);
    delays_arm(d);
    return 0;
}

void *delays_take(struct delays *d, int64_t now_ns) {
    if (d->count == 0 || d->heap[0].due_ns > now_ns)
        return NULL;
    void *item = d->heap[0].item;
    d->heap[0] = d->heap[--d->count];
    if (d->count > 0)
        sift_down(d, 0);
    return item;
}
