/* From the texts that http/client keeps to what connect() takes. */
#include "wire/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "http/route.h"

static void set_local(struct address *a, const char *path) {
    a->local.sun_family = AF_UNIX;
    memcpy(a->local.sun_path, path, strlen(path) + 1);
    a->length = sizeof a->local;
}

static int read_address(struct address *a, const char *text, size_t length, const char *port,
                        struct err *err) {
    char copy[NI_MAXHOST];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    snprintf(copy, sizeof copy, "%.*s", (int)length, text);
    if (getaddrinfo(copy, port, &hints, &found))
        return err_set(err, ERR_INTERNAL, "%.100s port %.10s is no address", copy, port);
    memcpy(&a->any, found->ai_addr, found->ai_addrlen);
    a->length = found->ai_addrlen;
    freeaddrinfo(found);
    return 0;
}

int addresses_init(struct addresses *a, const struct client *c, size_t host, struct err *err) {
    const struct client_host *from = &c->hosts[host];
    struct route route;
    *a = (struct addresses){0};
    if (from->failure)
        return 0;
    route_find(c->plan, &c->plan->targets[host], &route);
    if (route.count == 0) {
        a->items = memory_zalloc(1, sizeof *a->items);
        a->count = 1;
        set_local(a->items, c->plan->unix_socket);
        return 0;
    }
    a->items = memory_zalloc(from->address_count, sizeof *a->items);
    const char *at = from->addresses;
    while (*at) {
        size_t bracket = *at == '[', length = strcspn(at + bracket, bracket ? "]" : ",");
        if (read_address(&a->items[a->count++], at + bracket, length, route.places[0].port, err)) {
            addresses_fini(a);
            return -1;
        }
        at += length + 2 * bracket;
        at += *at == ',';
    }
    return 0;
}

void addresses_fini(struct addresses *a) {
    free(a->items);
    *a = (struct addresses){0};
}

int address_socket(const struct sockaddr *to, int flags) {
    int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), one = 1;
    if (fd >= 0 && to->sa_family != AF_UNIX)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

int address_port(const struct address *a) {
    if (a->any.sa_family == AF_INET)
        return ntohs(a->v4.sin_port);
    return a->any.sa_family == AF_INET6 ? ntohs(a->v6.sin6_port) : 0;
}

void address_show(const struct address *a, char *out, size_t size) {
    if (a->any.sa_family == AF_UNIX)
        snprintf(out, size, "%s", a->local.sun_path);
    else if (getnameinfo(&a->any, a->length, out, (socklen_t)size, NULL, 0, NI_NUMERICHOST))
        out[0] = '\0';
}
