/* The program's only mutable file-scope state: the signal count. */
#include "run/interrupt.h"

#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/clock.h"

static volatile sig_atomic_t came, last;

static void on_signal(int signal_number) {
    came = came + 1;
    last = signal_number;
}

static void end_at_once(int signal_number) {
    _exit(128 + signal_number);
}

static void watched(sigset_t *set) {
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

/* Under nohup a run goes on when its terminal is closed. */
static bool hangups_are_ignored(void) {
    struct sigaction now;
    return sigaction(SIGHUP, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

int interrupt_install(struct err *err) {
    sigset_t set;
    watched(&set);
    struct sigaction action = {.sa_handler = on_signal, .sa_mask = set};
    if (sigprocmask(SIG_BLOCK, &set, NULL) || sigaction(SIGINT, &action, NULL) ||
        sigaction(SIGTERM, &action, NULL) || (!hangups_are_ignored() && sigaction(SIGHUP, &action, NULL)))
        return err_set_errno(err, "cannot handle signals");
    return 0;
}

void interrupt_release(void (*disposition)(int)) {
    sigset_t set;
    watched(&set);
    if (disposition == SIG_DFL && getpid() == 1)
        disposition = end_at_once; /* the first process of a container does not end by default */
    signal(SIGINT, disposition);
    signal(SIGTERM, disposition);
    if (!hangups_are_ignored())
        signal(SIGHUP, disposition);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void interrupt_begin(void) {
    if (getpid() == 1)
        interrupt_release(SIG_DFL);
}

int interrupt_count(void) {
    return came;
}

int interrupt_signal(void) {
    return last;
}

int interrupt_poll(struct pollfd *fds, nfds_t count, int64_t timeout_ns) {
    struct timespec timeout = {.tv_sec = timeout_ns / CLOCK_NS_PER_S, .tv_nsec = timeout_ns % CLOCK_NS_PER_S};
    sigset_t mask, set;
    watched(&set);
    sigprocmask(SIG_SETMASK, NULL, &mask);
    for (int s = 1; s < NSIG; s++)
        if (sigismember(&set, s) == 1)
            sigdelset(&mask, s);
    return ppoll(fds, count, timeout_ns < 0 ? NULL : &timeout, &mask);
}
