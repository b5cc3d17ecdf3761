/* Asking sock_diag, one dump per port and family. */
#include "run/quiet.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/route.h"
#include "run/interrupt.h"

#define FIRST_LOOK_NS INT64_C(1000000)
#define MOST_LOOK_NS INT64_C(50000000)
#define PATIENCE_S 1          /* for an answer that the kernel gives at once */
#define REPLY_BYTES (1 << 16) /* more than the kernel puts into one message */
#define LIVE (~(1U << TCP_TIME_WAIT | 1U << TCP_LISTEN | 1U << TCP_CLOSE))
#define CLOSED (1U << TCP_TIME_WAIT)

void quiet_open(struct quiet *q) {
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    *q = (struct quiet){.socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)};
    if (q->socket >= 0)
        setsockopt(q->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

static void give_up(struct quiet *q) {
    if (q->socket >= 0)
        close(q->socket);
    q->socket = -1;
}

void quiet_close(struct quiet *q) {
    give_up(q);
}

static struct in6_addr mapped(struct in_addr v4) {
    struct in6_addr address = {.s6_addr = {[10] = 0xFF, [11] = 0xFF}};
    memcpy(&address.s6_addr[12], &v4, sizeof v4);
    return address;
}

int quiet_add_place(struct quiet *q, const char *address, const char *port) {
    struct quiet_place place = {.port = htons((uint16_t)strtoul(port, NULL, 10))};
    struct in_addr v4;
    if (q->place_count == QUIET_PLACES)
        return -1;
    if (inet_pton(AF_INET, address, &v4) == 1)
        place.address = mapped(v4);
    else if (inet_pton(AF_INET6, address, &place.address) != 1)
        return -1;
    q->places[q->place_count++] = place;
    return 0;
}

/* The words of a text that another process wrote, parted by blanks, as addresses. */
static void add_found(struct quiet *q, const char *found, size_t size, const char *port) {
    char text[RECORDING_ADDRESSES + 1] = "", *rest = NULL;
    memcpy(text, found, size < RECORDING_ADDRESSES ? size : RECORDING_ADDRESSES);
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        quiet_add_place(q, word, port);
}

void quiet_set_places(struct quiet *q, const struct plan *plan, const struct plan_entry *entry,
                      const struct run_facts *facts) {
    size_t first = entry->ceiling ? plan->target_count : 0;
    size_t end = entry->ceiling ? first + 1 : plan->target_count;
    q->place_count = 0;
    for (size_t i = first; i < end && q->place_count < QUIET_PLACES; i++) {
        struct route route;
        route_find(plan, &plan->targets[i], &route);
        for (size_t j = 0; j < route.count; j++) {
            const struct target *place = &route.places[j];
            if (place->literal)
                quiet_add_place(q, place->host, place->port);
            else if (i == 0) /* only the first host's are told */
                add_found(q, facts->addresses, sizeof facts->addresses, place->port);
        }
    }
}

static int ask(const struct quiet *q, unsigned states, int family, in_port_t port) {
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 body;
    } request = {.head = {.nlmsg_len = sizeof request,
                          .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                          .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
                 .body = {.sdiag_family = (uint8_t)family,
                          .sdiag_protocol = IPPROTO_TCP,
                          .idiag_states = states,
                          .id.idiag_dport = port}};
    return send(q->socket, &request, sizeof request, 0) == (ssize_t)sizeof request ? 0 : -1;
}

static bool is_to_a_place(const struct quiet *q, const struct inet_diag_msg *m) {
    struct in6_addr address;
    struct in_addr v4;
    memcpy(&v4, m->id.idiag_dst, sizeof v4);
    memcpy(&address, m->id.idiag_dst, sizeof address);
    if (m->idiag_family == AF_INET)
        address = mapped(v4);
    for (size_t i = 0; i < q->place_count; i++)
        if (q->places[i].port == m->id.idiag_dport &&
            memcmp(&q->places[i].address, &address, sizeof address) == 0)
            return true;
    return false;
}

/* Counts one packet of the answer. 1 when there are more, 0 after the last, -1 when it is refused. */
static int count_packet(const struct quiet *q, const struct nlmsghdr *m, unsigned left, int64_t *count) {
    for (; NLMSG_OK(m, left); m = NLMSG_NEXT(m, left)) {
        if (m->nlmsg_type == NLMSG_DONE)
            return 0;
        if (m->nlmsg_type == NLMSG_ERROR)
            return -1;
        if (m->nlmsg_type == SOCK_DIAG_BY_FAMILY &&
            m->nlmsg_len >= NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
            *count += is_to_a_place(q, NLMSG_DATA(m));
    }
    return 1;
}

static int count_family(const struct quiet *q, unsigned states, int family, in_port_t port, int64_t *count) {
    struct nlmsghdr *reply = malloc(REPLY_BYTES);
    int more = reply && ask(q, states, family, port) == 0 ? 1 : -1;
    while (more > 0) {
        ssize_t got = recv(q->socket, reply, REPLY_BYTES, 0);
        more = got > 0 ? count_packet(q, reply, (unsigned)got, count) : -1;
    }
    free(reply);
    return more;
}

static bool is_first_with_port(const struct quiet *q, size_t place) {
    for (size_t i = 0; i < place; i++)
        if (q->places[i].port == q->places[place].port)
            return false;
    return true;
}

/* Both families: a socket of IPv6 may lead to an IPv4 address. -1 when the kernel does not tell. */
static int64_t count_all(const struct quiet *q, unsigned states) {
    int64_t count = 0;
    for (size_t i = 0; i < q->place_count; i++) {
        if (!is_first_with_port(q, i))
            continue;
        if (count_family(q, states, AF_INET, q->places[i].port, &count))
            return -1;
        count_family(q, states, AF_INET6, q->places[i].port, &count); /* which a kernel may not have */
    }
    return count;
}

int64_t quiet_count(const struct quiet *q) {
    int64_t count = q->socket >= 0 ? count_all(q, LIVE) : 0;
    return count > 0 ? count : 0;
}

int64_t quiet_count_time_wait(const struct quiet *q) {
    int64_t most = q->socket >= 0 && q->place_count ? 0 : -1;
    struct quiet one = {.socket = q->socket, .place_count = 1};
    for (size_t i = 0; q->socket >= 0 && i < q->place_count; i++) {
        one.places[0] = q->places[i];
        int64_t count = count_all(&one, CLOSED);
        if (count < 0)
            return -1;
        most = count > most ? count : most;
    }
    return most;
}

int64_t quiet_wait(struct quiet *q, int64_t limit_ns) {
    int64_t begun_ns = clock_now_ns(), waited_ns = 0;
    int64_t look_ns = FIRST_LOOK_NS;
    while (q->socket >= 0 && q->place_count && !interrupt_count()) {
        int64_t count = count_all(q, LIVE);
        if (count < 0)
            give_up(q);
        if (count <= q->others) {
            q->others = count < 0 ? 0 : count;
            break;
        }
        waited_ns = clock_now_ns() - begun_ns;
        if (waited_ns >= limit_ns) {
            q->others = count;
            break;
        }
        interrupt_poll(NULL, 0, look_ns);
        look_ns = look_ns * 2 < MOST_LOOK_NS ? look_ns * 2 : MOST_LOOK_NS;
    }
    return waited_ns;
}
