/* The endpoint as others see it. Everything but the listening socket is made when it runs, so that it may be
 * opened in one process and run in its child. */
#include "endpoint/endpoint.h"

#include "base/limits.h"
#include "base/memory.h"
#include "endpoint/listen.h"
#include "endpoint/routes.h"
#include "endpoint/server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

struct endpoint {
    int fd;
    bool pretty;
    char address[LISTEN_ADDRESS];
    uint64_t served;
};

int endpoint_open(struct endpoint **out, const struct endpoint_options *options, struct err *err) {
    char address[LISTEN_ADDRESS];
    int fd = listen_open(options->listen, options->open_to_all, address, err);
    if (fd < 0)
        return -1;
    struct endpoint *e = memory_zalloc(1, sizeof *e);
    e->fd = fd;
    e->pretty = options->pretty;
    memcpy(e->address, address, sizeof address);
    *out = e;
    return 0;
}

void endpoint_address(const struct endpoint *e, char out[64]) {
    memcpy(out, e->address, sizeof e->address);
}

int endpoint_run(struct endpoint *e, int stop_fd, struct err *err) {
    limits_raise_descriptors();          /* beyond it, clients wait in the queue of the listening socket */
    (void)prctl(PR_SET_TIMERSLACK, 1UL); /* the default would add 50 us to every delay */
    struct service service;
    if (service_init(&service, e->address, e->pretty, err))
        return -1;
    int result = server_run(e->fd, stop_fd, &service, err);
    e->served += service.served;
    service_fini(&service);
    return result;
}

uint64_t endpoint_served(const struct endpoint *e) {
    return e->served;
}

void endpoint_describe(struct buf *out) {
    for (const struct route *r = routes_table; r->pattern; r++)
        buf_printf(out, "%s\t%s\n", r->pattern, r->help);
}

void endpoint_close(struct endpoint *e) {
    if (!e)
        return;
    close(e->fd);
    free(e);
}
