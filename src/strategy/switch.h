/* From one stack to another: the least that a fiber needs of a processor. */
#ifndef FETCHBENCH_STRATEGY_SWITCH_H
#define FETCHBENCH_STRATEGY_SWITCH_H

#include <stddef.h>

#if defined(__x86_64__) || defined(__aarch64__)
/* Everything else is on the stack that it points to. */
struct switch_point {
    void *stack;
};
#else
#include <ucontext.h>
struct switch_point {
    ucontext_t context;
};
#endif

/* Makes *at a point from which run(argument) begins on the given stack. run must not return. */
void switch_prepare(struct switch_point *at, char *stack, size_t stack_bytes, void (*run)(void *argument),
                    void *argument);

/* Goes on at *to; comes back when something goes on at *from. */
void switch_stacks(struct switch_point *from, struct switch_point *to);

#endif
