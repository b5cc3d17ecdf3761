/* What one request goes through: a connection kept or made, the handshake, the bytes out, the answer in. */
#include "wire/fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "http/failure.h"
#include "http/flight.h"
#include "http/observe.h"
#include "http/response.h"
#include "wire/address.h"
#include "wire/request.h"
#include "wire/tls.h"

#define RECORD_BYTES ((size_t)16 << 10) /* of plain text in one TLS record */

enum link_state { LINK_CLOSED, LINK_CONNECTING, LINK_SHAKING, LINK_IDLE, LINK_BUSY };

struct link {
    struct response response;
    struct tls *tls;
    const char *rest; /* of the request, still to be sent */
    size_t rest_bytes;
    int64_t begun_ns; /* of connecting, then of the handshake */
    uint32_t slot, target;
    uint16_t address; /* of its target, that is tried or was taken */
    uint8_t state;
    bool kept;    /* its request was not the first on it */
    bool sending; /* the poller has yet to tell */
};

struct slot {
    struct flight flight;
    struct link *link;  /* that carries the request, NULL for none */
    struct buf request; /* where each has its own */
    uint16_t sends;
    bool retried;
};

struct fetches {
    struct fetch_setup setup;
    const struct client *client;
    const struct poller_kind *kind;
    struct poller *poller;
    struct tls_client *tls;
    struct requests requests;
    struct addresses *addresses; /* per target */
    struct link *links;          /* of slot i from i * setup.links on */
    struct slot *slots;
    const struct slot *beginning; /* whose begin has not come back yet */
    bool over_at_once;
    const struct link *observing; /* whose answer tells of the server, NULL for none yet */
    char server[RESPONSE_SERVER_BYTES];
    char example[RECORDING_EXAMPLE];
};

static size_t index_of(const struct fetches *x, const struct link *l) {
    return (size_t)(l - x->links);
}

static struct slot *slot_of(struct fetches *x, const struct link *l) {
    return &x->slots[l->slot];
}

/* The server's leave is not waited for. */
static void take_leave(struct fetches *x, struct link *l) {
    if (!l->tls || l->sending || l->state == LINK_SHAKING)
        return;
    tls_end(l->tls);
    struct response_span out = tls_take(l->tls);
    if (out.length > 0)
        x->kind->send(x->poller, index_of(x, l), out.data, out.length, false);
}

static void drop(struct fetches *x, struct link *l) {
    if (l->state == LINK_CLOSED)
        return;
    take_leave(x, l);
    x->kind->drop(x->poller, index_of(x, l));
    tls_close(l->tls);
    l->tls = NULL;
    l->rest_bytes = 0;
    l->sending = false;
    l->state = LINK_CLOSED;
    if (x->observing == l)
        x->observing = NULL;
}

/* What the answer has told so far. */
static void read_answer(struct slot *s) {
    struct sample *sample = &s->flight.sample;
    sample->retries = (s->sends > 0 ? s->sends - 1U : 0) & SAMPLE_RETRIES;
    if (!s->link || s->link->state != LINK_BUSY)
        return;
    const struct response *r = &s->link->response;
    sample->status = r->status < RECORDING_STATUSES ? r->status : 0;
    sample->header_bytes = r->head_bytes;
    sample->bytes_received = r->body_bytes;
}

/* The request is over and its end stamped. */
static void end(struct fetches *x, struct slot *s, enum error_class class) {
    flight_end(&s->flight, x->setup.lane, class, NULL, x->example);
    s->link = NULL;
    if (x->beginning == s)
        x->over_at_once = true;
    else
        x->setup.owner.over(x->setup.owner.user, (size_t)(s - x->slots), s->flight.free_ns);
}

/* Ends the request with what the example says, and its connection. */
static void fail(struct fetches *x, struct slot *s, enum error_class class) {
    read_answer(s);
    s->flight.sample.end_ns = clock_now_ns();
    if (s->link)
        drop(x, s->link);
    end(x, s, class);
}

static void observe(struct fetches *x, struct link *l) {
    char address[sizeof x->client->recording->facts->primary_address];
    address_show(&x->addresses[l->target].items[l->address], address, sizeof address);
    observe_answer(x->client, 10 + l->response.minor, x->server, address, l->tls ? tls_version(l->tls) : "",
                   l->tls ? tls_cipher(l->tls) : "");
    x->observing = NULL;
}

/* The answer is whole. */
static void finish(struct fetches *x, struct link *l, bool excess) {
    struct slot *s = slot_of(x, l);
    read_answer(s);
    flight_stamp_end(&s->flight, x->setup.lane);
    if (x->observing == l)
        observe(x, l);
    bool keeps =
        l->response.keeps && !excess && !l->sending && !l->rest_bytes && !x->client->plan->no_keepalive;
    if (keeps)
        l->state = LINK_IDLE;
    else
        drop(x, l);
    end(x, s, flight_judge(&s->flight, x->example, sizeof x->example));
}

/* Sends on what there is, while the poller takes it. */
static void pump(struct fetches *x, struct link *l) {
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

static void send_request(struct fetches *x, struct link *l) {
    struct slot *s = slot_of(x, l);
    const struct requests *r = &x->requests;
    const char *head = r->constant ? r->constant : buf_text(&s->request);
    size_t bytes = r->constant ? r->constant_bytes : s->request.length;
    if (!x->observing && !observe_is_done(x->client)) {
        x->observing = l;
        x->server[0] = '\0';
    }
    response_begin(&l->response, r->to_head, x->observing == l ? x->server : NULL);
    l->state = LINK_BUSY;
    l->rest = r->body;
    l->rest_bytes = r->body_bytes;
    s->flight.sample.sent_ns = l->kept && !s->sends ? s->flight.sample.start_ns : clock_now_ns();
    s->flight.sample.first_byte_ns = 0;
    s->flight.sample.bytes_sent += (uint32_t)(bytes + r->body_bytes);
    s->sends++;
    if (l->tls)
        tls_write(l->tls, head, bytes);
    else
        l->sending = !x->kind->send(x->poller, index_of(x, l), head, bytes, r->constant != NULL);
    if (l->tls || l->rest_bytes > 0)
        pump(x, l);
}

static void connect_failed(struct fetches *x, struct slot *s, int error) {
    enum error_class class = failure_of_errno(error);
    const struct link *l = s->link;
    char address[64];
    address_show(&x->addresses[l->target].items[l->address], address, sizeof address);
    snprintf(x->example, sizeof x->example, "cannot connect to %s%s%s: %s", address,
             x->client->plan->unix_socket ? "" : " port ",
             x->client->plan->unix_socket ? "" : x->client->plan->targets[l->target].port, strerror(error));
    fail(x, s, class == ERROR_NONE ? ERROR_CONNECTION_REFUSED : class);
}

/* Tries the link's address and those behind it until one can be connected to. */
static void try_addresses(struct fetches *x, struct link *l) {
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
    connect_failed(x, slot_of(x, l), error);
}

static void open_link(struct fetches *x, struct link *l) {
    l->address = 0;
    l->kept = false;
    l->begun_ns = clock_now_ns();
    response_begin(&l->response, false, NULL);
    try_addresses(x, l);
}

/* The slot's link to that target: the one it has, or one that is free, or the first, which is given up. */
static struct link *choose_link(struct fetches *x, const struct slot *s, size_t target) {
    struct link *own = &x->links[(size_t)(s - x->slots) * x->setup.links], *best = own;
    for (size_t i = 0; i < x->setup.links; i++) {
        if (own[i].state == LINK_IDLE && own[i].target == target)
            return &own[i];
        if (own[i].state == LINK_CLOSED && best->state != LINK_CLOSED)
            best = &own[i];
    }
    drop(x, best);
    best->target = (uint32_t)target;
    return best;
}

static void launch(struct fetches *x, struct slot *s, struct link *l) {
    s->link = l;
    if (l->state == LINK_IDLE) {
        l->kept = true;
        send_request(x, l);
    } else {
        open_link(x, l);
    }
}

/* A kept connection may have been closed by the server just then: the request is sent once more on a new one.
 */
static bool retry(struct fetches *x, struct link *l) {
    struct slot *s = slot_of(x, l);
    if (!l->kept || s->retried || s->flight.sample.first_byte_ns || flight_is_late(&s->flight))
        return false;
    s->retried = true;
    drop(x, l);
    open_link(x, l);
    return true;
}

static void broke(struct fetches *x, struct link *l, int error) {
    struct slot *s = slot_of(x, l);
    if (retry(x, l))
        return;
    enum error_class class = error ? failure_of_errno(error) : ERROR_NONE;
    if (error)
        snprintf(x->example, sizeof x->example, "the connection broke: %s", strerror(error));
    else if (l->state == LINK_SHAKING)
        snprintf(x->example, sizeof x->example, "the connection was closed within the TLS handshake");
    else if (!l->response.begun)
        snprintf(x->example, sizeof x->example, "the connection was closed without an answer");
    else
        snprintf(x->example, sizeof x->example, "%s",
                 l->response.why ? l->response.why
                                 : "the connection was closed, but not by TLS (close_notify)");
    if (class == ERROR_NONE && l->state == LINK_SHAKING)
        class = ERROR_TLS;
    if (class == ERROR_NONE)
        class = l->response.begun && !error ? ERROR_TRUNCATED : ERROR_CONNECTION_RESET;
    fail(x, s, class);
}

static void tls_failed(struct fetches *x, struct link *l) {
    enum error_class class = tls_why(l->tls, x->example, sizeof x->example);
    fail(x, slot_of(x, l), class);
}

/* Reads on in the answer. True when it is over, in whichever way; *at is then behind it. */
static enum response_event read_on(struct fetches *x, struct link *l, const char **at, const char *last) {
    struct flight *f = &slot_of(x, l)->flight;
    struct response_span span;
    enum response_event event = response_next(&l->response, at, last, &span);
    for (; event == RESPONSE_BODY; event = response_next(&l->response, at, last, &span))
        if (f->body && !body_take(f->body, span.data, span.length))
            break;
    return event;
}

/* With BODY it could not be taken. */
static void answered(struct fetches *x, struct link *l, enum response_event event, bool excess) {
    struct slot *s = slot_of(x, l);
    if (event == RESPONSE_DONE) {
        finish(x, l, excess);
        return;
    }
    if (event == RESPONSE_BODY) {
        fail(x, s, body_judge(s->flight.body, x->example, sizeof x->example));
        return;
    }
    snprintf(x->example, sizeof x->example, "%s", l->response.why);
    fail(x, s, ERROR_PROTOCOL);
}

static void take_plain(struct fetches *x, struct link *l, const char *data, size_t length) {
    const char *last = data + length;
    enum response_event event = read_on(x, l, &data, last);
    if (event != RESPONSE_MORE)
        answered(x, l, event, data < last);
}

static void stamp_first_byte(struct fetches *x, const struct link *l) {
    struct sample *sample = &slot_of(x, l)->flight.sample;
    if (l->state == LINK_BUSY && !sample->first_byte_ns)
        sample->first_byte_ns = clock_now_ns();
}

/* Records may follow the one that ends the answer, and are taken before another request is begun. */
static void take_secret(struct fetches *x, struct link *l) {
    enum response_event event = RESPONSE_MORE;
    struct response_span plain;
    enum tls_step step = tls_read(l->tls, &plain);
    bool excess = false;
    for (; step == TLS_READY; step = tls_read(l->tls, &plain)) {
        stamp_first_byte(x, l);
        const char *at = plain.data, *last = at + plain.length;
        if (l->state != LINK_BUSY || event != RESPONSE_MORE)
            excess = true;
        else
            event = read_on(x, l, &at, last);
        excess |= at < last;
    }
    pump(x, l);
    if (l->state != LINK_BUSY && (excess || step != TLS_MORE))
        drop(x, l);
    else if (event != RESPONSE_MORE)
        answered(x, l, event, excess || step != TLS_MORE);
    else if (l->state == LINK_BUSY && step == TLS_CLOSED && response_end(&l->response) == RESPONSE_DONE)
        finish(x, l, true);
    else if (l->state == LINK_BUSY && step == TLS_CLOSED)
        broke(x, l, 0);
    else if (l->state == LINK_BUSY && step == TLS_FAILED)
        tls_failed(x, l);
}

static void shake(struct fetches *x, struct link *l) {
    enum tls_step step = tls_shake(l->tls);
    if (step != TLS_READY)
        pump(x, l);
    if (step == TLS_MORE)
        return;
    if (step != TLS_READY) {
        tls_failed(x, l);
        return;
    }
    struct sample *sample = &slot_of(x, l)->flight.sample;
    sample->tls_ns = clock_now_ns() - l->begun_ns;
    sample->resumed = tls_resumed(l->tls);
    send_request(x, l); /* together with the handshake's last bytes */
    take_secret(x, l);  /* what came with the end of the handshake */
}

static void on_connected(void *user, size_t link, int error) {
    struct fetches *x = user;
    struct link *l = &x->links[link];
    struct slot *s = slot_of(x, l);
    x->setup.owner.busy(x->setup.owner.user);
    if (error) {
        x->kind->drop(x->poller, link);
        if (l->address + 1U < x->addresses[l->target].count) {
            l->address++;
            try_addresses(x, l);
        } else {
            connect_failed(x, s, error);
        }
        return;
    }
    int64_t now_ns = clock_now_ns();
    s->flight.sample.connections++;
    s->flight.sample.connect_ns = now_ns - l->begun_ns;
    if (!x->client->plan->targets[l->target].tls) {
        send_request(x, l);
        return;
    }
    l->begun_ns = now_ns;
    l->state = LINK_SHAKING;
    l->tls = tls_open(x->tls, l->target);
    if (l->tls) {
        shake(x, l);
        return;
    }
    snprintf(x->example, sizeof x->example, "no memory is left for a TLS connection");
    fail(x, s, ERROR_OTHER);
}

/* Of a connection that carries no request, anything that comes is its end, but for TLS's own records. */
static void on_ended(struct fetches *x, struct link *l, int error) {
    if (l->state == LINK_IDLE)
        drop(x, l);
    else if (l->state == LINK_BUSY && !error && response_end(&l->response) == RESPONSE_DONE && !l->tls)
        finish(x, l, true);
    else
        broke(x, l, error);
}

static void on_received(void *user, size_t link, const char *data, size_t length, int error) {
    struct fetches *x = user;
    struct link *l = &x->links[link];
    x->setup.owner.busy(x->setup.owner.user);
    if (length == 0) {
        on_ended(x, l, error);
        return;
    }
    if (l->tls) {
        tls_give(l->tls, data, length);
        if (l->state == LINK_SHAKING)
            shake(x, l);
        else
            take_secret(x, l);
    } else if (l->state == LINK_BUSY) {
        stamp_first_byte(x, l);
        take_plain(x, l, data, length);
    } else {
        drop(x, l);
    }
}

static void on_sent(void *user, size_t link) {
    struct fetches *x = user;
    struct link *l = &x->links[link];
    l->sending = false;
    pump(x, l);
}

static void on_stopped(void *user) {
    struct fetches *x = user;
    x->setup.owner.stopped(x->setup.owner.user);
}

/* The request's URL and where it leads. False when it cannot be sent at all. */
static bool prepare(struct fetches *x, struct slot *s, size_t *target) {
    const struct urls *urls = x->client->urls;
    struct flight *f = &s->flight;
    *target = urls->constant ? x->client->first_host : urls_target(urls, f->ticket);
    f->host = &x->client->hosts[*target];
    if (urls->constant || f->host->failure)
        return true;
    char url[TEMPLATE_URL_BYTES];
    urls_expand(urls, f->ticket, url);
    if (f->body)
        body_set_url(f->body, url);
    buf_clear(&s->request);
    return requests_write(&x->requests, url, *target, &s->request);
}

bool fetch_begin(struct fetches *x, size_t slot, const struct ticket *ticket, int64_t *free_ns) {
    struct slot *s = &x->slots[slot];
    size_t target = 0;
    s->sends = 0;
    s->retried = false;
    x->over_at_once = false;
    x->beginning = s;
    flight_begin(&s->flight, ticket);
    if (!prepare(x, s, &target)) {
        snprintf(x->example, sizeof x->example, "the request's URL cannot be sent");
        fail(x, s, ERROR_OTHER);
    } else if (s->flight.host->failure) {
        x->over_at_once = flight_stamp_end(&s->flight, x->setup.lane);
    } else {
        launch(x, s, choose_link(x, s, target));
    }
    x->beginning = NULL;
    *free_ns = s->flight.free_ns;
    return !x->over_at_once;
}

int64_t fetch_start_ns(const struct fetches *x, size_t slot) {
    return x->slots[slot].flight.sample.start_ns;
}

bool fetch_is_sent(const struct fetches *x, size_t slot) {
    return x->slots[slot].sends > 0;
}

void fetch_fail(struct fetches *x, size_t slot, enum error_class class, const char *example) {
    snprintf(x->example, sizeof x->example, "%s", example);
    fail(x, &x->slots[slot], class);
}

int fetch_enter(struct fetches *x, struct err *err) {
    for (size_t i = 0; i < x->setup.slots; i++)
        x->slots[i].flight.free_ns = 0;
    return x->kind->enter(x->poller, err);
}

void fetch_look(struct fetches *x, int64_t until_ns) {
    x->kind->look(x->poller, until_ns);
}

static int open_slots(struct fetches *x, struct err *err) {
    const struct fetch_setup *setup = &x->setup;
    for (size_t i = 0; i < setup->slots; i++) {
        buf_init(&x->slots[i].request, TEMPLATE_URL_BYTES + x->requests.fields.limit);
        for (size_t k = 0; k < setup->links; k++)
            x->links[i * setup->links + k].slot = (uint32_t)i;
        if (flight_open(&x->slots[i].flight, x->client, setup->first_slot + i, err))
            return -1;
    }
    return 0;
}

static int open_parts(struct fetches *x, struct err *err) {
    const struct client *c = x->client;
    if (requests_init(&x->requests, c, err))
        return -1;
    for (size_t i = c->first_host; i < c->first_host + c->host_count; i++)
        if (addresses_init(&x->addresses[i], c, i, err))
            return -1;
    if (plan_uses_tls(c->plan) && tls_client_open(&x->tls, c, err))
        return -1;
    struct poller_setup setup = {.links = x->setup.slots * x->setup.links,
                                 .stop_fd = x->setup.stop_fd,
                                 .lasting = !c->plan->no_keepalive,
                                 .events = {.connected = on_connected,
                                            .received = on_received,
                                            .sent = on_sent,
                                            .stopped = on_stopped,
                                            .user = x}};
    return open_slots(x, err) || x->kind->open(&x->poller, &setup, err) ? -1 : 0;
}

int fetch_open(struct fetches **out, const struct fetch_setup *setup, struct err *err) {
    struct fetches *x = memory_zalloc(1, sizeof *x);
    x->setup = *setup;
    x->client = setup->client;
    x->kind = setup->kind;
    x->slots = memory_zalloc(setup->slots, sizeof *x->slots);
    x->links = memory_zalloc(setup->slots * setup->links, sizeof *x->links);
    x->addresses = memory_zalloc(x->client->plan->target_count + 1, sizeof *x->addresses);
    if (open_parts(x, err)) {
        fetch_close(x);
        return -1;
    }
    *out = x;
    return 0;
}

void fetch_close(struct fetches *x) {
    if (!x)
        return;
    for (size_t i = 0; x->poller && i < x->setup.slots * x->setup.links; i++)
        drop(x, &x->links[i]);
    x->kind->close(x->poller);
    tls_client_close(x->tls);
    for (size_t i = 0; i < x->setup.slots; i++) {
        flight_close(&x->slots[i].flight);
        buf_fini(&x->slots[i].request);
    }
    for (size_t i = 0; i <= x->client->plan->target_count; i++)
        addresses_fini(&x->addresses[i]);
    requests_fini(&x->requests);
    free(x->addresses);
    free(x->links);
    free(x->slots);
    free(x);
}
