/* Versions and ciphers are the library's own, which a system's openssl.cnf may narrow: libcurl leaves them as
 * well. */
#include "wire/tlscontext.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

static const unsigned char alpn[] = "\x08http/1.1";

/* Renegotiation would halt writing in the middle of a request. libcurl takes no tickets of TLS 1.2 either:
 * who resumes what others do not would look fast for that alone. (Those of TLS 1.3 are no matter of this
 * option.) */
#define OPTIONS                                                                                              \
    ((SSL_OP_ALL & ~(uint64_t)SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS) | SSL_OP_NO_COMPRESSION |                  \
     SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET)

/* Without a password an empty one, or OpenSSL would ask for it on the terminal. */
static int on_password(char *out, int size, int writing, void *user) {
    (void)writing;
    const struct plan *plan = user;
    const char *password = plan->cert_password ? plan->cert_password : "";
    int length = (int)strlen(password);
    if (length > size)
        return -1;
    memcpy(out, password, (size_t)length);
    return length;
}

static void say(char *why, size_t size, const char *what, const char *path) {
    char reason[120];
    ERR_error_string_n(ERR_peek_error(), reason, sizeof reason);
    snprintf(why, size, "%s %.100s cannot be used (%s)", what, path, reason);
    ERR_clear_error();
}

/* As libcurl reads them: a chain and a key, both PEM, the key in the certificate's file unless named. */
static void show_certificate(SSL_CTX *context, const struct plan *plan, char *why, size_t size) {
    const char *key = plan->key ? plan->key : plan->cert;
    SSL_CTX_set_default_passwd_cb(context, on_password);
    SSL_CTX_set_default_passwd_cb_userdata(context, (void *)(uintptr_t)plan);
    if (SSL_CTX_use_certificate_chain_file(context, plan->cert) != 1)
        say(why, size, "the certificate of --cert", plan->cert);
    else if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        say(why, size, plan->key ? "the key of --key" : "the key within --cert", key);
    else if (SSL_CTX_check_private_key(context) != 1)
        say(why, size, "the key does not belong to --cert, which", plan->cert);
    SSL_CTX_set_post_handshake_auth(context, 1);
}

SSL_CTX *tlscontext_make(const struct client *c, char *why, size_t size) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    why[0] = '\0';
    if (!context)
        return NULL;
    SSL_CTX_set_options(context, OPTIONS);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_alpn_protos(context, alpn, sizeof alpn - 1);
    SSL_CTX_set_verify(context, c->plan->insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    if (c->authorities)
        SSL_CTX_set1_cert_store(context, c->authorities);
    if (c->plan->cert)
        show_certificate(context, c->plan, why, size);
    return context;
}

static bool is_address(const char *host) {
    struct in6_addr v6;
    struct in_addr v4;
    return strchr(host, ':') || inet_pton(AF_INET, host, &v4) == 1 || inet_pton(AF_INET6, host, &v6) == 1;
}

/* Without the dot that ends a name told in full. */
static size_t bare_length(const char *host) {
    size_t length = strlen(host);
    return length > 1 && host[length - 1] == '.' ? length - 1 : length;
}

bool tlscontext_name_host(SSL *ssl, const char *host) {
    char name[256];
    if (is_address(host))
        return true;
    snprintf(name, sizeof name, "%.*s", (int)bare_length(host), host);
    return SSL_set_tlsext_host_name(ssl, name) == 1;
}

/* A certificate that has no alternative names may have the address as its common name. */
static bool is_address_of(X509 *certificate, const char *host) {
    char address[256];
    snprintf(address, sizeof address, "%.*s", (int)strcspn(host, "%"), host);
    if (X509_check_ip_asc(certificate, address, 0) == 1)
        return true;
    return X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) < 0 &&
           X509_check_host(certificate, host, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
}

bool tlscontext_is_host(SSL *ssl, const char *host) {
    X509 *certificate = SSL_get0_peer_certificate(ssl);
    if (!certificate)
        return false;
    if (is_address(host))
        return is_address_of(certificate, host);
    return X509_check_host(certificate, host, bare_length(host), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                           NULL) == 1;
}
