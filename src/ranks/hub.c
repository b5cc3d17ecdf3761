/* One row per rank. A run begins when every rank that is left waits for it, or has passed it by. */
#include "ranks/hub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ranks/comparing.h"
#include "ranks/gathering.h"
#include "ranks/peers.h"
#include "ranks/progress.h"

#define LEAD_NS(size)                                                                                        \
    (50000000 + (size)*50000)          /* from telling the moment to the moment: they look every 20 ms */
#define TOGETHER_NS INT64_C(200000000) /* between two looks at how far all are */

struct hub {
    struct hub_owner owner;
    struct hub_orders orders;
    int64_t size;
    struct peer *peers;
    struct gathering gathering;
    struct comparing comparing;
    bool begun;       /* all ranks were told that they may */
    int64_t run;      /* that is to begin next, from 1 */
    int64_t round;    /* of which all were told how many there are to be, 0: none yet */
    bool final;       /* clocks are compared for the last time */
    int64_t stopping; /* signal that ends all, 0: none */
    int64_t opened_ns, next_together_ns;
};

static void lose(struct hub *h, int64_t rank, const char *why) {
    struct peer *p = &h->peers[rank];
    bool is_news = peer_is_left(p);
    p->lost = true;
    gathering_lose(&h->gathering, rank);
    if (is_news)
        h->owner.lost(h->owner.state, rank, p->host, why);
}

static void give(struct hub *h, int64_t to, const struct message *head, const char *text) {
    if (h->peers[to].gone || !h->owner.give(h->owner.give_state, to, head, text, text ? strlen(text) : 0))
        return;
    h->peers[to].gone = true;
    lose(h, to, "it cannot be reached");
}

void hub_give_all(struct hub *h, const struct message *head) {
    for (int64_t i = 0; i < h->size; i++)
        give(h, i, head, NULL);
}

static void greet(struct hub *h, int64_t from, const struct message *head, const char *host) {
    snprintf(h->peers[from].host, sizeof h->peers[from].host, "%s", host);
    h->peers[from].here = true;
    gathering_greet(&h->gathering, from, head->words.digest == h->orders.digest);
}

/* Before anything is sent it is the whole that a rank refuses: what it has come to is the same mistake then.
 */
static void fail(struct hub *h, int64_t rank, const char *why, int64_t status) {
    if (status && !h->begun && !h->stopping)
        gathering_refuse(&h->gathering, rank, why, status);
    else
        lose(h, rank, why);
}

/* text: the file's name, a NUL, the trouble, a NUL, the report. */
static void take_report(struct hub *h, int64_t from, const char *text, size_t length) {
    const char *name = text, *trouble = name + strnlen(name, length) + 1;
    const char *report = trouble <= text + length ? trouble + strlen(trouble) + 1 : NULL;
    struct peer *p = &h->peers[from];
    if (p->done || p->lost || !report || report > text + length)
        return;
    p->done = true;
    h->owner.reported(h->owner.state, from, p->host, name, trouble, report, length - (size_t)(report - text));
}

static void stop_all(struct hub *h, int64_t signal) {
    if (h->stopping)
        return;
    h->stopping = signal;
    hub_give_all(h, &(struct message){.kind = MESSAGE_STOP, .end.status = signal});
}

static void hear_round(struct peer *p, const struct message *head) {
    p->round = head->round.number;
    p->rounds = head->round.rounds;
}

void hub_heard(struct hub *h, int64_t from, const struct message *head, const char *text, size_t length) {
    int64_t now_ns = clock_now_ns();
    struct peer *p = &h->peers[from];
    p->heard_ns = now_ns;
    switch ((enum message_kind)head->kind) {
    case MESSAGE_HELLO:
        greet(h, from, head, text);
        break;
    case MESSAGE_SETTLED:
        gathering_settle(&h->gathering, from, text, h->orders.modes);
        break;
    case MESSAGE_READY:
        p->ready = head->run.number;
        break;
    case MESSAGE_PASSED:
        p->passed = head->run.number;
        break;
    case MESSAGE_RAN:
        p->ran = true;
        break;
    case MESSAGE_PONG:
        comparing_answer(&h->comparing, from, head, now_ns);
        break;
    case MESSAGE_PROGRESS:
        p->progress = head->progress;
        break;
    case MESSAGE_SAID:
        if (from == 0)
            h->owner.said(h->owner.state, text);
        break;
    case MESSAGE_ROUND:
        hear_round(p, head);
        break;
    case MESSAGE_REPORT:
        take_report(h, from, text, length);
        break;
    case MESSAGE_FAILED:
        fail(h, from, text, head->end.status);
        break;
    case MESSAGE_STOPPED:
        stop_all(h, head->end.status);
        break;
    default:
        break; /* that it lives is all that it says */
    }
}

/* Which ranks are asked: those that wait for the same thing, and so disturb nothing. */
static bool is_compared(const void *state, int64_t rank) {
    const struct hub *h = state;
    const struct peer *p = &h->peers[rank];
    return h->final ? peer_is_left(p) && p->ran : peer_waits_for(p, h->run);
}

static void give_question(void *state, int64_t rank, const struct message *head) {
    give(state, rank, head, NULL);
}

struct hub *hub_open(int64_t size, const struct hub_owner *owner, const struct hub_orders *orders) {
    struct hub *h = memory_zalloc(1, sizeof *h);
    *h =
        (struct hub){.owner = *owner, .orders = *orders, .size = size, .run = 1, .opened_ns = clock_now_ns()};
    h->peers = memory_zalloc((size_t)size, sizeof *h->peers);
    gathering_init(&h->gathering, size);
    comparing_init(&h->comparing, size,
                   &(struct comparing_owner){.state = h, .takes_part = is_compared, .give = give_question});
    return h;
}

void hub_close(struct hub *h) {
    if (!h)
        return;
    gathering_fini(&h->gathering);
    comparing_fini(&h->comparing);
    free(h->peers);
    free(h);
}

static void begin_comparing(struct hub *h, bool final) {
    h->final = final;
    comparing_begin(&h->comparing);
}

static void tell_clock(struct hub *h, int64_t rank) {
    const struct comparing_rank *r = &h->comparing.ranks[rank];
    const struct clock_estimate *e = &r->known;
    if (r->estimate.exchanges || h->final)
        give(h, rank,
             &(struct message){.kind = MESSAGE_CLOCK, .clock = {e->at_ns, e->offset_ns, e->round_trip_ns}},
             NULL);
}

static void start(struct hub *h) {
    int64_t agreed_ns = clock_now_ns() + LEAD_NS(h->size);
    for (int64_t i = 0; i < h->size; i++) {
        const struct clock_estimate *known = &h->comparing.ranks[i].known;
        if (!peer_waits_for(&h->peers[i], h->run))
            continue;
        if (!known->exchanges) {
            lose(h, i, "its clock could not be read");
            continue;
        }
        tell_clock(h, i);
        int64_t local_ns = agreed_ns + known->offset_ns;
        give(h, i, &(struct message){.kind = MESSAGE_START, .start = {h->run, local_ns, agreed_ns}}, NULL);
    }
    h->run++;
}

static void end_comparing(struct hub *h) {
    if (!h->final) {
        start(h);
        return;
    }
    for (int64_t i = 0; i < h->size; i++)
        if (is_compared(h, i))
            tell_clock(h, i);
}

/* The foremost decides how many rounds there are to be. */
static void tell_rounds(struct hub *h) {
    const struct peer *p = peers_foremost(h->peers, h->size);
    if (!p || p->round <= h->round)
        return;
    h->round = p->round;
    hub_give_all(h, &(struct message){.kind = MESSAGE_ROUNDS, .round = {p->round, p->rounds}});
}

void hub_excuse_silence(struct hub *h) {
    int64_t now_ns = clock_now_ns();
    for (int64_t i = 0; i < h->size; i++)
        h->peers[i].heard_ns = now_ns;
}

static void miss_silent(struct hub *h, int64_t now_ns) {
    for (int64_t i = 1; i < h->size; i++) {
        struct peer *p = &h->peers[i];
        char why[100];
        int64_t patience_ns = p->here ? HUB_PATIENCE_NS : HUB_HELLO_NS;
        int64_t silent_ns = now_ns - (p->here ? p->heard_ns : h->opened_ns);
        if (p->gone || silent_ns < patience_ns)
            continue;
        p->gone = true;
        snprintf(why, sizeof why,
                 p->here ? "nothing was heard of it for %.0f s" : "it did not start within %.0f s",
                 (double)silent_ns / 1e9);
        lose(h, i, why);
    }
}

static void sum_progress(const struct hub *h, const struct peer *first, struct ranks_progress *sum) {
    *sum = first->progress;
    for (const struct peer *p = h->peers; p < h->peers + h->size; p++)
        if (p != first && !p->lost)
            progress_add(sum, &p->progress);
}

static void look_together(struct hub *h, int64_t now_ns) {
    const struct peer *first = peers_foremost(h->peers, h->size);
    if (now_ns < h->next_together_ns || !first || !first->progress.run)
        return;
    struct ranks_progress sum;
    sum_progress(h, first, &sum);
    h->owner.progress(h->owner.state, &sum);
    h->next_together_ns = now_ns + TOGETHER_NS;
}

static void give_orders(struct hub *h) {
    for (int64_t i = 0; i < h->size; i++)
        if (peer_is_left(&h->peers[i]))
            give(h, i,
                 &(struct message){.kind = MESSAGE_ORDERS,
                                   .orders = {i, h->size, h->orders.seed, h->orders.load}},
                 h->orders.name);
}

static void refuse_all(struct hub *h) {
    for (int64_t i = 0; i < h->size; i++) {
        struct peer *p = &h->peers[i];
        const struct gathering_rank *r = &h->gathering.ranks[i];
        if (peer_is_left(p) && r->refusal)
            h->owner.refused(h->owner.state, i, p->host, r->refusal, r->status);
        p->done = true;
    }
}

static void gather(struct hub *h) {
    switch (gathering_step(&h->gathering)) {
    case GATHERING_ORDERS:
        give_orders(h);
        break;
    case GATHERING_BEGINS:
        h->begun = true;
        hub_give_all(h, &(struct message){.kind = MESSAGE_BEGIN});
        break;
    case GATHERING_ENDS:
        refuse_all(h);
        break;
    case GATHERING_WAITS:
        break;
    }
}

void hub_step(struct hub *h) {
    int64_t now_ns = clock_now_ns();
    miss_silent(h, now_ns);
    if (!h->begun) {
        gather(h);
        return;
    }
    look_together(h, now_ns);
    tell_rounds(h);
    if (h->comparing.on) {
        if (comparing_step(&h->comparing, now_ns))
            end_comparing(h);
        return;
    }
    struct peers_muster m = peers_muster(h->peers, h->size, h->run);
    if (m.all_ran && !h->final && !hub_is_done(h))
        begin_comparing(h, true);
    else if (m.all_came && m.any_waits && !h->stopping)
        begin_comparing(h, false);
    else if (m.all_came && !m.any_waits && !m.all_ran)
        h->run++;
}

void hub_give_up(struct hub *h, const char *why) {
    for (int64_t i = 0; i < h->size; i++)
        if (peer_is_left(&h->peers[i])) {
            h->peers[i].gone = true;
            lose(h, i, why);
        }
}

bool hub_is_quick(const struct hub *h) {
    return h->comparing.on;
}

bool hub_is_done(const struct hub *h) {
    for (int64_t i = 0; i < h->size; i++)
        if (peer_is_left(&h->peers[i]))
            return false;
    return true;
}

bool hub_has_all(const struct hub *h) {
    for (int64_t i = 0; i < h->size; i++)
        if (h->peers[i].gone)
            return false;
    return true;
}
