/* SHA-256 of bytes in memory, made ready beforehand so that a digest looks nothing up and allocates nothing.
 * Not for several threads at once. */
#ifndef FETCHBENCH_HTTP_DIGEST_H
#define FETCHBENCH_HTTP_DIGEST_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define DIGEST_BYTES 32
#define DIGEST_TEXT (2 * DIGEST_BYTES + 1) /* in hex, with its NUL */

struct digest {
    EVP_MD *algorithm;
    EVP_MD_CTX *context;
};

/* 0, or -1 with err filled. End with digest_fini in either case; zeroed, it may be ended too. */
int digest_init(struct digest *d, struct err *err);
void digest_fini(struct digest *d);

/* False when OpenSSL refuses. */
bool digest_make(struct digest *d, const void *data, size_t length, unsigned char out[DIGEST_BYTES]);

/* The same in hex. */
bool digest_text(struct digest *d, const void *data, size_t length, char out[DIGEST_TEXT]);

#endif
