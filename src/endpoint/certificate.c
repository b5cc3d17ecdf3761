/* OpenSSL makes and checks; libmicrohttpd takes the PEM. */
#include "endpoint/certificate.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#define VALID_BEFORE_S (-3600L) /* for a client whose clock is a little slow */
#define VALID_AFTER_S (365L * 24 * 3600)
#define PEM_LIMIT_BYTES ((size_t)1 << 20)

static void init(struct certificate *c) {
    buf_init(&c->pem, PEM_LIMIT_BYTES);
    buf_init(&c->key, PEM_LIMIT_BYTES);
}

void certificate_fini(struct certificate *c) {
    if (c->key.text)
        OPENSSL_cleanse(c->key.text, c->key.length);
    buf_fini(&c->pem);
    buf_fini(&c->key);
}

static int take_text(BIO *from, struct buf *to) {
    char *text = NULL;
    long length = BIO_get_mem_data(from, &text);
    buf_append(to, text, length > 0 ? (size_t)length : 0);
    return length > 0 && !to->failed ? 0 : -1;
}

static int write_pem(struct certificate *out, X509 *x509, EVP_PKEY *key) {
    BIO *pem = BIO_new(BIO_s_mem()), *secret = BIO_new(BIO_s_mem());
    int failed = !pem || !secret || PEM_write_bio_X509(pem, x509) != 1 ||
                 PEM_write_bio_PrivateKey(secret, key, NULL, NULL, 0, NULL, NULL) != 1 ||
                 take_text(pem, &out->pem) || take_text(secret, &out->key);
    BIO_free(pem);
    BIO_free(secret);
    return failed ? -1 : 0;
}

static int add_extension(X509 *x509, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, x509, x509, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    int added = extension && X509_add_ext(x509, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added ? 0 : -1;
}

static int fill(X509 *x509, EVP_PKEY *key) {
    uint64_t serial = 0;
    if (RAND_bytes((unsigned char *)&serial, sizeof serial) != 1)
        return -1;
    X509_NAME *name = X509_get_subject_name(x509);
    int filled = X509_set_version(x509, X509_VERSION_3) == 1 &&
                 ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1 | 1) == 1 &&
                 X509_gmtime_adj(X509_getm_notBefore(x509), VALID_BEFORE_S) &&
                 X509_gmtime_adj(X509_getm_notAfter(x509), VALID_AFTER_S) &&
                 X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1,
                                            -1, 0) == 1 &&
                 X509_set_issuer_name(x509, name) == 1 && X509_set_pubkey(x509, key) == 1;
    if (!filled || add_extension(x509, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") ||
        add_extension(x509, NID_basic_constraints, "critical,CA:TRUE") ||
        add_extension(x509, NID_ext_key_usage, "serverAuth") ||
        add_extension(x509, NID_subject_key_identifier, "hash"))
        return -1;
    return X509_sign(x509, key, EVP_sha256()) > 0 ? 0 : -1;
}

int certificate_make(struct certificate *out, struct err *err) {
    init(out);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x509 = X509_new();
    int failed = !key || !x509 || fill(x509, key) || write_pem(out, x509, key);
    X509_free(x509);
    EVP_PKEY_free(key);
    if (!failed)
        return 0;
    certificate_fini(out);
    return err_set(err, ERR_INTERNAL, "OpenSSL cannot make a certificate");
}

static int read_file(struct buf *out, const char *path, struct err *err) {
    char block[4096];
    FILE *file = fopen(path, "re");
    if (!file)
        return err_set(err, ERR_USAGE, "cannot read '%s': %s", path, strerror(errno));
    for (size_t got = fread(block, 1, sizeof block, file); got > 0; got = fread(block, 1, sizeof block, file))
        buf_append(out, block, got);
    int reason = ferror(file) ? errno : 0;
    OPENSSL_cleanse(block, sizeof block);
    fclose(file);
    if (reason)
        return err_set(err, ERR_USAGE, "cannot read '%s': %s", path, strerror(reason));
    if (out->failed)
        return err_set(err, ERR_USAGE, "'%s' is too long for PEM", path);
    return 0;
}

/* No question on the terminal; instead, that there was one to ask. */
static int refuse_password(char *out, int capacity, int is_writing, void *was_asked) {
    (void)out, (void)capacity, (void)is_writing;
    *(int *)was_asked = 1;
    return -1;
}

/* Whether both are what they should be, and belong together. */
static int check(const struct certificate *c, const char *pem_file, const char *key_file, struct err *err) {
    int is_locked = 0, result = 0;
    BIO *pem = BIO_new_mem_buf(buf_text(&c->pem), (int)c->pem.length);
    BIO *secret = BIO_new_mem_buf(buf_text(&c->key), (int)c->key.length);
    X509 *x509 = pem ? PEM_read_bio_X509(pem, NULL, refuse_password, &is_locked) : NULL;
    EVP_PKEY *key = secret ? PEM_read_bio_PrivateKey(secret, NULL, refuse_password, &is_locked) : NULL;
    if (!x509)
        result = err_set(err, ERR_USAGE, "'%s' holds no certificate in PEM", pem_file);
    else if (is_locked)
        result = err_set(err, ERR_USAGE, "the key in '%s' is locked by a password: give one that is not",
                         key_file);
    else if (!key)
        result = err_set(err, ERR_USAGE, "'%s' holds no private key in PEM", key_file);
    else if (X509_check_private_key(x509, key) != 1)
        result = err_set(err, ERR_USAGE, "the key in '%s' does not belong to the certificate in '%s'",
                         key_file, pem_file);
    EVP_PKEY_free(key);
    X509_free(x509);
    BIO_free(secret);
    BIO_free(pem);
    return result;
}

int certificate_read(struct certificate *out, const char *pem_file, const char *key_file, struct err *err) {
    init(out);
    if (!read_file(&out->pem, pem_file, err) && !read_file(&out->key, key_file, err) &&
        !check(out, pem_file, key_file, err))
        return 0;
    certificate_fini(out);
    return -1;
}
