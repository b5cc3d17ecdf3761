/* The run-wide part of a libcurl client: global set-up, the resolving of names, the header list. */
#include "http/client.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/memory.h"
#include "http/authorities.h"
#include "http/route.h"
#include "http/save.h"

static int append(struct curl_slist **list, const char *text, struct err *err) {
    struct curl_slist *grown = curl_slist_append(*list, text);
    if (!grown)
        return err_set(err, ERR_INTERNAL, "out of memory");
    *list = grown;
    return 0;
}

static int make_headers(struct client *c, struct err *err) {
    for (size_t i = 0; i < c->plan->headers.count; i++)
        if (append(&c->headers, c->plan->headers.items[i], err))
            return -1;
    /* Waiting for 100-continue would add a pause that the plan did not ask for. */
    if (c->plan->data && !plan_has_header(c->plan, "Expect"))
        return append(&c->headers, "Expect:", err);
    return 0;
}

static enum error_class class_of_lookup(int code) {
    return code == EAI_SYSTEM && (errno == EMFILE || errno == ENFILE) ? ERROR_TOO_MANY_FILES : ERROR_DNS;
}

static void show(struct buf *shown, const char *address, size_t length) {
    if (shown->length + length + 1 < shown->limit)
        buf_printf(shown, "%s%.*s", shown->length ? " " : "", (int)length, address);
}

static void keep(struct client_host *host, const char *addresses) {
    free(host->addresses);
    host->addresses = memory_strdup(addresses);
}

/* "a b" of the addresses into shown, "a,b" into the host's, "host:port:a,b" into its list. */
static int keep_addresses(struct client_host *host, const struct target *place, const struct addrinfo *found,
                          struct buf *shown, struct err *err) {
    struct buf resolve;
    buf_init(&resolve, 4096);
    buf_printf(&resolve, "%s:%s:", place->host, place->port);
    size_t prefix = resolve.length;
    for (const struct addrinfo *a = found; a; a = a->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST))
            continue;
        host->address_count++;
        bool bracket = a->ai_family == AF_INET6;
        buf_printf(&resolve, "%s%s%s%s", a == found ? "" : ",", bracket ? "[" : "", text, bracket ? "]" : "");
        show(shown, text, strlen(text));
    }
    int failed = resolve.failed ? err_set(err, ERR_INTERNAL, "%s has too many addresses", place->host) : 0;
    keep(host, buf_text(&resolve) + prefix);
    if (!failed && !place->literal)
        failed = append(&host->resolve, buf_text(&resolve), err);
    buf_fini(&resolve);
    return failed;
}

static int look_up(const struct plan *plan, const struct target *place, struct client_host *host,
                   struct buf *shown, struct err *err) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (plan->ipv4_only)
        hints.ai_family = AF_INET;
    if (plan->ipv6_only)
        hints.ai_family = AF_INET6;
    int code = getaddrinfo(place->host, place->port, &hints, &found);
    if (code) {
        host->failure = class_of_lookup(code);
        snprintf(host->why, sizeof host->why, "cannot resolve %.140s: %s", place->host, gai_strerror(code));
        return 0;
    }
    int failed = keep_addresses(host, place, found, shown, err);
    freeaddrinfo(found);
    return failed;
}

/* What --resolve gave is told to libcurl in its own words. */
static void take_given(struct client_host *host, const char *given, struct buf *shown) {
    keep(host, given);
    while (*given) {
        size_t bracket = *given == '[', length = strcspn(given + bracket, bracket ? "]" : ",");
        show(shown, given + bracket, length);
        host->address_count++;
        given += length + 2 * bracket;
        given += *given == ',';
    }
}

static int know_place(struct client *c, const struct target *place, struct client_host *host,
                      struct buf *shown, struct err *err) {
    const char *given = route_given(c->plan, place);
    if (given)
        take_given(host, given, shown);
    else if (place->literal || !plan_resolves_each(c->plan))
        return look_up(c->plan, place, host, shown, err);
    else
        c->resolves_each = true;
    return 0;
}

/* libcurl is given --resolve's words but for the plus, by which an address would be looked up anew after a
 * minute: names are resolved once, or each time. */
static int tell_overrides(const struct plan *plan, struct client_host *host, struct err *err) {
    for (size_t i = 0; i < plan->resolve.count; i++) {
        const char *text = plan->resolve.items[i];
        if (append(&host->resolve, text + (*text == '+'), err))
            return -1;
    }
    return 0;
}

/* Behind a proxy, say, all hosts have the first one's places. */
static bool same_places(const struct route *a, const struct route *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = strcmp(a->places[i].host, b->places[i].host) == 0 &&
               strcmp(a->places[i].port, b->places[i].port) == 0;
    return same;
}

static int know_host(struct client *c, size_t index, struct buf *shown, struct err *err) {
    struct route first, route;
    struct client_host *host = &c->hosts[index];
    route_find(c->plan, &c->plan->targets[c->first_host], &first);
    route_find(c->plan, &c->plan->targets[index], &route);
    if (index > c->first_host && same_places(&first, &route)) {
        *host = c->hosts[c->first_host];
        host->shares = true;
        return 0;
    }
    int failed = tell_overrides(c->plan, host, err);
    for (size_t i = 0; i < route.count && !failed && !host->failure; i++)
        failed = know_place(c, &route.places[i], host, shown, err);
    return failed;
}

/* Everything that requests need to know of where they lead. The addresses shown are the first host's. */
static int know_hosts(struct client *c, enum error_class *class, struct err *err) {
    size_t first = c->first_host, missing = 0;
    struct buf shown;
    buf_init(&shown, RECORDING_ADDRESSES - 1);
    int failed = 0;
    for (size_t i = first; i < first + c->host_count && !failed; i++) {
        failed = know_host(c, i, &shown, err);
        missing += c->hosts[i].failure != ERROR_NONE;
        if (c->hosts[i].address_count > c->most_addresses)
            c->most_addresses = c->hosts[i].address_count;
        if (i == first)
            snprintf(c->recording->facts->addresses, RECORDING_ADDRESSES, "%s", buf_text(&shown));
        buf_clear(&shown);
    }
    buf_fini(&shown);
    if (failed || missing < c->host_count)
        return failed;
    *class = c->hosts[first].failure;
    return err_set(err, ERR_INTERNAL, "%s", c->hosts[first].why);
}

static int make_detours(struct client *c, struct err *err) {
    for (size_t i = 0; i < c->plan->connect_to.count; i++)
        if (append(&c->connect_to, c->plan->connect_to.items[i], err))
            return -1;
    return 0;
}

static int open_folder(struct client *c, struct err *err) {
    if (c->plan->save)
        c->save_folder = save_open_folder(c->plan->save, err);
    return c->plan->save && c->save_folder < 0 ? -1 : 0;
}

int client_open(struct client *c, const struct plan *plan, const struct plan_entry *entry,
                struct recording *recording, enum error_class *class, struct err *err) {
    *c = (struct client){.plan = plan,
                         .urls = entry->urls,
                         .uses_tls = plan_uses_tls(plan),
                         .recording = recording,
                         .first_host = entry->ceiling ? plan->target_count : 0,
                         .host_count = entry->ceiling ? 1 : plan->target_count,
                         .work = entry->work,
                         .save_folder = -1};
    *class = ERROR_OTHER;
    if (curl_global_init(CURL_GLOBAL_DEFAULT))
        return err_set(err, ERR_INTERNAL, "libcurl cannot be initialised");
    c->hosts = memory_zalloc(plan->target_count + 1, sizeof *c->hosts);
    lines_prefault(&c->urls->lines);
    urls_expand(c->urls, 0, c->first_url);
    if (open_folder(c, err) || authorities_open(&c->authorities, plan, err) || make_headers(c, err) ||
        make_detours(c, err) || know_hosts(c, class, err)) {
        client_close(c);
        return -1;
    }
    return 0;
}

void client_close(struct client *c) {
    curl_slist_free_all(c->headers);
    curl_slist_free_all(c->connect_to);
    for (size_t i = 0; i <= c->plan->target_count; i++)
        if (!c->hosts[i].shares) {
            curl_slist_free_all(c->hosts[i].resolve);
            free(c->hosts[i].addresses);
        }
    free(c->hosts);
    X509_STORE_free(c->authorities);
    if (c->save_folder >= 0)
        close(c->save_folder);
    curl_global_cleanup();
    *c = (struct client){.save_folder = -1};
}
