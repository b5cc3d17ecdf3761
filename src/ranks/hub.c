/* One row per rank. A run begins when every rank that is left waits for it, or has passed it by. */
#include "ranks/hub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ranks/gathering.h"
#include "ranks/progress.h"

#define AT_ONCE(size) (1 + (size) / 64) /* ranks with which clocks are compared at the same time */
#define ANSWER_NS INT64_C(2000000000)   /* for a rank to take part in that */
#define ENOUGH_NS INT64_C(200000000)    /* for all exchanges with one, where they are slow */
#define LEAD_NS(size)                                                                                        \
    (50000000 + (size)*50000)          /* from telling the moment to the moment: they look every 20 ms */
#define TOGETHER_NS INT64_C(200000000) /* between two looks at how far all are */

struct peer {
    char host[256];
    int64_t heard_ns;
    int64_t ready, passed; /* numbers of runs, 0 for none yet */
    int64_t round, rounds; /* the last that it had, 0 for none yet, and as many as it wants in all */
    bool here, ran, done, lost;
    bool gone;                      /* and it is not spoken to any more */
    bool asked;                     /* a ping of its is under way */
    int64_t measured;               /* the turn in which its clock was last measured to the end */
    int64_t asked_from_ns;          /* in this turn; 0: not yet */
    int64_t woken;                  /* the turn in which it was told that it will be asked soon */
    int64_t next_ping;              /* number, from 1 */
    struct clock_estimate estimate; /* of this turn */
    struct clock_estimate known;    /* of the last turn that it had one in */
    struct ranks_progress progress;
};

struct hub {
    struct hub_owner owner;
    struct hub_orders orders;
    int64_t size;
    struct peer *peers;
    struct gathering gathering;
    bool begun;            /* all ranks were told that they may */
    int64_t run;           /* that is to begin next, from 1 */
    int64_t round;         /* of which all were told how many there are to be, 0: none yet */
    int64_t turn;          /* of comparing clocks, from 1; 0: none yet */
    bool comparing, final; /* clocks are compared now; and it is for the last time */
    int64_t stopping;      /* signal that ends all, 0: none */
    int64_t opened_ns, next_together_ns;
};

struct hub *hub_open(int64_t size, const struct hub_owner *owner, const struct hub_orders *orders) {
    struct hub *h = memory_zalloc(1, sizeof *h);
    *h =
        (struct hub){.owner = *owner, .orders = *orders, .size = size, .run = 1, .opened_ns = clock_now_ns()};
    h->peers = memory_zalloc((size_t)size, sizeof *h->peers);
    gathering_init(&h->gathering, size);
    return h;
}

void hub_close(struct hub *h) {
    if (!h)
        return;
    gathering_fini(&h->gathering);
    free(h->peers);
    free(h);
}

static bool is_left(const struct peer *p) {
    return !p->lost && !p->done;
}

static void lose(struct hub *h, int64_t rank, const char *why) {
    struct peer *p = &h->peers[rank];
    bool is_news = is_left(p);
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

static void take_answer(struct hub *h, int64_t from, const struct message *head, int64_t now_ns) {
    struct peer *p = &h->peers[from];
    if (!h->comparing || !p->asked || head->ping.number != p->next_ping)
        return;
    clock_estimate_add(&p->estimate, head->ping.sent_ns, head->ping.answered_ns, now_ns);
    p->asked = false;
    p->next_ping++;
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
        take_answer(h, from, head, now_ns);
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

static bool waits_for(const struct peer *p, int64_t run) {
    return is_left(p) && p->ready == run && p->passed < run;
}

/* Whether it is not to be waited for before that run begins. */
static bool has_come_to(const struct peer *p, int64_t run) {
    return !is_left(p) || p->ran || p->ready >= run || p->passed >= run;
}

struct muster {
    bool all_came, any_waits, all_ran;
};

static struct muster muster(const struct hub *h) {
    struct muster m = {.all_came = true, .all_ran = true};
    for (int64_t i = 0; i < h->size; i++) {
        const struct peer *p = &h->peers[i];
        m.all_came = m.all_came && has_come_to(p, h->run);
        m.any_waits = m.any_waits || waits_for(p, h->run);
        m.all_ran = m.all_ran && (p->ran || !is_left(p));
    }
    return m;
}

/* Which ranks are asked: those that wait for the same thing, and so disturb nothing. */
static bool is_compared(const struct hub *h, const struct peer *p) {
    return h->final ? is_left(p) && p->ran : waits_for(p, h->run);
}

static void begin_comparing(struct hub *h, bool final) {
    h->comparing = true;
    h->final = final;
    h->turn++;
    for (int64_t i = 0; i < h->size; i++) {
        struct peer *p = &h->peers[i];
        p->asked = false;
        p->asked_from_ns = 0;
        p->next_ping = 1;
        p->estimate = (struct clock_estimate){0};
    }
}

static void ask(struct hub *h, int64_t rank, int64_t now_ns) {
    struct peer *p = &h->peers[rank];
    p->asked = true;
    if (!p->asked_from_ns)
        p->asked_from_ns = now_ns;
    give(h, rank, &(struct message){.kind = MESSAGE_PING, .ping = {p->next_ping, clock_now_ns(), 0}}, NULL);
}

/* So that it looks at once when its first question comes. Not all at the same time: on one machine they would
 * keep each other from answering. */
static void wake(struct hub *h, int64_t rank) {
    struct peer *p = &h->peers[rank];
    if (p->woken == h->turn)
        return;
    p->woken = h->turn;
    give(h, rank, &(struct message){.kind = MESSAGE_PING}, NULL);
}

static bool was_asked_enough(const struct peer *p, int64_t now_ns) {
    int64_t for_ns = p->asked_from_ns ? now_ns - p->asked_from_ns : 0;
    return p->estimate.exchanges == HUB_EXCHANGES || for_ns > ANSWER_NS ||
           (p->estimate.exchanges && for_ns > ENOUGH_NS);
}

static void settle(struct hub *h, struct peer *p) {
    p->measured = h->turn;
    if (p->estimate.exchanges)
        p->known = p->estimate;
}

/* Asks the next ones in turn; whether all have been asked to the end. */
static bool compare_some(struct hub *h, int64_t now_ns) {
    int64_t at_once = AT_ONCE(h->size), under_way = 0;
    for (int64_t i = 0; i < h->size && under_way < 2 * at_once; i++) {
        struct peer *p = &h->peers[i];
        if (!is_compared(h, p) || p->measured == h->turn)
            continue;
        if (i == 0)
            p->estimate = (struct clock_estimate){.exchanges = HUB_EXCHANGES, .at_ns = now_ns};
        if (was_asked_enough(p, now_ns)) {
            settle(h, p);
            continue;
        }
        if (under_way++ >= at_once)
            wake(h, i);
        else if (!p->asked)
            ask(h, i, now_ns);
    }
    return under_way == 0;
}

static void tell_clock(struct hub *h, int64_t rank) {
    const struct clock_estimate *e = &h->peers[rank].known;
    if (h->peers[rank].estimate.exchanges || h->final)
        give(h, rank,
             &(struct message){.kind = MESSAGE_CLOCK, .clock = {e->at_ns, e->offset_ns, e->round_trip_ns}},
             NULL);
}

static void start(struct hub *h) {
    int64_t agreed_ns = clock_now_ns() + LEAD_NS(h->size);
    for (int64_t i = 0; i < h->size; i++) {
        struct peer *p = &h->peers[i];
        if (!waits_for(p, h->run))
            continue;
        if (!p->known.exchanges) {
            lose(h, i, "its clock could not be read");
            continue;
        }
        tell_clock(h, i);
        int64_t local_ns = agreed_ns + p->known.offset_ns;
        give(h, i, &(struct message){.kind = MESSAGE_START, .start = {h->run, local_ns, agreed_ns}}, NULL);
    }
    h->run++;
}

static void end_comparing(struct hub *h) {
    h->comparing = false;
    if (!h->final) {
        start(h);
        return;
    }
    for (int64_t i = 0; i < h->size; i++)
        if (is_compared(h, &h->peers[i]))
            tell_clock(h, i);
}

/* The first rank that works, NULL for none. */
static const struct peer *foremost(const struct hub *h) {
    for (int64_t i = 0; i < h->size; i++)
        if (is_left(&h->peers[i]) && !h->peers[i].ran)
            return &h->peers[i];
    return NULL;
}

/* That one decides how many rounds there are to be. */
static void tell_rounds(struct hub *h) {
    const struct peer *p = foremost(h);
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
    const struct peer *first = foremost(h);
    if (now_ns < h->next_together_ns || !first || !first->progress.run)
        return;
    struct ranks_progress sum;
    sum_progress(h, first, &sum);
    h->owner.progress(h->owner.state, &sum);
    h->next_together_ns = now_ns + TOGETHER_NS;
}

static void give_orders(struct hub *h) {
    for (int64_t i = 0; i < h->size; i++)
        if (is_left(&h->peers[i]))
            give(h, i,
                 &(struct message){.kind = MESSAGE_ORDERS,
                                   .orders = {i, h->size, h->orders.seed, h->orders.load}},
                 h->orders.name);
}

static void refuse_all(struct hub *h) {
    for (int64_t i = 0; i < h->size; i++) {
        struct peer *p = &h->peers[i];
        const struct gathering_rank *r = &h->gathering.ranks[i];
        if (is_left(p) && r->refusal)
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
    if (h->comparing) {
        if (compare_some(h, now_ns))
            end_comparing(h);
        return;
    }
    struct muster m = muster(h);
    if (m.all_ran && !h->final && !hub_is_done(h))
        begin_comparing(h, true);
    else if (m.all_came && m.any_waits && !h->stopping)
        begin_comparing(h, false);
    else if (m.all_came && !m.any_waits && !m.all_ran)
        h->run++;
}

void hub_give_up(struct hub *h, const char *why) {
    for (int64_t i = 0; i < h->size; i++)
        if (is_left(&h->peers[i])) {
            h->peers[i].gone = true;
            lose(h, i, why);
        }
}

bool hub_is_quick(const struct hub *h) {
    return h->comparing;
}

bool hub_is_done(const struct hub *h) {
    for (int64_t i = 0; i < h->size; i++)
        if (is_left(&h->peers[i]))
            return false;
    return true;
}

bool hub_has_all(const struct hub *h) {
    for (int64_t i = 0; i < h->size; i++)
        if (h->peers[i].gone)
            return false;
    return true;
}
