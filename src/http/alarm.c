/* A timerfd watched as a descriptor. */
#include "http/alarm.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"

static void on_alarm(struct ev_loop *loop, ev_io *io, int events) {
    (void)loop, (void)events;
    struct alarm *a = io->data;
    uint64_t times = 0;
    if (read(io->fd, &times, sizeof times) > 0) /* else it was set anew in the meantime */
        a->set_ns = 0;
}

int alarm_open(struct alarm *a, struct ev_loop *loop, struct err *err) {
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0)
        return err_set_errno(err, "cannot make a timer");
    *a = (struct alarm){.loop = loop};
    ev_io_init(&a->io, on_alarm, fd, EV_READ);
    a->io.data = a;
    ev_io_start(loop, &a->io);
    return 0;
}

void alarm_close(struct alarm *a) {
    if (!a->loop)
        return;
    ev_io_stop(a->loop, &a->io);
    close(a->io.fd);
    a->loop = NULL;
}

void alarm_set(struct alarm *a, int64_t moment_ns) {
    if (a->set_ns == moment_ns)
        return;
    struct itimerspec at = {
        .it_value = {.tv_sec = moment_ns / CLOCK_NS_PER_S, .tv_nsec = moment_ns % CLOCK_NS_PER_S}};
    a->set_ns = moment_ns;
    timerfd_settime(a->io.fd, TFD_TIMER_ABSTIME, &at, NULL);
}
