/* Names of error classes, and what of a sample counts for which distribution. */
#include "record/sample.h"

#include "record/recording.h"

static const char *const names[ERROR_CLASSES] = {
    [ERROR_NONE] = "",
    [ERROR_DNS] = "dns",
    [ERROR_CONNECTION_REFUSED] = "connection_refused",
    [ERROR_CONNECTION_RESET] = "connection_reset",
    [ERROR_CONNECT_TIMEOUT] = "connect_timeout",
    [ERROR_TIMEOUT] = "timeout",
    [ERROR_TLS_VERIFY] = "tls_verify",
    [ERROR_TLS] = "tls",
    [ERROR_PROTOCOL] = "protocol",
    [ERROR_REDIRECTS] = "too_many_redirects",
    [ERROR_TRUNCATED] = "truncated",
    [ERROR_TOO_MANY_FILES] = "too_many_files",
    [ERROR_NO_PORTS] = "no_ports",
    [ERROR_ADDRESS] = "address",
    [ERROR_HTTP_STATUS] = "http_status",
    [ERROR_WRITE] = "write",
    [ERROR_CANCELLED] = "cancelled",
    [ERROR_OTHER] = "other",
};

const char *error_class_name(enum error_class c) {
    return (unsigned)c < ERROR_CLASSES ? names[c] : names[ERROR_OTHER];
}

/* A stamp of 0 was never taken; stamps in the wrong order (an answer that came before the request was sent
 * whole, as some refusals do) give no duration. */
static int64_t between(int64_t from_ns, int64_t to_ns) {
    return from_ns > 0 && to_ns >= from_ns ? to_ns - from_ns : -1;
}

static int64_t known(int64_t duration_ns) {
    return duration_ns < 0 ? -1 : duration_ns;
}

int64_t sample_measure_ns(const struct sample *s, enum measure m) {
    switch (m) {
    case MEASURE_SERVICE:
        return between(s->start_ns, s->end_ns);
    case MEASURE_QUEUE_WAIT:
        return known(s->queue_wait_ns);
    case MEASURE_DNS:
        return known(s->dns_ns);
    case MEASURE_CONNECT:
        return known(s->connect_ns);
    case MEASURE_TLS:
        return known(s->tls_ns);
    case MEASURE_WAIT:
        return between(s->sent_ns, s->first_byte_ns);
    case MEASURE_RECEIVE:
        return between(s->first_byte_ns, s->end_ns);
    case MEASURES:
        break;
    }
    return -1;
}
