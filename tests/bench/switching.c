/* What going to another stack and back costs: the coroutine strategy's switch beside the C library's
 * swapcontext, by turns in one process. Prints one line of JSON: the median of ROUNDS, in ns per round trip.
 *
 * switching [round trips per round] */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <ucontext.h>

#include "strategy/switch.h"

#define ROUNDS 11
#define STACK_BYTES 65536

struct ours {
    struct switch_point caller, callee;
};

struct theirs {
    ucontext_t caller, callee;
};

static void bounce_ours(void *argument) {
    struct ours *o = argument;
    while (true)
        switch_stacks(&o->callee, &o->caller);
}

/* makecontext passes ints only: a pointer goes in two halves. */
static void bounce_theirs(unsigned high, unsigned low) {
    struct theirs *t = (struct theirs *)(((uintptr_t)high << 32) | low);
    while (true)
        swapcontext(&t->callee, &t->caller);
}

static double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double time_ours(struct ours *o, long trips) {
    double start = now_ns();
    for (long i = 0; i < trips; i++)
        switch_stacks(&o->caller, &o->callee);
    return (now_ns() - start) / (double)trips;
}

static double time_theirs(struct theirs *t, long trips) {
    double start = now_ns();
    for (long i = 0; i < trips; i++)
        swapcontext(&t->caller, &t->callee);
    return (now_ns() - start) / (double)trips;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values) {
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

int main(int argc, char **argv) {
    static char our_stack[STACK_BYTES], their_stack[STACK_BYTES];
    static struct ours ours;
    static struct theirs theirs;
    double our_ns[ROUNDS], their_ns[ROUNDS];
    long trips = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000;
    if (trips < 1) {
        fprintf(stderr, "switching: round trips must be a number from 1 on\n");
        return 2;
    }

    switch_prepare(&ours.callee, our_stack, sizeof our_stack, bounce_ours, &ours);
    getcontext(&theirs.callee);
    theirs.callee.uc_stack.ss_sp = their_stack;
    theirs.callee.uc_stack.ss_size = sizeof their_stack;
    uintptr_t where = (uintptr_t)&theirs;
    makecontext(&theirs.callee, (void (*)(void))bounce_theirs, 2, (unsigned)(where >> 32), (unsigned)where);

    for (int round = 0; round < ROUNDS; round++) {
        our_ns[round] = time_ours(&ours, trips);
        their_ns[round] = time_theirs(&theirs, trips);
    }
    printf("{\"round_trips\":%ld,\"rounds\":%d,\"switch_ns\":%.1f,\"swapcontext_ns\":%.1f}\n", trips, ROUNDS,
           median(our_ns), median(their_ns));
    return 0;
}
