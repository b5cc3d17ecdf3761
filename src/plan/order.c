/* The order of a round. */
#include "plan/order.h"

#include <string.h>

#include "base/random.h"
#include "stats/rounds.h"

#define ALPHA 0.05                          /* the chance of any false verdict */
#define STREAM_OF_ORDER (UINT64_C(1) << 40) /* apart from the streams of a URL's places */

/* Without a sweep, of each label with the baseline; in one also of any two, for where the winner changes. */
static size_t comparisons(const struct plan *plan) {
    size_t labels = plan_label_count(plan), pairs = labels * (labels - 1) / 2;
    if (labels < 2)
        return 1;
    return plan->point_count ? pairs * plan->point_count : labels - 1;
}

static bool is_baseline(const struct plan_entry *entry, const struct plan_entry *first) {
    return !entry->ceiling && strcmp(entry->label, first->label) == 0;
}

/* The baseline's entry with that number, from 0 on; entry_count when it has fewer. Without a sweep it has
 * one. */
static size_t baseline_entry(const struct plan *plan, size_t number) {
    size_t at = 0;
    while (at < plan->entry_count && !(is_baseline(&plan->entries[at], &plan->entries[0]) && number-- == 0))
        at++;
    return at;
}

static size_t baseline_entries(const struct plan *plan) {
    size_t count = 0;
    for (size_t i = 0; i < plan->entry_count; i++)
        count += is_baseline(&plan->entries[i], &plan->entries[0]);
    return count;
}

int64_t plan_least_rounds(const struct plan *plan) {
    return (int64_t)rounds_least(ALPHA, comparisons(plan));
}

/* For verdicts on labels against the baseline, the words of which take fewer rounds than where winners
 * change.
 */
bool plan_repeats_baseline(const struct plan *plan) {
    size_t labels = plan_label_count(plan), points = plan->point_count ? plan->point_count : 1;
    return labels > 1 && plan->rounds >= (int64_t)rounds_least(ALPHA, (labels - 1) * points);
}

size_t plan_slots(const struct plan *plan) {
    return plan->entry_count + (plan_repeats_baseline(plan) ? baseline_entries(plan) : 0);
}

size_t plan_slot_entry(const struct plan *plan, size_t slot) {
    return slot < plan->entry_count ? slot : baseline_entry(plan, slot - plan->entry_count);
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
