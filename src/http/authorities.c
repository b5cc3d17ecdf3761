/* One X509_STORE for all, put into each connection's context in place of the one that libcurl would fill. */
#include "http/authorities.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>

static bool verifies(const struct plan *plan) {
    bool may_use_tls = plan_uses_tls(plan) || plan->location || plan->proxy;
    return may_use_tls && !plan->insecure;
}

/* What is not there is passed over, as libcurl does with what it was built with. */
static void read_system(X509_STORE *store) {
    const curl_version_info_data *built = curl_version_info(CURLVERSION_NOW);
    if (built->cainfo)
        X509_STORE_load_file(store, built->cainfo);
    if (built->capath)
        X509_STORE_load_path(store, built->capath);
}

/* libcrypto notes in a certificate what its extensions say when they are first looked at: here, and not by
 * whichever connection comes first. */
static void look_through(X509_STORE *store) {
    STACK_OF(X509_OBJECT) *all = X509_STORE_get0_objects(store);
    for (int i = 0; i < sk_X509_OBJECT_num(all); i++) {
        X509 *certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(all, i));
        if (certificate)
            X509_check_purpose(certificate, -1, 0);
    }
}

int authorities_open(X509_STORE **out, const struct plan *plan, struct err *err) {
    *out = NULL;
    if (!verifies(plan))
        return 0;
    X509_STORE *store = X509_STORE_new();
    if (!store)
        return err_set(err, ERR_INTERNAL, "out of memory");
    if (plan->cacert && X509_STORE_load_file(store, plan->cacert) != 1) {
        X509_STORE_free(store);
        return err_set(err, ERR_INTERNAL, "--cacert %.200s holds no certificate in PEM format", plan->cacert);
    }
    if (!plan->cacert)
        read_system(store);
    /* As libcurl sets them: any certificate in the bundle is trusted, one of an intermediate authority too.
     */
    X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
    look_through(store);
    *out = store;
    return 0;
}

int authorities_check(const char *option, const char *path, struct err *err) {
    FILE *file = fopen(path, "re");
    X509 *first = file ? PEM_read_X509_AUX(file, NULL, NULL, NULL) : NULL;
    bool holds = first != NULL;
    X509_free(first);
    if (file)
        fclose(file);
    ERR_clear_error();
    return holds ? 0 : err_set(err, ERR_USAGE, "%s %.200s holds no certificate in PEM format", option, path);
}

static CURLcode on_context(CURL *easy, void *context, void *store) {
    (void)easy;
    SSL_CTX_set1_cert_store(context, store);
    return CURLE_OK;
}

unsigned authorities_apply(CURL *easy, X509_STORE *store) {
    if (!store)
        return 0;
    unsigned bad = curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    bad |= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    bad |= curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, NULL);
    bad |= curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
    bad |= curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_context);
    return bad | curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, store);
}
