/* Connections over a backend: made, put under TLS, written to, read from, dropped. A link is a place for one,
 * and carries one request at a time, whose sample it stamps and whose body it hands on as they pass. What
 * follows when a request is over is its owner's to decide. One thread. */
#ifndef FETCHBENCH_WIRE_LINK_H
#define FETCHBENCH_WIRE_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "http/client.h"
#include "http/flight.h"
#include "http/response.h"
#include "wire/poller.h"

enum link_state { LINK_CLOSED, LINK_CONNECTING, LINK_SHAKING, LINK_IDLE, LINK_BUSY };

struct link {
    struct response response; /* to the request carried last by this connection */
    struct flight *flight;    /* of the request that it carries, or is being connected for */
    uint32_t target;          /* that it leads to */
    uint8_t state;
    bool kept;    /* its request was not the first on it */
    bool sending; /* bytes given to the backend may not have been written */

    /* Private. */
    uint16_t address; /* of its target, that is tried or was taken */
    struct tls *tls;
    const char *rest; /* of the request, still to be sent */
    size_t rest_bytes;
    int64_t begun_ns; /* of connecting, then of the handshake */
};

/* What the owner is told, from within links_look, but for a connection that fails at once. Each may open,
 * send and drop, that link too. */
struct link_events {
    void (*busy)(void *user); /* something is about to be done */
    /* The connection stands; its request can be sent. */
    void (*ready)(void *user, struct link *l);
    /* The answer is whole. The link is idle when it may carry another request; else it is to be dropped. */
    void (*answered)(void *user, struct link *l);
    /* No whole answer will come, as the example says; the link is to be dropped. */
    void (*failed)(void *user, struct link *l, enum error_class class, const char *example);
    void (*stopped)(void *user); /* the run is to stop */
    void *user;
};

struct links_setup {
    const struct client *client;
    const struct poller_kind *kind;
    size_t count;
    int stop_fd;
    struct link_events events;
};

/* What is sent: it lives until the answer is there or the link is dropped. */
struct link_request {
    const char *head, *body;
    size_t head_bytes, body_bytes;
    bool lasting; /* the head lives as long as the links; the body does anyway */
    bool to_head; /* a HEAD: its answer has no body */
    char *server; /* RESPONSE_SERVER_BYTES for the answer's Server header, or NULL */
};

struct links;

/* 0, or -1 with err filled. Close with links_close; NULL does nothing. */
int links_open(struct links **out, const struct links_setup *setup, struct err *err);
void links_close(struct links *x);

/* All of them, from the first on. */
struct link *links_all(struct links *x);

/* Connects a closed link to that target, for a request; `ready` or `failed` follows, the latter perhaps
 * before this returns. */
void link_connect(struct links *x, struct link *l, size_t target, struct flight *flight);

/* Sends a request on a link that is idle or has become ready. */
void link_send(struct links *x, struct link *l, struct flight *flight, const struct link_request *request);

/* Closes the connection, if it has one. Nothing more is told of it. */
void link_drop(struct links *x, struct link *l);

/* The address that it is or was to be connected to, and what TLS has agreed upon, "" without. */
void link_show_address(const struct links *x, const struct link *l, char *out, size_t size);
const char *link_tls_version(const struct link *l);
const char *link_tls_cipher(const struct link *l);

/* The poller's. */
int links_enter(struct links *x, struct err *err);
void links_look(struct links *x, int64_t until_ns);

#endif
