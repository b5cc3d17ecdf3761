/* What strategies have in common that run K event loops, each on a thread with its share of the requests in
 * flight.
 */
#ifndef FETCHBENCH_STRATEGY_LOOPS_H
#define FETCHBENCH_STRATEGY_LOOPS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "plan/option.h"
#include "plan/plan.h"
#include "record/recording.h"

/* The row `threads` of such a strategy, whose value stands at that index. */
#define LOOPS_OPTION_THREADS(index)                                                                          \
    {                                                                                                        \
        .name = "threads", .argument = "K", .kind = OPTION_COUNT,                                            \
        .offset = (index) * sizeof(union plan_value), .least = 1, .most = 1024,                              \
        .help = "event loops, each on a thread (1)", .details = "Each has its share of --concurrency."       \
    }

/* How many there are where so many are wanted (0: not said). */
int64_t loops_count(const struct plan_entry *entry, int64_t wanted);

/* The slots of loop i, from `first` on. */
struct loops_share {
    size_t first, count;
};
struct loops_share loops_share(const struct plan_entry *entry, size_t i);

/* Runs drive(loops + i * size) for each of `count`, the first on the calling thread, until all have come
 * back. 0, or -1 with err filled when one could not be started; the others have then been stopped. */
int loops_run(void *loops, size_t size, size_t count, void *(*drive)(void *), struct recording *recording,
              struct err *err);

#endif
