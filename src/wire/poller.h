/* How bytes travel: the contract of the backends that carry the raw engine's connections. A link is a place
 * for one connection, addressed by its index. One thread; what happens is told from within `look` alone, but
 * for a connect that fails at once. It may be opened and closed on other threads. */
#ifndef FETCHBENCH_WIRE_POLLER_H
#define FETCHBENCH_WIRE_POLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

#define POLLER_NEVER_NS INT64_MAX

struct poller;

/* What the backend tells. Each may connect, send and drop, its own link too; of a link that was dropped
 * nothing more is told until it connects anew. */
struct poller_events {
    /* The connection stands (0), or an errno. */
    void (*connected)(void *user, size_t link, int error);
    /* Bytes came, which live until the call returns. Length 0: the server has closed (error 0), or the
     * connection broke (an errno); nothing follows. */
    void (*received)(void *user, size_t link, const char *data, size_t length, int error);
    /* What was given to send, and was not taken at once, is written. */
    void (*sent)(void *user, size_t link);
    /* The stop descriptor is readable. */
    void (*stopped)(void *user);
    void *user;
};

struct poller_setup {
    size_t links;
    int stop_fd;
    bool lasting; /* connections are kept for many answers */
    struct poller_events events;
};

struct poller_kind {
    const char *name;
    /* NULL when it can work here, else why not: what follows "since ", without a full stop. May itself be
     * NULL. */
    const char *(*probe)(void);
    int (*open)(struct poller **out, const struct poller_setup *setup, struct err *err);
    /* Closes every connection. NULL does nothing. */
    void (*close)(struct poller *p);
    /* On the thread that uses it from then on, before it does, and again before every run. 0, or -1 with err
     * filled. */
    int (*enter)(struct poller *p, struct err *err);
    /* Begins a connection on a link that has none, to an address that lives as long as the poller. 0, and
     * `connected` follows; or an errno. */
    int (*connect)(struct poller *p, size_t link, const struct sockaddr *address, socklen_t length);
    /* Writes all of that, one send of a link at a time. True when the bytes are no longer needed or, with
     * `lasting` bytes, which live as long as the poller, may be on their way; false: `sent` will tell. A
     * connection that breaks is told by `received`. */
    bool (*send)(struct poller *p, size_t link, const char *data, size_t length, bool lasting);
    /* Closes the link's connection, whatever its state; nothing if it has none. */
    void (*drop)(struct poller *p, size_t link);
    /* Tells what has happened, and sleeps until something has, but no longer than until that moment of
     * CLOCK_MONOTONIC (0: not at all). */
    void (*look)(struct poller *p, int64_t until_ns);
};

extern const struct poller_kind poller_epoll, poller_uring;

#endif
