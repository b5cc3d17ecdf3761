/* Names and meanings of error classes. */
#include "record/sample.h"

static const struct {
    const char *name, *meaning;
} classes[ERROR_CLASSES] = {
    [ERROR_NONE] = {"", ""},
    [ERROR_DNS] = {"dns", "the host's name could not be resolved"},
    [ERROR_CONNECTION_REFUSED] = {"connection_refused",
                                  "nothing accepts connections there, or a proxy does not connect"},
    [ERROR_CONNECTION_RESET] = {"connection_reset",
                                "the connection was closed or reset before an answer began"},
    [ERROR_CONNECT_TIMEOUT] = {"connect_timeout", "no connection was made within --connect-timeout"},
    [ERROR_TIMEOUT] = {"timeout", "no whole answer came within --timeout"},
    [ERROR_TLS_VERIFY] =
        {"tls_verify", "the certificate is not trusted, or is for another name (see --cacert, --insecure)"},
    [ERROR_TLS] = {"tls", "the TLS handshake failed"},
    [ERROR_PROTOCOL] = {"protocol", "what came back is not HTTP, or breaks its rules"},
    [ERROR_REDIRECTS] = {"too_many_redirects", "more redirects than --location follows"},
    [ERROR_TRUNCATED] = {"truncated", "the connection ended in the middle of an answer"},
    [ERROR_TOO_MANY_FILES] = {"too_many_files", "file descriptors ran out (see ulimit -n)"},
    [ERROR_NO_PORTS] = {"no_ports", "no local port was left: closed connections keep theirs for a minute"},
    [ERROR_ADDRESS] = {"address", "the address cannot be reached or used from here"},
    [ERROR_HTTP_STATUS] = {"http_status", "an answer of 400 or above, with --fail-status"},
    [ERROR_WRITE] = {"write", "what was received could not be written"},
    [ERROR_WORK] = {"work", "the body could not be worked on as --work says"},
    [ERROR_VERIFY] = {"verify", "the answer does not echo the arguments that were sent (--verify)"},
    [ERROR_CANCELLED] = {"cancelled", "stopped by fetchbench itself; counted as cancelled, not as failed"},
    [ERROR_UNFINISHED] = {"unfinished",
                          "still in flight when --duration or --deadline and --grace were over; counted "
                          "as unfinished, not as failed"},
    [ERROR_OTHER] = {"other", "none of these; the example says what"},
};

const char *error_class_name(enum error_class c) {
    return classes[(unsigned)c < ERROR_CLASSES ? c : ERROR_OTHER].name;
}

const char *error_class_meaning(enum error_class c) {
    return classes[(unsigned)c < ERROR_CLASSES ? c : ERROR_OTHER].meaning;
}

bool error_class_cuts(enum error_class c) {
    return c == ERROR_CANCELLED || c == ERROR_UNFINISHED || c == ERROR_TIMEOUT || c == ERROR_CONNECT_TIMEOUT;
}

struct sample sample_ended_early(int64_t start_ns, int64_t end_ns, enum error_class class) {
    return (struct sample){.due_ns = start_ns,
                           .start_ns = start_ns,
                           .end_ns = end_ns,
                           .queue_wait_ns = -1,
                           .dns_ns = -1,
                           .connect_ns = -1,
                           .tls_ns = -1,
                           .error = (uint8_t) class};
}
