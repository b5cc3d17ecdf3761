/* The loop that serves: accepts, spreads the connections, and lets held answers go. */
#ifndef FETCHBENCH_ENDPOINT_SERVER_H
#define FETCHBENCH_ENDPOINT_SERVER_H

#include "base/err.h"
#include "endpoint/service.h"

/* Serves on listen_fd (borrowed, non-blocking) until stop_fd (borrowed, or -1) becomes readable. */
int server_run(int listen_fd, int stop_fd, struct service *service, struct err *err);

#endif
