/* Which backend carries the raw engine's bytes. */
#ifndef FETCHBENCH_WIRE_BACKEND_H
#define FETCHBENCH_WIRE_BACKEND_H

#include "wire/poller.h"

/* The words: what may be asked for, the first where nothing was. */
#define BACKEND_WORDS "auto|uring|epoll"

/* The one asked for by that word (NULL: auto). *why says why auto does not take io_uring, or why the one
 * asked for cannot work here; NULL: nothing is in the way. What follows "since ", without a full stop. */
const struct poller_kind *backend_choose(const char *word, const char **why);

#endif
