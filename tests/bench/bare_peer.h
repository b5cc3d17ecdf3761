/* What the yardsticks without libcurl share: whom they ask, the bytes they ask with, and how long the answer
 * is, which they tell by its length alone. Numeric IPv4, every answer as long as the first. Errors end the
 * program. */
#ifndef FETCHBENCH_BENCH_BARE_PEER_H
#define FETCHBENCH_BENCH_BARE_PEER_H

#include <netinet/in.h>
#include <stddef.h>

#include "bare.h"

struct bare_peer {
    struct sockaddr_in to;
    char request[1024];
    size_t request_bytes, answer_bytes;
};

/* Reads the task's URL and asks once, to learn how long the answer is. */
void bare_peer_find(struct bare_peer *peer, const struct bare_task *task);

/* A connected socket that does not block. */
int bare_peer_connect(const struct bare_peer *peer);

#endif
