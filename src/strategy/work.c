/* Ticket numbers from one shared counter. */
#include "strategy/work.h"

#include "base/clock.h"
#include "base/wait.h"

void work_start(struct work *w, const struct plan *plan, int64_t go_ns) {
    int64_t end_ns = plan->duration_ns ? plan->duration_ns : plan->deadline_ns;
    w->origin_ns = go_ns;
    w->until_ns = end_ns ? go_ns + end_ns : 0;
    w->load = load_is_open(&plan->load) ? &plan->load : NULL;
    w->think_ns = plan->think_ns;
    w->share = plan->share;
    w->recording->facts->cut_ns = end_ns ? w->until_ns + plan->grace_ns : 0;
}

bool work_is_over(const struct work *w) {
    return recording_stopping(w->recording) || (w->until_ns && clock_now_ns() >= w->until_ns);
}

/* Which of the run's it is, from 0. */
static bool take_next(const struct work *w, int64_t *nth) {
    struct run_facts *f = w->recording->facts;
    if (atomic_load_explicit(&f->handed_out, memory_order_relaxed) >= w->requests)
        return false;
    *nth = atomic_fetch_add_explicit(&f->handed_out, 1, memory_order_relaxed);
    if (*nth < w->requests)
        return true;
    atomic_fetch_sub_explicit(&f->handed_out, 1, memory_order_relaxed);
    return false;
}

bool work_take(struct work *w, struct load_cursor *cursor, struct ticket *ticket) {
    int64_t nth = 0;
    if (work_is_over(w) || !take_next(w, &nth))
        return false;
    *ticket = (struct ticket){.number = share_number(&w->share, nth)};
    if (!w->load)
        return true;
    int64_t after_ns = load_due_ns(w->load, cursor, nth);
    ticket->due_ns = w->origin_ns + (after_ns == LOAD_NEVER_NS ? 0 : after_ns);
    if (after_ns != LOAD_NEVER_NS && (!w->until_ns || ticket->due_ns < w->until_ns))
        return true;
    work_give_back(w, 1);
    return false;
}

bool work_await(struct work *w, struct load_cursor *cursor, struct ticket *ticket) {
    if (!work_take(w, cursor, ticket))
        return false;
    if (!ticket->due_ns || (wait_until(w->recording->stop_fd, ticket->due_ns) && !work_is_over(w)))
        return true;
    work_give_back(w, 1);
    return false;
}

void work_give_back(struct work *w, size_t count) {
    atomic_fetch_sub_explicit(&w->recording->facts->handed_out, (int64_t)count, memory_order_relaxed);
}

void work_pause(const struct work *w, int64_t free_ns) {
    if (!w->think_ns || free_ns <= w->origin_ns)
        return;
    int64_t end_ns = free_ns + w->think_ns;
    wait_asleep_until(w->recording->stop_fd, w->until_ns && w->until_ns < end_ns ? w->until_ns : end_ns);
}

struct pace_rules work_rules(const struct work *w, const struct plan *plan) {
    bool open = w->load != NULL;
    return (struct pace_rules){
        .open = open, .spin = open && plan->spin, .think_ns = w->think_ns, .until_ns = w->until_ns};
}
