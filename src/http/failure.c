/* One row per libcurl code; what a code leaves open, errno decides. Running out of descriptors or ports
 * surfaces as "couldn't connect" or even "couldn't resolve", so errno is asked first. */
#include "http/failure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct code_row {
    CURLcode code;
    enum error_class class;
};

static const struct code_row code_rows[] = {
    {CURLE_COULDNT_RESOLVE_HOST, ERROR_DNS},
    {CURLE_COULDNT_RESOLVE_PROXY, ERROR_DNS},
    {CURLE_COULDNT_CONNECT, ERROR_CONNECTION_REFUSED},
    {CURLE_PROXY, ERROR_CONNECTION_REFUSED}, /* by a SOCKS proxy */
    {CURLE_OPERATION_TIMEDOUT, ERROR_TIMEOUT},
    {CURLE_GOT_NOTHING, ERROR_CONNECTION_RESET},
    {CURLE_SEND_ERROR, ERROR_CONNECTION_RESET},
    {CURLE_RECV_ERROR, ERROR_PROTOCOL}, /* unless the socket is what failed */
    {CURLE_PARTIAL_FILE, ERROR_TRUNCATED},
    {CURLE_UNSUPPORTED_PROTOCOL, ERROR_PROTOCOL}, /* HTTP/0.9: no status line */
    {CURLE_WEIRD_SERVER_REPLY, ERROR_PROTOCOL},
    {CURLE_HTTP2, ERROR_PROTOCOL},
    {CURLE_HTTP2_STREAM, ERROR_PROTOCOL},
    {CURLE_BAD_CONTENT_ENCODING, ERROR_PROTOCOL},
    {CURLE_TOO_MANY_REDIRECTS, ERROR_REDIRECTS},
    {CURLE_PEER_FAILED_VERIFICATION, ERROR_TLS_VERIFY},
    {CURLE_SSL_ISSUER_ERROR, ERROR_TLS_VERIFY},
    {CURLE_SSL_CACERT_BADFILE, ERROR_TLS_VERIFY},
    {CURLE_SSL_CONNECT_ERROR, ERROR_TLS},
    {CURLE_SSL_CERTPROBLEM, ERROR_TLS},
    {CURLE_SSL_CIPHER, ERROR_TLS},
    {CURLE_SSL_ENGINE_NOTFOUND, ERROR_TLS},
    {CURLE_WRITE_ERROR, ERROR_WRITE},
    {CURLE_ABORTED_BY_CALLBACK, ERROR_CANCELLED},
};

static const struct {
    int os_errno;
    enum error_class class;
} errno_rows[] = {
    {EMFILE, ERROR_TOO_MANY_FILES},
    {ENFILE, ERROR_TOO_MANY_FILES},
    {EADDRNOTAVAIL, ERROR_NO_PORTS},
    {ECONNREFUSED, ERROR_CONNECTION_REFUSED},
    {ECONNRESET, ERROR_CONNECTION_RESET},
    {EPIPE, ERROR_CONNECTION_RESET},
    {ETIMEDOUT, ERROR_CONNECT_TIMEOUT},
    {ENETUNREACH, ERROR_ADDRESS},
    {EHOSTUNREACH, ERROR_ADDRESS},
    {EAFNOSUPPORT, ERROR_ADDRESS},
    {EACCES, ERROR_ADDRESS},
    {EINVAL, ERROR_ADDRESS},
};

enum error_class failure_of_errno(int os_errno) {
    for (size_t i = 0; i < sizeof errno_rows / sizeof errno_rows[0]; i++)
        if (errno_rows[i].os_errno == os_errno)
            return errno_rows[i].class;
    return ERROR_NONE;
}

static enum error_class class_of_errno(CURL *easy) {
    long os_errno = 0;
    if (curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno))
        return ERROR_NONE;
    return failure_of_errno((int)os_errno);
}

/* Whether reading failed, rather than what was read: then the errno may be of an earlier request. */
static bool is_of_socket(const char *text) {
    return strstr(text, "Recv failure") || strstr(text, "errno");
}

static bool errno_decides(CURLcode code, const char *text) {
    return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_SEND_ERROR ||
           code == CURLE_SSL_CONNECT_ERROR || (code == CURLE_RECV_ERROR && is_of_socket(text));
}

enum error_class failure_class(CURL *easy, CURLcode code, bool sent, const char *text) {
    if (code == CURLE_OPERATION_TIMEDOUT)
        return sent ? ERROR_TIMEOUT : ERROR_CONNECT_TIMEOUT;
    if (code == CURLE_RECV_ERROR && strstr(text, "reset by peer"))
        return ERROR_CONNECTION_RESET;
    if (code == CURLE_RECV_ERROR && strstr(text, "CONNECT tunnel failed"))
        return ERROR_CONNECTION_REFUSED; /* by the proxy */
    if (errno_decides(code, text)) {
        enum error_class class = class_of_errno(easy);
        if (class != ERROR_NONE)
            return class;
    }
    for (size_t i = 0; i < sizeof code_rows / sizeof code_rows[0]; i++)
        if (code_rows[i].code == code)
            return code_rows[i].class;
    return ERROR_OTHER;
}

/* Then who signed the certificate is not the matter. Every version of libcurl has its own words. */
static bool is_of_name(const char *text) {
    return strstr(text, "subject name") || strstr(text, "common name");
}

static const char *advice(CURLcode code, const char *text) {
    if (code != CURLE_PEER_FAILED_VERIFICATION && code != CURLE_SSL_ISSUER_ERROR)
        return "";
    return is_of_name(text) ? " (-k trusts anyone)" : " (--cacert FILE trusts its issuer, -k anyone)";
}

void failure_example(CURLcode code, const char *text, char *out, size_t size) {
    snprintf(out, size, "%s%s", *text ? text : curl_easy_strerror(code), advice(code, text));
}
