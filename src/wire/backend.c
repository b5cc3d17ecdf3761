/* io_uring where it can be had, else epoll, which is everywhere. */
#include "wire/backend.h"

#include <stddef.h>
#include <string.h>

const struct poller_kind *backend_choose(const char *word, const char **why) {
    *why = NULL;
    if (word && strcmp(word, "epoll") == 0)
        return &poller_epoll;
    *why = poller_uring.probe();
    return *why && !(word && strcmp(word, "uring") == 0) ? &poller_epoll : &poller_uring;
}
