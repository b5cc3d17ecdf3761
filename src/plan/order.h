/* Who runs when. Each round runs every slot once: slot s below entry_count is entry s, those from there on
 * run the baseline, the first label, a second time (A') at each point of a sweep, so that every comparison
 * carries its own noise floor. Pure functions of the plan, the round and the seed. */
#ifndef FETCHBENCH_PLAN_ORDER_H
#define FETCHBENCH_PLAN_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"

#define ORDER_SLOTS (2 * PLAN_ENTRIES) /* of a round at most */

/* The least number of rounds that can support a verdict on what the plan compares, at all points of a sweep
 * together; on one comparison, where there is only one label. */
int64_t plan_least_rounds(const struct plan *plan);

/* Whether the baseline runs twice in each round: with more than one label, wherever there are rounds enough
 * for any verdict against it. In a sweep of three labels or more that is before plan_least_rounds. */
bool plan_repeats_baseline(const struct plan *plan);

/* Slots of a round. */
size_t plan_slots(const struct plan *plan);

/* The entry that a slot runs, and whether it is a repeat. */
size_t plan_slot_entry(const struct plan *plan, size_t slot);
bool plan_slot_is_repeat(const struct plan *plan, size_t slot);

/* Writes the slots of a round, counted from 1, in the order in which they run: as typed where there is one
 * round, else in an order that is random with the seed. */
void plan_order(const struct plan *plan, int64_t round, size_t slots[ORDER_SLOTS]);

/* The numbers below `count` in an order that is a function of seed and round, every order as likely as any
 * other: the shuffle of Fisher and Yates, in Durstenfeld's form (Knuth, The Art of Computer Programming,
 * volume 2, algorithm P). */
void order_shuffle(uint64_t seed, int64_t round, size_t count, size_t *slots);

#endif
