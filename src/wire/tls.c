/* OpenSSL reads straight from the bytes that came and writes to a buffer of the connection's: no sockets. */
#include "wire/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "http/failure.h"
#include "wire/tlscontext.h"

#define PLAIN_BYTES ((size_t)SSL3_RT_MAX_PLAIN_LENGTH)
#define OUT_BYTES ((size_t)512) /* a hello, a small request */

struct tls_client {
    const struct plan *plan;
    SSL_CTX *context;
    BIO_METHOD *method;
    SSL_SESSION **sessions; /* per target: the newest, NULL for none */
    size_t targets;
    char unusable[RECORDING_EXAMPLE]; /* why nothing can be shown that is to be shown; "" */
    enum error_class class;           /* of the step that failed last, */
    char why[RECORDING_EXAMPLE];      /* and its words */
    char plain[PLAIN_BYTES];
};

struct out {
    char *data;
    size_t length, capacity;
};

struct tls {
    SSL *ssl;
    struct tls_client *client;
    size_t target;
    const char *in; /* borrowed: what came and was not read yet */
    size_t in_bytes;
    struct out out[2]; /* one is filled while the other goes */
    bool filled;       /* which */
};

static int on_read(BIO *bio, char *to, size_t size, size_t *taken) {
    struct tls *t = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    *taken = size < t->in_bytes ? size : t->in_bytes;
    if (*taken == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    memcpy(to, t->in, *taken);
    t->in += *taken;
    t->in_bytes -= *taken;
    return 1;
}

static bool reserve(struct out *out, size_t more) {
    size_t needed = out->length + more, capacity = out->capacity ? out->capacity : OUT_BYTES;
    if (needed <= out->capacity)
        return true;
    while (capacity < needed)
        capacity *= 2;
    char *data = realloc(out->data, capacity);
    if (!data)
        return false;
    out->data = data;
    out->capacity = capacity;
    return true;
}

static int on_write(BIO *bio, const char *data, size_t size, size_t *written) {
    struct tls *t = BIO_get_data(bio);
    struct out *out = &t->out[t->filled];
    if (!reserve(out, size))
        return 0;
    memcpy(out->data + out->length, data, size);
    out->length += size;
    *written = size;
    return 1;
}

static long on_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static int on_session(SSL *ssl, SSL_SESSION *session) {
    struct tls *t = SSL_get_app_data(ssl);
    SSL_SESSION_free(t->client->sessions[t->target]);
    t->client->sessions[t->target] = session;
    return 1;
}

static int make_method(struct tls_client *c) {
    c->method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "received bytes");
    if (!c->method)
        return -1;
    BIO_meth_set_read_ex(c->method, on_read);
    BIO_meth_set_write_ex(c->method, on_write);
    BIO_meth_set_ctrl(c->method, on_control);
    return 0;
}

int tls_client_open(struct tls_client **out, const struct client *c, struct err *err) {
    struct tls_client *x = memory_zalloc(1, sizeof *x);
    x->plan = c->plan;
    x->targets = c->plan->target_count + 1;
    x->sessions = memory_zalloc(x->targets, sizeof(void *));
    x->context = tlscontext_make(c, x->unusable, sizeof x->unusable);
    if (!x->context || make_method(x)) {
        tls_client_close(x);
        return err_set(err, ERR_INTERNAL, "OpenSSL has no memory left");
    }
    SSL_CTX_set_session_cache_mode(x->context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(x->context, on_session);
    *out = x;
    return 0;
}

void tls_client_close(struct tls_client *c) {
    if (!c)
        return;
    for (size_t i = 0; i < c->targets; i++)
        SSL_SESSION_free(c->sessions[i]);
    SSL_CTX_free(c->context);
    BIO_meth_free(c->method);
    free(c->sessions);
    free(c);
}

static const char *host_of(const struct tls *t) {
    return t->client->plan->targets[t->target].host;
}

struct tls *tls_open(struct tls_client *c, size_t target) {
    struct tls *t = calloc(1, sizeof *t);
    BIO *bio = BIO_new(c->method);
    SSL *ssl = SSL_new(c->context);
    if (!t || !bio || !ssl) {
        free(t);
        BIO_free(bio);
        SSL_free(ssl);
        return NULL;
    }
    *t = (struct tls){.ssl = ssl, .client = c, .target = target};
    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_app_data(ssl, t);
    SSL_set_connect_state(ssl);
    if (c->sessions[target])
        SSL_set_session(ssl, c->sessions[target]);
    if (!tlscontext_name_host(ssl, host_of(t))) {
        tls_close(t);
        return NULL;
    }
    return t;
}

/* OpenSSL would give up the session of a connection that nobody has taken leave of. */
void tls_close(struct tls *t) {
    if (!t)
        return;
    if (!SSL_in_init(t->ssl))
        SSL_set_shutdown(t->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(t->ssl);
    free(t->out[0].data);
    free(t->out[1].data);
    free(t);
}

void tls_give(struct tls *t, const char *data, size_t length) {
    t->in = data;
    t->in_bytes = length;
}

static enum tls_step distrust(struct tls *t, const char *words) {
    t->client->class = ERROR_TLS_VERIFY;
    failure_example(CURLE_PEER_FAILED_VERIFICATION, words, t->client->why, sizeof t->client->why);
    return TLS_FAILED;
}

static enum tls_step distrust_chain(struct tls *t) {
    char words[160];
    snprintf(words, sizeof words, "SSL certificate problem: %s",
             X509_verify_cert_error_string(SSL_get_verify_result(t->ssl)));
    return distrust(t, words);
}

static enum tls_step distrust_name(struct tls *t) {
    char words[320];
    snprintf(words, sizeof words,
             "SSL: no alternative certificate subject name matches target host name '%.200s'", host_of(t));
    return distrust(t, words);
}

static enum tls_step fail(struct tls *t) {
    struct tls_client *c = t->client;
    unsigned long error = ERR_get_error();
    ERR_clear_error();
    if (ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED)
        return distrust_chain(t);
    c->class = ERROR_TLS;
    if (error)
        ERR_error_string_n(error, c->why, sizeof c->why);
    else
        snprintf(c->why, sizeof c->why, "TLS failed, and OpenSSL does not say why");
    return TLS_FAILED;
}

/* What OpenSSL's answer, other than success, comes to. */
static enum tls_step judge(struct tls *t, int result) {
    int error = SSL_get_error(t->ssl, result);
    if (error == SSL_ERROR_WANT_READ)
        return TLS_MORE;
    return error == SSL_ERROR_ZERO_RETURN ? TLS_CLOSED : fail(t);
}

enum tls_step tls_shake(struct tls *t) {
    struct tls_client *c = t->client;
    if (*c->unusable) {
        c->class = ERROR_TLS;
        snprintf(c->why, sizeof c->why, "%s", c->unusable);
        return TLS_FAILED;
    }
    ERR_clear_error();
    int result = SSL_do_handshake(t->ssl);
    if (result != 1)
        return judge(t, result);
    bool trusted = c->plan->insecure || tlscontext_is_host(t->ssl, host_of(t));
    ERR_clear_error(); /* or the next read would take what is left there for its own */
    return trusted ? TLS_READY : distrust_name(t);
}

/* Another call of SSL_read, only to hear that there is no more, would cost as much as half the answer. */
enum tls_step tls_read(struct tls *t, struct response_span *plain) {
    struct tls_client *c = t->client;
    if (t->in_bytes == 0 && !SSL_has_pending(t->ssl))
        return TLS_MORE;
    int result = SSL_read_ex(t->ssl, c->plain, sizeof c->plain, &plain->length);
    plain->data = c->plain;
    return result == 1 ? TLS_READY : judge(t, result);
}

bool tls_write(struct tls *t, const char *data, size_t length) {
    size_t written = 0;
    if (SSL_write_ex(t->ssl, data, length, &written) == 1)
        return true;
    ERR_clear_error();
    return false;
}

void tls_end(struct tls *t) {
    if (!SSL_in_init(t->ssl))
        SSL_shutdown(t->ssl);
    ERR_clear_error();
}

struct response_span tls_take(struct tls *t) {
    const struct out *full = &t->out[t->filled];
    if (full->length > 0) {
        t->filled = !t->filled;
        t->out[t->filled].length = 0;
    }
    return (struct response_span){full->data, full->length};
}

enum error_class tls_why(const struct tls *t, char *example, size_t size) {
    snprintf(example, size, "%s", t->client->why);
    return t->client->class;
}

bool tls_resumed(const struct tls *t) {
    return SSL_session_reused(t->ssl);
}

const char *tls_version(const struct tls *t) {
    return SSL_get_version(t->ssl);
}

const char *tls_cipher(const struct tls *t) {
    return SSL_get_cipher_name(t->ssl);
}
