/* Socket addresses of the hosts that requests lead to. Constant once open; any thread may ask. */
#ifndef FETCHBENCH_WIRE_ADDRESS_H
#define FETCHBENCH_WIRE_ADDRESS_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/err.h"
#include "http/client.h"

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
    };
    socklen_t length;
};

struct addresses {
    struct address *items; /* in the order in which they are to be tried */
    size_t count;          /* 0 where the host was found wanting */
};

/* Of one of the client's hosts, what was resolved or given, or --unix-socket. 0, or -1 with err filled; free
 * it with addresses_fini. */
int addresses_init(struct addresses *a, const struct client *c, size_t host, struct err *err);
void addresses_fini(struct addresses *a);

/* A socket to connect to it with, which sends what is small without delay; -1 with errno. */
int address_socket(const struct sockaddr *to, int flags);

/* 0 of a unix socket. */
int address_port(const struct address *a);

/* "127.0.0.1", "::1", or a unix socket's path, cut to size. */
void address_show(const struct address *a, char *out, size_t size);

#endif
