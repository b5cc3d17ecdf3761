/* Binding, and the refusal to be reachable from other machines unless that is wanted. */
#include "endpoint/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096

struct place {
    char host[256];
    char port[6];
};

/* Splits "host:port" or "[host]:port"; without a host it is loopback. */
static int split(const char *where, struct place *out) {
    const char *colon = strrchr(where, ':');
    if (!colon)
        return -1;
    const char *host = where;
    size_t host_bytes = (size_t)(colon - where), digits = strspn(colon + 1, "0123456789");
    if (host_bytes >= 2 && host[0] == '[' && colon[-1] == ']') {
        host++;
        host_bytes -= 2;
    } else if (memchr(where, ':', host_bytes)) {
        return -1;
    }
    if (host_bytes >= sizeof out->host || digits == 0 || digits >= sizeof out->port || colon[1 + digits])
        return -1;
    if (strtol(colon + 1, NULL, 10) > UINT16_MAX)
        return -1;
    memcpy(out->host, host, host_bytes);
    out->host[host_bytes] = '\0';
    if (host_bytes == 0)
        strcpy(out->host, "127.0.0.1");
    memcpy(out->port, colon + 1, digits + 1);
    return 0;
}

/* NULL and err when there is no such address. */
static struct addrinfo *resolve(const char *where, struct err *err) {
    struct place place;
    if (split(where, &place)) {
        err_set(
            err, ERR_USAGE,
            "cannot listen on '%s': give an address and a port, such as 127.0.0.1:8080, [::1]:8080 or :8080",
            where);
        return NULL;
    }
    struct addrinfo *info = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_PASSIVE};
    int failure = getaddrinfo(place.host, place.port, &hints, &info);
    if (!failure)
        return info;
    err_set(err, ERR_USAGE, "cannot listen on '%s': %s", where, gai_strerror(failure));
    return NULL;
}

static bool is_loopback(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
        return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(v6) || (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == IN_LOOPBACKNET);
}

static void format_address(int fd, char out[LISTEN_ADDRESS]) {
    struct sockaddr_storage bound = {0};
    socklen_t length = sizeof bound;
    char host[INET6_ADDRSTRLEN] = "", port[8] = "";
    out[0] = '\0';
    if (getsockname(fd, (struct sockaddr *)&bound, &length))
        return;
    if (getnameinfo((struct sockaddr *)&bound, length, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV))
        return;
    snprintf(out, LISTEN_ADDRESS, bound.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

static int refuse(const char *where, int fd, struct err *err) {
    int reason = errno;
    if (fd >= 0)
        close(fd);
    errno = reason;
    if (reason == EADDRINUSE)
        return err_set(
            err, ERR_INTERNAL,
            "cannot listen on %s: another program listens there already (port 0 takes any free one)", where);
    if (reason == EACCES)
        return err_set(err, ERR_INTERNAL,
                       "cannot listen on %s: this port is for privileged users (take one from 1024 on)",
                       where);
    if (reason == EADDRNOTAVAIL)
        return err_set(err, ERR_USAGE, "cannot listen on %s: this machine has no such address", where);
    return err_set_errno(err, "cannot listen on %s", where);
}

static int bind_and_listen(const char *where, const struct addrinfo *info, struct err *err) {
    int yes = 1;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) ||
        bind(fd, info->ai_addr, info->ai_addrlen) || listen(fd, BACKLOG))
        return refuse(where, fd, err);
    return fd;
}

int listen_open(const char *where, bool open_to_all, char address[LISTEN_ADDRESS], struct err *err) {
    struct addrinfo *info = resolve(where, err);
    if (!info)
        return -1;
    int fd = -1;
    if (!open_to_all && !is_loopback(info->ai_addr))
        err_set(err, ERR_USAGE,
                "refusing to listen on %s, which other machines may reach; --public allows it", where);
    else
        fd = bind_and_listen(where, info, err);
    freeaddrinfo(info);
    if (fd >= 0)
        format_address(fd, address);
    return fd;
}
