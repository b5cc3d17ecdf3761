/* The certificate authorities by which servers are verified, read once before the clock and shared by all
 * handles of a run. libcurl would read and parse the bundle for every handle, or every connection, inside the
 * clock: with a system's 140 certificates that is 20 ms each, and a comparison of strategies would be one of
 * how many handles they have. */
#ifndef FETCHBENCH_HTTP_AUTHORITIES_H
#define FETCHBENCH_HTTP_AUTHORITIES_H

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

#include "base/err.h"
#include "plan/plan.h"

/* Reads --cacert, or else the bundle and the folder that libcurl was built with. *out is NULL where no
 * connection of the plan verifies. 0, or -1 with err filled. Free it with X509_STORE_free. */
int authorities_open(X509_STORE **out, const struct plan *plan, struct err *err);

/* Whether the file, which can be read, holds a certificate in PEM: 0, or -1 with err filled (ERR_USAGE),
 * which calls it by the option that named it. */
int authorities_check(const char *option, const char *path, struct err *err);

/* Makes the handle verify by them; store (borrowed until the handle is closed) may be NULL. 0, or nonzero
 * when libcurl refused an option. Handles of several threads may share a store. */
unsigned authorities_apply(CURL *easy, X509_STORE *store);

#endif
