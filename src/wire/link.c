/* From bytes to answers: connecting, the handshake, the bytes out, the answer in. Not which request goes
 * where, nor what becomes of one that failed. */
#include "wire/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "http/failure.h"
#include "wire/address.h"
#include "wire/tls.h"

#define RECORD_BYTES ((size_t)16 << 10) /* of plain text in one TLS record */

struct links {
    struct link_events events;
    const struct client *client;
    const struct poller_kind *kind;
    struct poller *poller;
    struct tls_client *tls;
    struct addresses *addresses; /* per target */
    struct link *links;
    size_t count;
};

static size_t index_of(const struct links *x, const struct link *l) {
    return (size_t)(l - x->links);
}

struct link *links_all(struct links *x) {
    return x->links;
}

/* The server's leave is not waited for. */
static void take_leave(struct links *x, struct link *l) {
    if (!l->tls || l->sending || l->state == LINK_SHAKING)
        return;
    tls_end(l->tls);
    struct response_span out = tls_take(l->tls);
    if (out.length > 0)
        x->kind->send(x->poller, index_of(x, l), out.data, out.length, false);
}

void link_drop(struct links *x, struct link *l) {
    if (l->state == LINK_CLOSED)
        return;
    take_leave(x, l);
    x->kind->drop(x->poller, index_of(x, l));
    tls_close(l->tls);
    l->tls = NULL;
    l->rest_bytes = 0;
    l->sending = false;
    l->state = LINK_CLOSED;
}

void link_show_address(const struct links *x, const struct link *l, char *out, size_t size) {
    address_show(&x->addresses[l->target].items[l->address], out, size);
}

const char *link_tls_version(const struct link *l) {
    return l->tls ? tls_version(l->tls) : "";
}

const char *link_tls_cipher(const struct link *l) {
    return l->tls ? tls_cipher(l->tls) : "";
}

static void fail(struct links *x, struct link *l, enum error_class class, const char *example) {
    x->events.failed(x->events.user, l, class, example);
}

static void answered(struct links *x, struct link *l, bool excess) {
    bool keeps =
        l->response.keeps && !excess && !l->sending && !l->rest_bytes && !x->client->plan->no_keepalive;
    if (keeps)
        l->state = LINK_IDLE;
    x->events.answered(x->events.user, l);
}

/* Sends on what there is, while the poller takes it. */
static void pump(struct links *x, struct link *l) {
    while (!l->sending) {
        struct response_span out = l->tls ? tls_take(l->tls) : (struct response_span){l->rest, l->rest_bytes};
        if (out.length > 0) {
            l->sending = !x->kind->send(x->poller, index_of(x, l), out.data, out.length, !l->tls);
            l->rest_bytes = l->tls ? l->rest_bytes : 0;
            continue;
        }
        size_t piece = l->rest_bytes < RECORD_BYTES ? l->rest_bytes : RECORD_BYTES;
        if (piece == 0)
            return;
        tls_write(l->tls, l->rest, piece); /* a failure shows in the reading */
        l->rest += piece;
        l->rest_bytes -= piece;
    }
}

void link_send(struct links *x, struct link *l, struct flight *flight, const struct link_request *request) {
    l->kept = l->state == LINK_IDLE;
    l->state = LINK_BUSY;
    l->flight = flight;
    l->rest = request->body;
    l->rest_bytes = request->body_bytes;
    response_begin(&l->response, request->to_head, request->server);
    if (l->tls)
        tls_write(l->tls, request->head, request->head_bytes);
    else
        l->sending =
            !x->kind->send(x->poller, index_of(x, l), request->head, request->head_bytes, request->lasting);
    if (l->tls || l->rest_bytes > 0)
        pump(x, l);
}

static void connect_failed(struct links *x, struct link *l, int error) {
    enum error_class class = failure_of_errno(error);
    int port = address_port(&x->addresses[l->target].items[l->address]);
    char address[64], shown_port[16] = "", example[RECORDING_EXAMPLE];
    link_show_address(x, l, address, sizeof address);
    if (port)
        snprintf(shown_port, sizeof shown_port, " port %d", port);
    snprintf(example, sizeof example, "cannot connect to %s%s: %s", address, shown_port, strerror(error));
    fail(x, l, class == ERROR_NONE ? ERROR_CONNECTION_REFUSED : class, example);
}

/* Tries the link's address and those behind it until one can be connected to. */
static void try_addresses(struct links *x, struct link *l) {
    const struct addresses *all = &x->addresses[l->target];
    int error = 0;
    for (;; l->address++) {
        const struct address *a = &all->items[l->address];
        l->state = LINK_CONNECTING;
        error = x->kind->connect(x->poller, index_of(x, l), &a->any, a->length);
        if (!error)
            return;
        l->state = LINK_CLOSED;
        if (l->address + 1U >= all->count)
            break;
    }
    connect_failed(x, l, error);
}

void link_connect(struct links *x, struct link *l, size_t target, struct flight *flight) {
    l->target = (uint32_t)target;
    l->flight = flight;
    l->address = 0;
    l->kept = false;
    l->begun_ns = clock_now_ns();
    response_begin(&l->response, false, NULL);
    try_addresses(x, l);
}

static void explain_break(const struct link *l, int error, char *example, size_t size) {
    if (error)
        snprintf(example, size, "the connection broke: %s", strerror(error));
    else if (l->state == LINK_SHAKING)
        snprintf(example, size, "the connection was closed within the TLS handshake");
    else if (!l->response.begun)
        snprintf(example, size, "the connection was closed without an answer");
    else if (l->response.why)
        snprintf(example, size, "%s", l->response.why);
    else
        snprintf(example, size, "the connection was closed, but not by TLS (close_notify)");
}

static void broke(struct links *x, struct link *l, int error) {
    char example[RECORDING_EXAMPLE];
    enum error_class class = error ? failure_of_errno(error) : ERROR_NONE;
    explain_break(l, error, example, sizeof example);
    if (class == ERROR_NONE && l->state == LINK_SHAKING)
        class = ERROR_TLS;
    if (class == ERROR_NONE)
        class = l->response.begun && !error ? ERROR_TRUNCATED : ERROR_CONNECTION_RESET;
    fail(x, l, class, example);
}

static void tls_failed(struct links *x, struct link *l) {
    char example[RECORDING_EXAMPLE];
    enum error_class class = tls_why(l->tls, example, sizeof example);
    fail(x, l, class, example);
}

static void stamp_first_byte(struct link *l) {
    struct sample *sample = &l->flight->sample;
    if (!sample->first_byte_ns)
        sample->first_byte_ns = clock_now_ns();
}

/* Reads on in the answer; *at is then behind it. With BODY a piece could not be taken. */
static enum response_event read_on(struct link *l, const char **at, const char *last) {
    struct body *body = l->flight->body;
    struct response_span span;
    stamp_first_byte(l);
    enum response_event event = response_next(&l->response, at, last, &span);
    for (; event == RESPONSE_BODY; event = response_next(&l->response, at, last, &span))
        if (body && !body_take(body, span.data, span.length))
            break;
    return event;
}

/* What read_on has come to, other than MORE. */
static void conclude(struct links *x, struct link *l, enum response_event event, bool excess) {
    char example[RECORDING_EXAMPLE];
    if (event == RESPONSE_DONE)
        answered(x, l, excess);
    else if (event == RESPONSE_BODY)
        fail(x, l, body_judge(l->flight->body, example, sizeof example), example);
    else
        fail(x, l, ERROR_PROTOCOL, l->response.why);
}

static void take_plain(struct links *x, struct link *l, const char *data, size_t length) {
    const char *last = data + length;
    enum response_event event = read_on(l, &data, last);
    if (event != RESPONSE_MORE)
        conclude(x, l, event, data < last);
}

/* No more will come: properly, or over TLS without close_notify, behind which alone a body is whole that ends
 * with its connection. */
static void take_end(struct links *x, struct link *l, bool properly) {
    if (response_end(&l->response) == RESPONSE_DONE && properly)
        answered(x, l, true);
    else
        broke(x, l, 0);
}

/* Records may follow the one that ends the answer, and are taken before another request is begun. */
static void take_secret(struct links *x, struct link *l) {
    enum response_event event = RESPONSE_MORE;
    struct response_span plain;
    enum tls_step step = tls_read(l->tls, &plain);
    bool excess = false;
    for (; step == TLS_READY; step = tls_read(l->tls, &plain)) {
        const char *at = plain.data, *last = at + plain.length;
        if (l->state == LINK_BUSY && event == RESPONSE_MORE)
            event = read_on(l, &at, last);
        excess |= at < last;
    }
    pump(x, l);
    if (l->state != LINK_BUSY) {
        if (excess || step != TLS_MORE)
            link_drop(x, l);
    } else if (event != RESPONSE_MORE) {
        conclude(x, l, event, excess || step != TLS_MORE);
    } else if (step == TLS_CLOSED) {
        take_end(x, l, true);
    } else if (step == TLS_FAILED) {
        tls_failed(x, l);
    }
}

static void shake(struct links *x, struct link *l) {
    enum tls_step step = tls_shake(l->tls);
    if (step != TLS_READY)
        pump(x, l);
    if (step == TLS_CLOSED)
        broke(x, l, 0);
    if (step == TLS_FAILED)
        tls_failed(x, l);
    if (step != TLS_READY)
        return;
    struct sample *sample = &l->flight->sample;
    sample->tls_ns = clock_now_ns() - l->begun_ns;
    sample->resumed = tls_resumed(l->tls);
    x->events.ready(x->events.user, l); /* what it sends goes with the handshake's last bytes */
    if (l->tls)
        take_secret(x, l); /* what came with the end of the handshake */
}

static void connected(struct links *x, struct link *l) {
    struct sample *sample = &l->flight->sample;
    int64_t now_ns = clock_now_ns();
    sample->connections++;
    sample->connect_ns = now_ns - l->begun_ns;
    if (!x->client->plan->targets[l->target].tls) {
        x->events.ready(x->events.user, l);
        return;
    }
    l->begun_ns = now_ns;
    l->state = LINK_SHAKING;
    l->tls = tls_open(x->tls, l->target);
    if (l->tls)
        shake(x, l);
    else
        fail(x, l, ERROR_OTHER, "no memory is left for a TLS connection");
}

static void on_connected(void *user, size_t link, int error) {
    struct links *x = user;
    struct link *l = &x->links[link];
    x->events.busy(x->events.user);
    if (!error) {
        connected(x, l);
        return;
    }
    x->kind->drop(x->poller, link);
    if (l->address + 1U >= x->addresses[l->target].count) {
        connect_failed(x, l, error);
        return;
    }
    l->address++;
    try_addresses(x, l);
}

static void on_ended(struct links *x, struct link *l, int error) {
    if (l->state == LINK_IDLE)
        link_drop(x, l);
    else if (l->state == LINK_BUSY && !error)
        take_end(x, l, !l->tls);
    else
        broke(x, l, error);
}

static void on_received(void *user, size_t link, const char *data, size_t length, int error) {
    struct links *x = user;
    struct link *l = &x->links[link];
    x->events.busy(x->events.user);
    if (length == 0) {
        on_ended(x, l, error);
    } else if (l->tls) {
        tls_give(l->tls, data, length);
        if (l->state == LINK_SHAKING)
            shake(x, l);
        else
            take_secret(x, l);
    } else if (l->state == LINK_BUSY) {
        take_plain(x, l, data, length);
    } else {
        link_drop(x, l); /* nobody asked */
    }
}

static void on_sent(void *user, size_t link) {
    struct links *x = user;
    struct link *l = &x->links[link];
    l->sending = false;
    pump(x, l);
}

static void on_stopped(void *user) {
    struct links *x = user;
    x->events.stopped(x->events.user);
}

int links_enter(struct links *x, struct err *err) {
    return x->kind->enter(x->poller, err);
}

void links_look(struct links *x, int64_t until_ns) {
    x->kind->look(x->poller, until_ns);
}

static int open_parts(struct links *x, const struct links_setup *setup, struct err *err) {
    const struct client *c = x->client;
    for (size_t i = c->first_host; i < c->first_host + c->host_count; i++)
        if (addresses_init(&x->addresses[i], c, i, err))
            return -1;
    if (plan_uses_tls(c->plan) && tls_client_open(&x->tls, c, err))
        return -1;
    struct poller_setup poller = {.links = setup->count,
                                  .stop_fd = setup->stop_fd,
                                  .lasting = !c->plan->no_keepalive,
                                  .events = {.connected = on_connected,
                                             .received = on_received,
                                             .sent = on_sent,
                                             .stopped = on_stopped,
                                             .user = x}};
    return x->kind->open(&x->poller, &poller, err);
}

int links_open(struct links **out, const struct links_setup *setup, struct err *err) {
    struct links *x = memory_zalloc(1, sizeof *x);
    *x = (struct links){.events = setup->events, .client = setup->client, .kind = setup->kind};
    x->count = setup->count;
    x->links = memory_zalloc(x->count, sizeof *x->links);
    x->addresses = memory_zalloc(x->client->plan->target_count + 1, sizeof *x->addresses);
    if (open_parts(x, setup, err)) {
        links_close(x);
        return -1;
    }
    *out = x;
    return 0;
}

void links_close(struct links *x) {
    if (!x)
        return;
    for (size_t i = 0; i < x->count; i++)
        link_drop(x, &x->links[i]);
    x->kind->close(x->poller);
    tls_client_close(x->tls);
    for (size_t i = 0; i <= x->client->plan->target_count; i++)
        addresses_fini(&x->addresses[i]);
    free(x->addresses);
    free(x->links);
    free(x);
}
