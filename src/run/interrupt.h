/* SIGINT, SIGTERM and SIGHUP, counted. Between interrupt_install and the end they are blocked but while
 * interrupt_poll waits, so none is lost and none comes elsewhere. */
#ifndef FETCHBENCH_RUN_INTERRUPT_H
#define FETCHBENCH_RUN_INTERRUPT_H

#include <poll.h>
#include <stdint.h>

#include "base/err.h"

/* Before anything that takes time. Where the kernel would ignore them, in the first process of a container,
 * they end it from here on. */
void interrupt_begin(void);

int interrupt_install(struct err *err);

/* Gives them another disposition (SIG_DFL, SIG_IGN) and lets them through again: in a forked process, or when
 * nothing is left to be stopped in good order. With SIG_DFL they end any process, the first one included. */
void interrupt_release(void (*disposition)(int));

/* How many came so far, and the last of them (0: none). */
int interrupt_count(void);
int interrupt_signal(void);

/* poll(), which returns early (-1, errno EINTR) when an interrupt comes. timeout_ns < 0 waits for ever. */
int interrupt_poll(struct pollfd *fds, nfds_t count, int64_t timeout_ns);

#endif
