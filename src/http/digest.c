/* SHA-256 by OpenSSL's EVP. */
#include "http/digest.h"

int digest_init(struct digest *d, struct err *err) {
    d->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    d->context = EVP_MD_CTX_new();
    if (d->algorithm && d->context && EVP_DigestInit_ex2(d->context, d->algorithm, NULL))
        return 0;
    return err_set(err, ERR_INTERNAL, "OpenSSL has no SHA-256");
}

void digest_fini(struct digest *d) {
    EVP_MD_CTX_free(d->context);
    EVP_MD_free(d->algorithm);
    *d = (struct digest){0};
}

bool digest_make(struct digest *d, const void *data, size_t length, unsigned char out[DIGEST_BYTES]) {
    return EVP_DigestInit_ex2(d->context, NULL, NULL) && EVP_DigestUpdate(d->context, data, length) &&
           EVP_DigestFinal_ex(d->context, out, NULL);
}

bool digest_text(struct digest *d, const void *data, size_t length, char out[DIGEST_TEXT]) {
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[DIGEST_BYTES];
    if (!digest_make(d, data, length, bytes))
        return false;
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * DIGEST_BYTES] = '\0';
    return true;
}
