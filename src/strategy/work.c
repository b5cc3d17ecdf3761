/* Ticket numbers from one shared counter. */
#include "strategy/work.h"

#include "base/clock.h"

bool work_take(struct work *w, int64_t *ticket) {
    struct run_facts *f = w->recording->facts;
    if (recording_stopping(w->recording) || (w->until_ns && clock_now_ns() >= w->until_ns))
        return false;
    if (atomic_load_explicit(&f->handed_out, memory_order_relaxed) >= w->requests)
        return false;
    int64_t next = atomic_fetch_add_explicit(&f->handed_out, 1, memory_order_relaxed);
    if (next < w->requests) {
        *ticket = next;
        return true;
    }
    atomic_fetch_sub_explicit(&f->handed_out, 1, memory_order_relaxed);
    return false;
}
