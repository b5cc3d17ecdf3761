/* Stackful coroutines of one thread: a function on a stack of its own that can be left in the middle and
 * resumed there. Stacks come from one reservation; each has a guard page below it, so that running over is a
 * fault and no silent damage, and no page of it is touched before it is used.
 *
 * A switch saves what the platform's calling convention says a function must keep, by a few instructions
 * where they are written for the processor (x86-64, 64-bit ARM), else by swapcontext, which makes two system
 * calls. */
#ifndef FETCHBENCH_STRATEGY_FIBER_H
#define FETCHBENCH_STRATEGY_FIBER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define FIBER_MAPPINGS 2 /* of memory that the kernel counts for each: the stack and its guard */

struct fibers;

/* Reserves stacks for `count` fibers of the calling thread. 0, or -1 with err filled. */
int fibers_open(struct fibers **out, size_t count, struct err *err);
void fibers_close(struct fibers *f);

/* Gives fiber `index`, which must not be suspended, this function to run when it is resumed next. */
void fiber_prepare(struct fibers *f, size_t index, void (*run)(void *argument), void *argument);

/* Called by the thread outside any fiber: runs the fiber from where it is until it yields (true) or its
 * function has come back (false). */
bool fiber_resume(struct fibers *f, size_t index);

/* Called within a fiber: leaves it until it is resumed. */
void fiber_yield(struct fibers *f);

#endif
