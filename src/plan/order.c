/* The order of a round. */
#include "plan/order.h"

#include "base/random.h"
#include "stats/rounds.h"

#define ALPHA 0.05                          /* the chance of any false verdict */
#define STREAM_OF_ORDER (UINT64_C(1) << 40) /* apart from the streams of a URL's places */

static size_t comparisons(const struct plan *plan) {
    return plan->entry_count > 1 ? plan->entry_count - 1 : 1;
}

int64_t plan_least_rounds(const struct plan *plan) {
    return (int64_t)rounds_least(ALPHA, comparisons(plan));
}

bool plan_repeats_baseline(const struct plan *plan) {
    return plan->entry_count > 1 && plan->rounds >= plan_least_rounds(plan);
}

size_t plan_slots(const struct plan *plan) {
    return plan->entry_count + (plan_repeats_baseline(plan) ? 1 : 0);
}

size_t plan_slot_entry(const struct plan *plan, size_t slot) {
    return slot < plan->entry_count ? slot : 0;
}

bool plan_slot_is_repeat(const struct plan *plan, size_t slot) {
    return slot >= plan->entry_count;
}

void plan_order(const struct plan *plan, int64_t round, size_t slots[ORDER_SLOTS]) {
    size_t count = plan_slots(plan);
    if (plan->rounds > 1) {
        order_shuffle(plan->seed, round, count, slots);
        return;
    }
    for (size_t i = 0; i < count; i++)
        slots[i] = i;
}

void order_shuffle(uint64_t seed, int64_t round, size_t count, size_t *slots) {
    for (size_t i = 0; i < count; i++) {
        size_t place = (size_t)random_between(seed, (uint64_t)round, STREAM_OF_ORDER + i, 0, (int64_t)i);
        slots[i] = slots[place];
        slots[place] = i;
    }
}
