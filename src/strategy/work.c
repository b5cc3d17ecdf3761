/* Ticket numbers from one shared counter. */
#include "strategy/work.h"

#include "base/clock.h"

static bool is_over(const struct work *w) {
    return recording_stopping(w->recording) || (w->until_ns && clock_now_ns() >= w->until_ns);
}

static bool take_number(const struct work *w, int64_t *number) {
    struct run_facts *f = w->recording->facts;
    if (atomic_load_explicit(&f->handed_out, memory_order_relaxed) >= w->requests)
        return false;
    *number = atomic_fetch_add_explicit(&f->handed_out, 1, memory_order_relaxed);
    if (*number < w->requests)
        return true;
    atomic_fetch_sub_explicit(&f->handed_out, 1, memory_order_relaxed);
    return false;
}

bool work_take(struct work *w, struct load_cursor *cursor, struct ticket *ticket) {
    *ticket = (struct ticket){0};
    if (is_over(w) || !take_number(w, &ticket->number))
        return false;
    if (!w->load)
        return true;
    ticket->due_ns = w->origin_ns + load_due_ns(w->load, cursor, ticket->number);
    return !w->until_ns || ticket->due_ns < w->until_ns;
}

struct pace_rules work_rules(const struct work *w, const struct plan *plan) {
    bool open = w->load != NULL;
    return (struct pace_rules){.open = open, .spin = open && plan->spin, .until_ns = w->until_ns};
}
