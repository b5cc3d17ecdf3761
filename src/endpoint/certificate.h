/* What the endpoint shows to prove who it is over TLS: a certificate and its key, as PEM in memory. */
#ifndef FETCHBENCH_ENDPOINT_CERTIFICATE_H
#define FETCHBENCH_ENDPOINT_CERTIFICATE_H

#include "base/buf.h"
#include "base/err.h"

struct certificate {
    struct buf pem; /* the certificate, with those that lead to its issuer if there are any */
    struct buf key;
};

/* Makes a key (ECDSA on P-256) and a certificate that it signs itself, for localhost, 127.0.0.1 and ::1,
 * valid for a year from now on. The key is written nowhere. */
int certificate_make(struct certificate *out, struct err *err);

/* Reads both from files of PEM, which may be the same. ERR_USAGE names what is wrong with them. */
int certificate_read(struct certificate *out, const char *pem_file, const char *key_file, struct err *err);

void certificate_fini(struct certificate *c);

#endif
