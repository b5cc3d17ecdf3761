/* curl's four ways of going elsewhere. What libcurl would silently take for something else is refused. */
#include "http/route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/un.h>

/* A part of an option's value. */
struct piece {
    const char *text;
    size_t length;
};

static struct piece up_to(const char *text, const char *stop) {
    return (struct piece){text, stop ? (size_t)(stop - text) : strlen(text)};
}

static bool is_empty(struct piece p) {
    return p.length == 0;
}

/* The number from 1 to 65535 that it is, or 0. */
static int port_of(struct piece p) {
    int port = 0;
    for (size_t i = 0; i < p.length; i++) {
        if (p.text[i] < '0' || p.text[i] > '9')
            return 0;
        port = 10 * port + (p.text[i] - '0');
        if (port > 65535)
            return 0;
    }
    return port;
}

static bool is_port(struct piece p) {
    return port_of(p) > 0;
}

static bool same_port(struct piece p, const char *port) {
    return port_of(p) == port_of(up_to(port, NULL));
}

static struct piece without_brackets(struct piece p) {
    bool bracketed = p.length >= 2 && p.text[0] == '[' && p.text[p.length - 1] == ']';
    return bracketed ? (struct piece){p.text + 1, p.length - 2} : p;
}

static bool is_address(struct piece p) {
    char text[INET6_ADDRSTRLEN];
    p = without_brackets(p);
    if (p.length >= sizeof text)
        return false;
    memcpy(text, p.text, p.length);
    text[p.length] = '\0';
    return target_is_address(text);
}

static bool equals(struct piece p, const char *text) {
    return p.length == strlen(text) && strncasecmp(p.text, text, p.length) == 0;
}

static void copy(struct piece p, char *out, size_t size) {
    size_t length = p.length < size ? p.length : size - 1;
    memcpy(out, p.text, length);
    out[length] = '\0';
}

/* --resolve [+]HOST:PORT:ADDRESS[,ADDRESS...] or -HOST:PORT */
struct override {
    struct piece host, port;
    const char *addresses; /* NULL: forget what an earlier one gave */
};

static bool addresses_are_good(const char *list) {
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (!is_address(up_to(at, strchr(at, ','))))
            return false;
    return true;
}

static bool read_override(const char *text, struct override *out) {
    bool removes = *text == '-';
    text += removes || *text == '+';
    const char *colon = strchr(text, ':');
    if (!colon || colon == text)
        return false;
    const char *second = strchr(colon + 1, ':');
    *out = (struct override){.host = up_to(text, colon), .port = up_to(colon + 1, second)};
    if (!is_port(out->port) || removes != !second)
        return false;
    out->addresses = second ? second + 1 : NULL;
    return removes || addresses_are_good(out->addresses);
}

static const char *given_as(const struct plan *plan, const char *host, const char *port) {
    const char *addresses = NULL;
    struct override o;
    for (size_t i = 0; i < plan->resolve.count; i++)
        if (read_override(plan->resolve.items[i], &o) && equals(o.host, host) && same_port(o.port, port))
            addresses = o.addresses;
    return addresses;
}

const char *route_given(const struct plan *plan, const struct target *place) {
    const char *exact = given_as(plan, place->host, place->port);
    return exact ? exact : given_as(plan, "*", place->port);
}

/* --connect-to HOST1:PORT1:HOST2:PORT2, any part of which may be empty; IPv6 addresses are in brackets. */
struct detour {
    struct piece from_host, from_port, to_host, to_port;
};

static bool take_host(const char **at, struct piece *out) {
    const char *end = **at == '[' ? strchr(*at, ']') : *at;
    const char *colon = end ? strchr(end, ':') : NULL;
    if (!colon || (**at == '[' && colon != end + 1))
        return false;
    *out = without_brackets(up_to(*at, colon));
    *at = colon + 1;
    return true;
}

static bool read_detour(const char *text, struct detour *out) {
    if (!take_host(&text, &out->from_host))
        return false;
    const char *colon = strchr(text, ':');
    if (!colon)
        return false;
    out->from_port = up_to(text, colon);
    text = colon + 1;
    if (!take_host(&text, &out->to_host))
        return false;
    out->to_port = up_to(text, NULL);
    return (is_empty(out->from_port) || is_port(out->from_port)) &&
           (is_empty(out->to_port) || is_port(out->to_port));
}

static bool applies(const struct detour *d, const struct target *target) {
    return (is_empty(d->from_host) || equals(d->from_host, target->host)) &&
           (is_empty(d->from_port) || same_port(d->from_port, target->port));
}

/* The first that applies decides, unless it says nothing. */
static void follow_detours(const struct plan *plan, struct target *place) {
    struct detour d;
    for (size_t i = 0; i < plan->connect_to.count; i++) {
        if (!read_detour(plan->connect_to.items[i], &d) || !applies(&d, place))
            continue;
        if (!is_empty(d.to_host))
            copy(d.to_host, place->host, sizeof place->host);
        if (!is_empty(d.to_port))
            snprintf(place->port, sizeof place->port, "%d", port_of(d.to_port));
        place->literal = target_is_address(place->host);
        if (!is_empty(d.to_host) || !is_empty(d.to_port))
            return;
    }
}

/* Schemes of --proxy; SOCKS 4 and 5 without a letter leave the looking up of the target to the client. */
static const struct {
    const char *scheme, *port;
    bool wants_address;
} proxies[] = {
    {"http", "1080", false},    {"https", "443", false},    {"socks", "1080", true},
    {"socks4", "1080", true},   {"socks4a", "1080", false}, {"socks5", "1080", true},
    {"socks5h", "1080", false},
};
#define PROXIES (sizeof proxies / sizeof proxies[0])

static size_t proxy_row(const char *scheme) {
    size_t row = 0;
    while (row < PROXIES && strcmp(proxies[row].scheme, scheme) != 0)
        row++;
    return row;
}

/* The proxy's place; its row of the table in *row. */
static int read_proxy(const char *text, struct target *out, size_t *row, struct err *err) {
    if (target_parse_proxy(text, out))
        return err_set(err, ERR_USAGE, "--proxy takes a URL such as http://HOST:PORT, which this is not");
    *row = proxy_row(out->scheme);
    if (*row == PROXIES)
        return err_set(err, ERR_USAGE,
                       "--proxy takes an http, https, socks4, socks4a, socks5 or socks5h URL, not %s://",
                       out->scheme);
    if (!*out->port)
        copy((struct piece){proxies[*row].port, strlen(proxies[*row].port)}, out->port, sizeof out->port);
    return 0;
}

static int check_socket(const char *path, struct err *err) {
    struct stat info;
    struct sockaddr_un address;
    if (strlen(path) >= sizeof address.sun_path)
        return err_set(err, ERR_USAGE, "--unix-socket takes a path of at most %zu bytes",
                       sizeof address.sun_path - 1);
    if (stat(path, &info))
        return err_set(err, ERR_USAGE, "--unix-socket %.120s cannot be used: %s", path, strerror(errno));
    if (!S_ISSOCK(info.st_mode))
        return err_set(err, ERR_USAGE, "--unix-socket %.120s is no socket", path);
    return 0;
}

static int check_lists(const struct plan *plan, struct err *err) {
    struct override o;
    struct detour d;
    for (size_t i = 0; i < plan->resolve.count; i++)
        if (!read_override(plan->resolve.items[i], &o))
            return err_set(err, ERR_USAGE,
                           "--resolve takes HOST:PORT:ADDRESS[,ADDRESS] or -HOST:PORT, not \"%.100s\"",
                           plan->resolve.items[i]);
    for (size_t i = 0; i < plan->connect_to.count; i++)
        if (!read_detour(plan->connect_to.items[i], &d))
            return err_set(err, ERR_USAGE,
                           "--connect-to takes HOST1:PORT1:HOST2:PORT2, parts of which may be empty, not "
                           "\"%.100s\"",
                           plan->connect_to.items[i]);
    return 0;
}

int route_check(const struct plan *plan, struct err *err) {
    struct target proxy;
    size_t row = 0;
    if (plan->unix_socket && plan->proxy)
        return err_set(err, ERR_USAGE, "--unix-socket and --proxy exclude each other");
    if (plan->unix_socket && check_socket(plan->unix_socket, err))
        return -1;
    if (plan->proxy && read_proxy(plan->proxy, &proxy, &row, err))
        return -1;
    return check_lists(plan, err);
}

static void add_place(struct route *route, const struct target *place) {
    route->places[route->count] = *place;
    route->places[route->count++].scheme[0] = '\0';
}

void route_find(const struct plan *plan, const struct target *target, struct route *out) {
    struct target proxy, place = *target;
    size_t row = 0;
    *out = (struct route){0};
    if (plan->unix_socket)
        return;
    follow_detours(plan, &place);
    if (plan->proxy && read_proxy(plan->proxy, &proxy, &row, NULL) == 0)
        add_place(out, &proxy);
    if (!plan->proxy || proxies[row].wants_address)
        add_place(out, &place);
}
