/* In place of io_uring where there was no liburing to build it with. */
#include "wire/poller.h"

static const char *probe(void) {
    return "this fetchbench was built without liburing";
}

const struct poller_kind poller_uring = {.name = "io_uring", .probe = probe};
