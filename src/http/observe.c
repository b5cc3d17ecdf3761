/* Fills the target's facts once per run, by whoever's answer comes first. */
#include "http/observe.h"

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static int version_number_of(const char *line, size_t length) {
    if (length >= 8 && strncmp(line, "HTTP/1.", 7) == 0)
        return line[7] == '0' ? 10 : 11;
    if (length >= 6 && strncmp(line, "HTTP/2", 6) == 0)
        return 20;
    return length >= 6 && strncmp(line, "HTTP/3", 6) == 0 ? 30 : 0;
}

static bool is_interim(const char *line, size_t length) {
    const char *space = memchr(line, ' ', length);
    return space && space + 1 < line + length && space[1] == '1';
}

/* The connection's, while it is known; NULL without. */
static const SSL *tls_of(CURL *easy) {
    struct curl_tlssessioninfo *info = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &info) != CURLE_OK || !info ||
        info->backend != CURLSSLBACKEND_OPENSSL)
        return NULL;
    return info->internals;
}

bool observe_resumed(CURL *easy) {
    long made = 0;
    if (curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &made) != CURLE_OK || made == 0)
        return false;
    const SSL *tls = tls_of(easy);
    return tls && SSL_session_reused(tls);
}

static void observe_connection(struct run_facts *f, CURL *easy) {
    char *address = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address) == CURLE_OK && address)
        snprintf(f->primary_address, sizeof f->primary_address, "%s", address);
    const SSL *tls = tls_of(easy);
    if (!tls)
        return;
    snprintf(f->tls_version, sizeof f->tls_version, "%s", SSL_get_version(tls));
    snprintf(f->tls_cipher, sizeof f->tls_cipher, "%s", SSL_get_cipher_name(tls));
}

static void observe_server(struct run_facts *f, const char *line, size_t length) {
    if (length < 7 || strncasecmp(line, "server:", 7) != 0)
        return;
    const char *value = line + 7, *end = line + length;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' '))
        end--;
    snprintf(f->server_header, sizeof f->server_header, "%.*s", (int)(end - value), value);
}

void observe_header(const struct client *c, CURL *easy, size_t slot, const char *line, size_t length) {
    struct run_facts *f = c->recording->facts;
    if (observe_is_done(c))
        return;
    int version = version_number_of(line, length);
    if (version && is_interim(line, length))
        return;
    if (version) {
        int expected = OBSERVE_NOTHING;
        if (!atomic_compare_exchange_strong(&f->observed, &expected, OBSERVE_HEADERS))
            return;
        f->observer_plus_1 = slot + 1;
        f->http_version = version;
        observe_connection(f, easy);
        return;
    }
    if (f->observer_plus_1 != slot + 1)
        return;
    observe_server(f, line, length);
    if (length <= 2)
        atomic_store(&f->observed, OBSERVE_DONE);
}

void observe_answer(const struct client *c, int http_version, const char *server, const char *address,
                    const char *tls_version, const char *tls_cipher) {
    struct run_facts *f = c->recording->facts;
    int expected = OBSERVE_NOTHING;
    if (!atomic_compare_exchange_strong(&f->observed, &expected, OBSERVE_HEADERS))
        return;
    f->http_version = http_version;
    snprintf(f->server_header, sizeof f->server_header, "%s", server);
    snprintf(f->primary_address, sizeof f->primary_address, "%s", address);
    snprintf(f->tls_version, sizeof f->tls_version, "%s", tls_version);
    snprintf(f->tls_cipher, sizeof f->tls_cipher, "%s", tls_cipher);
    atomic_store(&f->observed, OBSERVE_DONE);
}
