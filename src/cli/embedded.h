/* The embedded endpoint for the time of one invocation, in a process of its own. */
#ifndef FETCHBENCH_CLI_EMBEDDED_H
#define FETCHBENCH_CLI_EMBEDDED_H

#include <sys/types.h>

#include "base/err.h"
#include "base/served.h"

struct embedded {
    pid_t pid;
    int stop_fd; /* closing it ends the endpoint */
    char address[64];
    struct served_answers *served; /* of its answers, kept by its process */
};

/* Listens on a free loopback port and forks the server. To be called before threads and large memory exist.
 * 0, or -1 with err filled. Zeroed, embedded_stop does nothing. */
int embedded_start(struct embedded *e, struct err *err);
void embedded_stop(struct embedded *e);

#endif
