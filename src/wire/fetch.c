/* What one request goes through, whatever its link does: begun, sent, perhaps sent again, recorded. */
#include "wire/fetch.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "http/flight.h"
#include "http/observe.h"
#include "wire/link.h"
#include "wire/pool.h"
#include "wire/request.h"

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
    struct requests requests;
    struct links *links;
    struct pool
        pool; /* of those that carry no request, where a slot may have several; else slot i has link i */
    struct slot *slots;
    const struct slot *beginning; /* whose begin has not come back yet */
    bool over_at_once;
    const struct link *observing; /* whose answer tells of the server, NULL for none yet */
    char server[RESPONSE_SERVER_BYTES];
    char example[RECORDING_EXAMPLE];
};

static size_t index_of(const struct fetches *x, const struct slot *s) {
    return (size_t)(s - x->slots);
}

static struct slot *slot_of(struct fetches *x, const struct link *l) {
    return &x->slots[l->flight->slot - x->setup.first_slot];
}

static void drop(struct fetches *x, struct link *l) {
    link_drop(x->links, l);
    if (x->observing == l)
        x->observing = NULL;
}

/* What the answer has told so far. */
static void read_answer(struct slot *s) {
    struct sample *sample = &s->flight.sample;
    sample->retries = (s->sends > 0 ? s->sends - 1U : 0) & SAMPLE_RETRIES;
    if (!s->link)
        return;
    const struct response *r = &s->link->response;
    sample->status = r->status < RECORDING_STATUSES ? r->status : 0;
    sample->header_bytes = r->head_bytes;
    sample->bytes_received = r->body_bytes;
}

static void give_back(struct fetches *x, struct slot *s) {
    if (s->link && x->setup.links > 1)
        pool_put(&x->pool, (size_t)(s->link - links_all(x->links)), s->link->target);
    s->link = NULL;
}

/* The request is over and its end stamped. */
static void end(struct fetches *x, struct slot *s, enum error_class class) {
    flight_end(&s->flight, x->setup.lane, class, NULL, x->example);
    give_back(x, s);
    if (x->beginning == s)
        x->over_at_once = true;
    else
        x->setup.owner.over(x->setup.owner.user, index_of(x, s), s->flight.free_ns);
}

/* Ends the request with what the example says, and its connection. */
static void fail(struct fetches *x, struct slot *s, enum error_class class) {
    read_answer(s);
    s->flight.sample.end_ns = clock_now_ns();
    if (s->link)
        drop(x, s->link);
    end(x, s, class);
}

static void observe(struct fetches *x, const struct link *l) {
    char address[sizeof x->client->recording->facts->primary_address];
    link_show_address(x->links, l, address, sizeof address);
    observe_answer(x->client, l->response.minor ? 11 : 10, x->server, address, link_tls_version(l),
                   link_tls_cipher(l));
    x->observing = NULL;
}

static void on_answered(void *user, struct link *l) {
    struct fetches *x = user;
    struct slot *s = slot_of(x, l);
    read_answer(s);
    flight_stamp_end(&s->flight, x->setup.lane);
    if (x->observing == l)
        observe(x, l);
    if (l->state != LINK_IDLE)
        drop(x, l);
    end(x, s, flight_judge(&s->flight, x->example, sizeof x->example));
}

static void send_request(struct fetches *x, struct slot *s, struct link *l) {
    const struct requests *r = &x->requests;
    struct link_request request = {.head = r->constant ? r->constant : buf_text(&s->request),
                                   .head_bytes = r->constant ? r->constant_bytes : s->request.length,
                                   .body = r->body,
                                   .body_bytes = r->body_bytes,
                                   .lasting = r->constant != NULL,
                                   .to_head = r->to_head};
    struct sample *sample = &s->flight.sample;
    if (!x->observing && !observe_is_done(x->client)) {
        x->observing = l;
        x->server[0] = '\0';
        request.server = x->server;
    }
    sample->sent_ns = l->state == LINK_IDLE ? sample->start_ns : clock_now_ns();
    sample->first_byte_ns = 0;
    sample->bytes_sent += (uint32_t)(request.head_bytes + request.body_bytes);
    s->sends++;
    link_send(x->links, l, &s->flight, &request);
}

static void on_ready(void *user, struct link *l) {
    struct fetches *x = user;
    send_request(x, slot_of(x, l), l);
}

/* A kept connection may have been closed by the server just then: the request is sent once more, on a new
 * one. If the backend had not taken all of it, it was not sent before. */
static bool retry(struct fetches *x, struct slot *s) {
    struct link *l = s->link;
    if (!l->kept || s->retried || s->flight.sample.first_byte_ns || flight_is_late(&s->flight))
        return false;
    s->retried = true;
    if (l->sending) {
        s->sends = 0;
        s->flight.sample.bytes_sent = 0;
    }
    drop(x, l);
    x->setup.owner.again(x->setup.owner.user, index_of(x, s));
    link_connect(x->links, l, l->target, &s->flight);
    return true;
}

static void on_failed(void *user, struct link *l, enum error_class class, const char *example) {
    struct fetches *x = user;
    struct slot *s = slot_of(x, l);
    if (retry(x, s))
        return;
    snprintf(x->example, sizeof x->example, "%s", example);
    fail(x, s, class);
}

static void on_busy(void *user) {
    struct fetches *x = user;
    x->setup.owner.busy(x->setup.owner.user);
}

static void on_stopped(void *user) {
    struct fetches *x = user;
    x->setup.owner.stopped(x->setup.owner.user);
}

/* A kept connection to that target if there is one. */
static struct link *choose_link(struct fetches *x, const struct slot *s, size_t target) {
    size_t index = x->setup.links > 1 ? pool_take(&x->pool, target) : index_of(x, s);
    struct link *l = links_all(x->links) + index;
    if (l->state != LINK_IDLE || l->target != target)
        drop(x, l);
    return l;
}

static void launch(struct fetches *x, struct slot *s, size_t target) {
    s->link = choose_link(x, s, target);
    if (s->link->state == LINK_IDLE)
        send_request(x, s, s->link);
    else
        link_connect(x->links, s->link, target, &s->flight);
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
        launch(x, s, target);
    }
    x->beginning = NULL;
    *free_ns = s->flight.free_ns;
    return !x->over_at_once;
}

int64_t fetch_start_ns(const struct fetches *x, size_t slot) {
    return x->slots[slot].flight.sample.start_ns;
}

bool fetch_is_sent(const struct fetches *x, size_t slot) {
    const struct link *l = x->slots[slot].link;
    return l && l->state == LINK_BUSY;
}

void fetch_fail(struct fetches *x, size_t slot, enum error_class class, const char *example) {
    snprintf(x->example, sizeof x->example, "%s", example);
    fail(x, &x->slots[slot], class);
}

int fetch_enter(struct fetches *x, struct err *err) {
    for (size_t i = 0; i < x->setup.slots; i++)
        x->slots[i].flight.free_ns = 0;
    return links_enter(x->links, err);
}

void fetch_look(struct fetches *x, int64_t until_ns) {
    links_look(x->links, until_ns);
}

static int open_slots(struct fetches *x, struct err *err) {
    for (size_t i = 0; i < x->setup.slots; i++) {
        buf_init(&x->slots[i].request, TEMPLATE_URL_BYTES + x->requests.fields.limit);
        if (flight_open(&x->slots[i].flight, x->client, x->setup.first_slot + i, err))
            return -1;
    }
    return 0;
}

static int open_links(struct fetches *x, struct err *err) {
    struct links_setup setup = {.client = x->client,
                                .kind = x->setup.kind,
                                .count = x->setup.slots * x->setup.links,
                                .stop_fd = x->setup.stop_fd,
                                .events = {.busy = on_busy,
                                           .ready = on_ready,
                                           .answered = on_answered,
                                           .failed = on_failed,
                                           .stopped = on_stopped,
                                           .user = x}};
    return links_open(&x->links, &setup, err);
}

int fetch_open(struct fetches **out, const struct fetch_setup *setup, struct err *err) {
    struct fetches *x = memory_zalloc(1, sizeof *x);
    x->setup = *setup;
    x->client = setup->client;
    x->slots = memory_zalloc(setup->slots, sizeof *x->slots);
    if (setup->links > 1)
        pool_init(&x->pool, setup->slots * setup->links, x->client->plan->target_count + 1);
    if (requests_init(&x->requests, x->client, err) || open_slots(x, err) || open_links(x, err)) {
        fetch_close(x);
        return -1;
    }
    *out = x;
    return 0;
}

void fetch_close(struct fetches *x) {
    if (!x)
        return;
    links_close(x->links);
    pool_fini(&x->pool);
    for (size_t i = 0; i < x->setup.slots; i++) {
        flight_close(&x->slots[i].flight);
        buf_fini(&x->slots[i].request);
    }
    requests_fini(&x->requests);
    free(x->slots);
    free(x);
}
