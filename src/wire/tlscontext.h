/* OpenSSL's context from the plan: whom to trust, what to show, what to speak, as libcurl would set it. */
#ifndef FETCHBENCH_WIRE_TLSCONTEXT_H
#define FETCHBENCH_WIRE_TLSCONTEXT_H

#include <openssl/ssl.h>
#include <stddef.h>

#include "http/client.h"

/* The caller's to free (SSL_CTX_free), or NULL when memory has run out. With a certificate or key that cannot
 * be used, `why` says so, to be told of each connection; else it is "". */
SSL_CTX *tlscontext_make(const struct client *c, char *why, size_t size);

/* Makes a connection ask for that host, and reports whether it could. */
bool tlscontext_name_host(SSL *ssl, const char *host);

/* Whether what the server has shown is a certificate of that host, by libcurl's rules. */
bool tlscontext_is_host(SSL *ssl, const char *host);

#endif
