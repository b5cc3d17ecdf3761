/* curl's options from the plan's. */
#include "http/setup.h"

#include <string.h>

#include "http/authorities.h"

#define MOST_REDIRECTS 50L /* of one request, as in curl */

static unsigned set_request(CURL *e, const struct client *c) {
    unsigned bad = 0;
    const struct plan *plan = c->plan;
    if (plan->data) {
        bad |= curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)plan->data_bytes);
        bad |= curl_easy_setopt(e, CURLOPT_POSTFIELDS, plan->data);
    }
    if (strcmp(plan->method, "HEAD") == 0)
        bad |= curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
    else if (strcmp(plan->method, plan->data ? "POST" : "GET") != 0)
        bad |= curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, plan->method);
    bad |= curl_easy_setopt(e, CURLOPT_USERAGENT, plan->user_agent);
    if (c->headers)
        bad |= curl_easy_setopt(e, CURLOPT_HTTPHEADER, c->headers);
    if (plan->user)
        bad |= curl_easy_setopt(e, CURLOPT_USERPWD, plan->user);
    if (plan->compressed)
        bad |= curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, ""); /* all that it knows */
    if (plan->location) {
        bad |= curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 1L);
        bad |= curl_easy_setopt(e, CURLOPT_MAXREDIRS, MOST_REDIRECTS);
        bad |= curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    }
    return bad;
}

/* With several streams on a connection, a request waits to learn whether the one being made can carry it too,
 * rather than make its own. */
static unsigned set_version(CURL *e, const struct plan *plan) {
    if (!plan->http2)
        return curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    unsigned bad = curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2_0);
    return plan->no_keepalive ? bad : bad | curl_easy_setopt(e, CURLOPT_PIPEWAIT, 1L);
}

/* What is said of trust holds for a proxy spoken to by TLS as well: there is one --cacert and one -k. */
static unsigned set_trust(CURL *e, const struct client *c) {
    const struct plan *plan = c->plan;
    unsigned bad = authorities_apply(e, c->authorities);
    if (plan->insecure) {
        bad |= curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L);
        bad |= curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L);
        bad |= curl_easy_setopt(e, CURLOPT_PROXY_SSL_VERIFYPEER, 0L);
        bad |= curl_easy_setopt(e, CURLOPT_PROXY_SSL_VERIFYHOST, 0L);
    }
    if (plan->cert) {
        bad |= curl_easy_setopt(e, CURLOPT_SSLCERT, plan->cert);
        bad |= curl_easy_setopt(e, CURLOPT_KEYPASSWD, plan->cert_password);
    }
    if (plan->key)
        bad |= curl_easy_setopt(e, CURLOPT_SSLKEY, plan->key);
    return bad;
}

/* The environment's proxies are not in the plan. A proxy's answer to CONNECT is none of the target's. */
static unsigned set_proxy(CURL *e, const struct plan *plan) {
    if (!plan->proxy)
        return curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
    unsigned bad = curl_easy_setopt(e, CURLOPT_PROXY, plan->proxy);
    bad |= curl_easy_setopt(e, CURLOPT_NOPROXY, "");
    return bad | curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static unsigned set_names(CURL *e, const struct client *c) {
    unsigned bad = 0;
    const struct plan *plan = c->plan;
    if (plan->ipv4_only)
        bad |= curl_easy_setopt(e, CURLOPT_IPRESOLVE, (long)CURL_IPRESOLVE_V4);
    if (plan->ipv6_only)
        bad |= curl_easy_setopt(e, CURLOPT_IPRESOLVE, (long)CURL_IPRESOLVE_V6);
    if (c->connect_to)
        bad |= curl_easy_setopt(e, CURLOPT_CONNECT_TO, c->connect_to);
    if (plan->unix_socket)
        bad |= curl_easy_setopt(e, CURLOPT_UNIX_SOCKET_PATH, plan->unix_socket);
    if (plan_resolves_each(plan))
        bad |= curl_easy_setopt(e, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    return bad;
}

static unsigned set_connection(CURL *e, const struct client *c) {
    unsigned bad = 0;
    const struct plan *plan = c->plan;
    bad |= curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    bad |= curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    if (c->host_count > 1)
        bad |= curl_easy_setopt(e, CURLOPT_MAXCONNECTS, (long)plan_connections(plan));
    bad |= set_version(e, plan) | set_trust(e, c) | set_proxy(e, plan) | set_names(e, c);
    if (plan->no_keepalive) {
        bad |= curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
        bad |= curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L);
    }
    return bad;
}

unsigned setup_apply(CURL *easy, const struct client *c) {
    return set_request(easy, c) | set_connection(easy, c);
}
