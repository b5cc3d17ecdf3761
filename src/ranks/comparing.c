/* One row per rank, asked in their order. Rank 0's own clock is what the others are compared with. */
#include "ranks/comparing.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

#define AT_ONCE(size) (1 + (size) / 64) /* ranks with which clocks are compared at the same time */
#define ANSWER_NS INT64_C(2000000000)   /* for a rank to take part in that */
#define ENOUGH_NS INT64_C(200000000)    /* for all exchanges with one, where they are slow */

void comparing_init(struct comparing *c, int64_t size, const struct comparing_owner *owner) {
    *c = (struct comparing){.owner = *owner, .size = size};
    c->ranks = memory_zalloc((size_t)size, sizeof *c->ranks);
}

void comparing_fini(struct comparing *c) {
    free(c->ranks);
}

void comparing_begin(struct comparing *c) {
    c->on = true;
    c->turn++;
    for (int64_t i = 0; i < c->size; i++) {
        struct comparing_rank *r = &c->ranks[i];
        r->asked = false;
        r->asked_from_ns = 0;
        r->next_ping = 1;
        r->estimate = (struct clock_estimate){0};
    }
}

void comparing_answer(struct comparing *c, int64_t rank, const struct message *head, int64_t now_ns) {
    struct comparing_rank *r = &c->ranks[rank];
    if (!c->on || !r->asked || head->ping.number != r->next_ping)
        return;
    clock_estimate_add(&r->estimate, head->ping.sent_ns, head->ping.answered_ns, now_ns);
    r->asked = false;
    r->next_ping++;
}

static void ask(struct comparing *c, int64_t rank, int64_t now_ns) {
    struct comparing_rank *r = &c->ranks[rank];
    r->asked = true;
    if (!r->asked_from_ns)
        r->asked_from_ns = now_ns;
    c->owner.give(c->owner.state, rank,
                  &(struct message){.kind = MESSAGE_PING, .ping = {r->next_ping, clock_now_ns(), 0}});
}

/* So that it looks at once when its first question comes. Not all at the same time: on one machine they would
 * keep each other from answering. */
static void wake(struct comparing *c, int64_t rank) {
    struct comparing_rank *r = &c->ranks[rank];
    if (r->woken == c->turn)
        return;
    r->woken = c->turn;
    c->owner.give(c->owner.state, rank, &(struct message){.kind = MESSAGE_PING});
}

static bool was_asked_enough(const struct comparing_rank *r, int64_t now_ns) {
    int64_t for_ns = r->asked_from_ns ? now_ns - r->asked_from_ns : 0;
    return r->estimate.exchanges == COMPARING_EXCHANGES || for_ns > ANSWER_NS ||
           (r->estimate.exchanges && for_ns > ENOUGH_NS);
}

static void settle(struct comparing *c, struct comparing_rank *r) {
    r->measured = c->turn;
    if (r->estimate.exchanges)
        r->known = r->estimate;
}

bool comparing_step(struct comparing *c, int64_t now_ns) {
    int64_t at_once = AT_ONCE(c->size), under_way = 0;
    for (int64_t i = 0; i < c->size && under_way < 2 * at_once; i++) {
        struct comparing_rank *r = &c->ranks[i];
        if (!c->owner.takes_part(c->owner.state, i) || r->measured == c->turn)
            continue;
        if (i == 0)
            r->estimate = (struct clock_estimate){.exchanges = COMPARING_EXCHANGES, .at_ns = now_ns};
        if (was_asked_enough(r, now_ns)) {
            settle(c, r);
            continue;
        }
        if (under_way++ >= at_once)
            wake(c, i);
        else if (!r->asked)
            ask(c, i, now_ns);
    }
    c->on = under_way > 0;
    return !c->on;
}
