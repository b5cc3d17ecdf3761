/* The listening socket. */
#ifndef FETCHBENCH_ENDPOINT_LISTEN_H
#define FETCHBENCH_ENDPOINT_LISTEN_H

#include "base/err.h"

#include <stdbool.h>

#define LISTEN_ADDRESS 64

/* Binds and listens, non-blocking. where is "127.0.0.1:8080", "[::1]:0" or ":8080" (loopback); port 0 takes a
 * free one. Returns the descriptor and what it is bound to, numeric; or -1: with ERR_USAGE when where is no
 * address or is not loopback and not open_to_all. */
int listen_open(const char *where, bool open_to_all, char address[LISTEN_ADDRESS], struct err *err);

#endif
