/* The run-wide part of a libcurl client: global set-up, one name resolution, the header list. */
#include "http/client.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static int append(struct curl_slist **list, const char *text, struct err *err) {
    struct curl_slist *grown = curl_slist_append(*list, text);
    if (!grown)
        return err_set(err, ERR_INTERNAL, "out of memory");
    *list = grown;
    return 0;
}

static bool has_header(const struct plan *plan, const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < plan->headers.count; i++)
        if (strncasecmp(plan->headers.items[i], name, length) == 0)
            return true;
    return false;
}

static int make_headers(struct client *c, struct err *err) {
    for (size_t i = 0; i < c->plan->headers.count; i++)
        if (append(&c->headers, c->plan->headers.items[i], err))
            return -1;
    /* Waiting for 100-continue would add a pause that the plan did not ask for. */
    if (c->plan->data && !has_header(c->plan, "Expect:"))
        return append(&c->headers, "Expect:", err);
    return 0;
}

static enum error_class class_of_lookup(int code) {
    return code == EAI_SYSTEM && (errno == EMFILE || errno == ENFILE) ? ERROR_TOO_MANY_FILES : ERROR_DNS;
}

/* "a b" of the addresses into the facts, "host:port:a,b" into resolve. */
static int keep_addresses(struct client *c, const struct addrinfo *found, struct err *err) {
    struct buf resolve, shown;
    buf_init(&resolve, 4096);
    buf_init(&shown, RECORDING_ADDRESSES - 1);
    buf_printf(&resolve, "%s:%s:", c->target.host, c->target.port);
    for (const struct addrinfo *a = found; a; a = a->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST))
            continue;
        c->address_count++;
        bool bracket = a->ai_family == AF_INET6;
        buf_printf(&resolve, "%s%s%s%s", a == found ? "" : ",", bracket ? "[" : "", text, bracket ? "]" : "");
        if (shown.length + strlen(text) + 1 < shown.limit)
            buf_printf(&shown, "%s%s", a == found ? "" : " ", text);
    }
    snprintf(c->recording->facts->addresses, RECORDING_ADDRESSES, "%s", buf_text(&shown));
    int failed = resolve.failed ? err_set(err, ERR_INTERNAL, "%s has too many addresses", c->target.host) : 0;
    if (!failed && !c->target.literal)
        failed = append(&c->resolve, buf_text(&resolve), err);
    buf_fini(&resolve);
    buf_fini(&shown);
    return failed;
}

static int resolve_host(struct client *c, enum error_class *class, struct err *err) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (c->plan->ipv4_only)
        hints.ai_family = AF_INET;
    if (c->plan->ipv6_only)
        hints.ai_family = AF_INET6;
    int code = getaddrinfo(c->target.host, c->target.port, &hints, &found);
    if (code) {
        *class = class_of_lookup(code);
        return err_set(err, ERR_INTERNAL, "cannot resolve %s: %s", c->target.host, gai_strerror(code));
    }
    int failed = keep_addresses(c, found, err);
    freeaddrinfo(found);
    return failed;
}

int client_open(struct client *c, const struct plan *plan, struct recording *recording,
                enum error_class *class, struct err *err) {
    *c = (struct client){.plan = plan, .recording = recording};
    *class = ERROR_OTHER;
    if (curl_global_init(CURL_GLOBAL_DEFAULT))
        return err_set(err, ERR_INTERNAL, "libcurl cannot be initialised");
    template_expand(plan->url_template, 0, c->first_url);
    if (target_parse(c->first_url, &c->target, err) || make_headers(c, err) || resolve_host(c, class, err)) {
        client_close(c);
        return -1;
    }
    return 0;
}

void client_close(struct client *c) {
    curl_slist_free_all(c->headers);
    curl_slist_free_all(c->resolve);
    curl_global_cleanup();
    *c = (struct client){0};
}
