/* A stack of free transfers, one ticket, and a queue of pauses that are all equally long. */
#include "http/pace.h"

#include <stdlib.h>

#include "base/memory.h"

void pace_init(struct pace *p, size_t count, pace_take *take, void *state) {
    *p = (struct pace){.take = take, .state = state, .over = true};
    p->free = memory_zalloc(count, sizeof *p->free);
    deadlines_init(&p->thinking, count, 0);
}

void pace_fini(struct pace *p) {
    free(p->free);
    deadlines_fini(&p->thinking);
    p->free = NULL;
}

void pace_start(struct pace *p, const struct pace_rules *rules) {
    p->rules = *rules;
    p->free_count = 0;
    p->holds_ticket = false;
    p->over = false;
    while (p->thinking.first != DEADLINES_NONE)
        deadlines_remove(&p->thinking, p->thinking.first);
    p->thinking.limit_ns = rules->think_ns;
}

static void push(struct pace *p, size_t index, int64_t since_ns) {
    p->free[p->free_count++] = (struct pace_free){.index = index, .since_ns = since_ns};
}

void pace_rest(struct pace *p, size_t index, int64_t since_ns) {
    const struct pace_rules *r = &p->rules;
    if (!r->think_ns || !since_ns)
        push(p, index, since_ns);
    else
        deadlines_add(&p->thinking, index, since_ns);
}

static void end_pauses(struct pace *p, int64_t now_ns) {
    for (size_t first = p->thinking.first; deadlines_next_ns(&p->thinking) <= now_ns;
         first = p->thinking.first) {
        int64_t since_ns = deadlines_next_ns(&p->thinking);
        deadlines_remove(&p->thinking, first);
        push(p, first, since_ns);
    }
}

static bool take(struct pace *p) {
    if (!p->holds_ticket && !p->over && p->free_count > 0) {
        p->holds_ticket = p->take(p->state, &p->ticket);
        p->over = !p->holds_ticket;
    }
    return p->holds_ticket;
}

/* The one that came free last, but before the request was due: where there is one the request did not wait
 * for a transfer, and is not to look as if it had. */
static size_t choose(const struct pace *p) {
    size_t at = p->free_count;
    while (at > 0 && p->free[at - 1].since_ns > p->ticket.due_ns)
        at--;
    return at > 0 ? at - 1 : p->free_count - 1;
}

static size_t pop(struct pace *p, size_t at) {
    size_t index = p->free[at].index;
    p->free_count--;
    for (; at < p->free_count; at++)
        p->free[at] = p->free[at + 1];
    return index;
}

/* What is due and found no transfer free by then is not begun any more. */
static void end_by_time(struct pace *p, int64_t now_ns) {
    if (p->rules.until_ns && now_ns >= p->rules.until_ns) {
        p->holds_ticket = false;
        p->over = true;
    }
}

bool pace_next(struct pace *p, int64_t now_ns, size_t *index, struct ticket *ticket) {
    end_pauses(p, now_ns);
    end_by_time(p, now_ns);
    if (!take(p) || p->ticket.due_ns > now_ns)
        return false;
    *index = pop(p, p->rules.open ? choose(p) : p->free_count - 1);
    *ticket = p->ticket;
    p->holds_ticket = false;
    return true;
}

/* In a closed loop what is taken counts as handed out, so it is taken only to be begun. */
int64_t pace_moment_ns(struct pace *p) {
    if (p->rules.open && take(p))
        return p->ticket.due_ns;
    if (p->over)
        return PACE_NEVER_NS;
    if (p->free_count > 0 && !p->rules.open)
        return 0;
    int64_t next_ns = deadlines_next_ns(&p->thinking), until_ns = p->rules.until_ns;
    return until_ns && next_ns != PACE_NEVER_NS && until_ns < next_ns ? until_ns : next_ns;
}

bool pace_waits(struct pace *p) {
    return pace_moment_ns(p) != PACE_NEVER_NS;
}
