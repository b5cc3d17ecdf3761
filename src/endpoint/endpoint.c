/* The endpoint as others see it. Everything but the listening socket is made when it runs, so that it may be
 * opened in one process and run in its child. */
#include "endpoint/endpoint.h"

#include "base/limits.h"
#include "base/memory.h"
#include "endpoint/certificate.h"
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
    bool tls;
    struct certificate certificate; /* with TLS */
    char address[LISTEN_ADDRESS];
    struct served_answers *served;
    struct access_log *access_log;
    struct stall stall;
};

static int prepare_tls(struct endpoint *e, const struct endpoint_options *options, struct err *err) {
    if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
        return err_set(err, ERR_INTERNAL, "this libmicrohttpd was built without TLS");
    const char *pem_file = options->certificate_file;
    const char *key_file = options->key_file ? options->key_file : pem_file;
    int failed = pem_file ? certificate_read(&e->certificate, pem_file, key_file, err)
                          : certificate_make(&e->certificate, err);
    e->tls = !failed;
    return failed;
}

int endpoint_open(struct endpoint **out, const struct endpoint_options *options, struct err *err) {
    struct endpoint *e = memory_zalloc(1, sizeof *e);
    e->fd = -1;
    e->pretty = options->pretty;
    e->served = options->served;
    e->stall = (struct stall){.at_ns = options->stall_at_ns, .length_ns = options->stall_length_ns};
    int failed = options->tls ? prepare_tls(e, options, err) : 0;
    if (!failed && options->access_log)
        failed = access_log_open(&e->access_log, options->access_log, err);
    if (!failed)
        e->fd = listen_open(options->listen, options->open_to_all, e->address, err);
    if (e->fd < 0) {
        endpoint_close(e);
        return -1;
    }
    *out = e;
    return 0;
}

const char *endpoint_certificate(const struct endpoint *e) {
    return e->tls ? buf_text(&e->certificate.pem) : NULL;
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
    service.served = e->served;
    service.certificate = e->tls ? &e->certificate : NULL;
    service.access_log = e->access_log;
    service.stall = e->stall;
    int result = server_run(e->fd, stop_fd, &service, err);
    if (!result && e->access_log)
        result = access_log_finish(e->access_log, err);
    service_fini(&service);
    return result;
}

void endpoint_describe(struct buf *out) {
    for (const struct route *r = routes_table; r->pattern; r++)
        buf_printf(out, "%s\t%s\n", r->pattern, r->help);
}

void endpoint_close(struct endpoint *e) {
    if (!e)
        return;
    if (e->fd >= 0)
        close(e->fd);
    if (e->tls)
        certificate_fini(&e->certificate);
    access_log_close(e->access_log);
    free(e);
}
