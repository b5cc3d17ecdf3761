/* The run-wide part of a libcurl client: global set-up, one name resolution, the header list. */
#include "http/client.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

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

/* "a b" of the addresses into shown, "host:port:a,b" into the host's entry. */
static int keep_addresses(struct client_host *host, const struct target *target, const struct addrinfo *found,
                          struct buf *shown, struct err *err) {
    struct buf resolve;
    buf_init(&resolve, 4096);
    buf_printf(&resolve, "%s:%s:", target->host, target->port);
    for (const struct addrinfo *a = found; a; a = a->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST))
            continue;
        host->address_count++;
        bool bracket = a->ai_family == AF_INET6;
        buf_printf(&resolve, "%s%s%s%s", a == found ? "" : ",", bracket ? "[" : "", text, bracket ? "]" : "");
        if (shown->length + strlen(text) + 1 < shown->limit)
            buf_printf(shown, "%s%s", a == found ? "" : " ", text);
    }
    int failed = resolve.failed ? err_set(err, ERR_INTERNAL, "%s has too many addresses", target->host) : 0;
    if (!failed && !target->literal)
        failed = append(&host->resolve, buf_text(&resolve), err);
    buf_fini(&resolve);
    return failed;
}

static int look_up(const struct client *c, size_t index, struct buf *shown, struct err *err) {
    const struct target *target = &c->plan->targets[index];
    struct client_host *host = &c->hosts[index];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (c->plan->ipv4_only)
        hints.ai_family = AF_INET;
    if (c->plan->ipv6_only)
        hints.ai_family = AF_INET6;
    int code = getaddrinfo(target->host, target->port, &hints, &found);
    if (code) {
        host->failure = class_of_lookup(code);
        snprintf(host->why, sizeof host->why, "cannot resolve %.140s: %s", target->host, gai_strerror(code));
        return 0;
    }
    int failed = keep_addresses(host, target, found, shown, err);
    freeaddrinfo(found);
    return failed;
}

/* Everything that requests need to know of where they lead. The addresses shown are the first host's. */
static int look_up_all(struct client *c, enum error_class *class, struct err *err) {
    size_t count = c->plan->target_count, missing = 0;
    struct buf shown;
    buf_init(&shown, RECORDING_ADDRESSES - 1);
    int failed = 0;
    for (size_t i = 0; i < count && !failed; i++) {
        failed = look_up(c, i, &shown, err);
        missing += c->hosts[i].failure != ERROR_NONE;
        if (c->hosts[i].address_count > c->most_addresses)
            c->most_addresses = c->hosts[i].address_count;
        if (i == 0)
            snprintf(c->recording->facts->addresses, RECORDING_ADDRESSES, "%s", buf_text(&shown));
        buf_clear(&shown);
    }
    buf_fini(&shown);
    if (failed || missing < count)
        return failed;
    *class = c->hosts[0].failure;
    return err_set(err, ERR_INTERNAL, "%s", c->hosts[0].why);
}

int client_open(struct client *c, const struct plan *plan, struct recording *recording,
                enum error_class *class, struct err *err) {
    *c = (struct client){.plan = plan, .recording = recording};
    *class = ERROR_OTHER;
    if (curl_global_init(CURL_GLOBAL_DEFAULT))
        return err_set(err, ERR_INTERNAL, "libcurl cannot be initialised");
    c->hosts = memory_zalloc(plan->target_count, sizeof *c->hosts);
    lines_prefault(&plan->urls.lines);
    urls_expand(&plan->urls, 0, c->first_url);
    if (make_headers(c, err) || look_up_all(c, class, err)) {
        client_close(c);
        return -1;
    }
    return 0;
}

void client_close(struct client *c) {
    curl_slist_free_all(c->headers);
    for (size_t i = 0; i < c->plan->target_count; i++)
        curl_slist_free_all(c->hosts[i].resolve);
    free(c->hosts);
    curl_global_cleanup();
    *c = (struct client){0};
}
