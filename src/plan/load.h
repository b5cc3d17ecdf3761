/* When requests are to be sent. In a closed loop each follows an answer; in an open loop each has a moment at
 * which it is due, which a schedule of rates fixes beforehand and no slow answer moves. Pure functions. */
#ifndef FETCHBENCH_PLAN_LOAD_H
#define FETCHBENCH_PLAN_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/share.h"

#define LOAD_STAGES 64
#define LOAD_NEVER_NS INT64_MAX

/* A stretch in which the rate goes in a straight line from the one to the other. */
struct load_stage {
    double from_per_s, to_per_s;
    int64_t length_ns; /* LOAD_NEVER_NS: without end, the two rates being the same */
};

struct load {
    struct load_stage stages[LOAD_STAGES]; /* of a share its own part of each rate */
    size_t stage_count;                    /* 0: a closed loop */
    bool poisson;                          /* arrivals at random, at those rates; else evenly */
    uint64_t seed;
    struct share share; /* which of a larger load this is */
};

/* A request handed out to be sent. */
struct ticket {
    int64_t number;    /* in the whole plan, from 0 */
    int64_t due_ns;    /* of CLOCK_MONOTONIC; 0 in a closed loop: at once */
    int64_t queued_ns; /* when it was put into a queue to be sent, 0 where there is none */
    bool found_free;   /* a slot was free when it was due, be it not the one that comes to carry it */
};

/* Whoever asks for one request after the other keeps one, zeroed at first: it makes a random schedule cheap
 * and has no bearing on the answers. */
struct load_cursor {
    int64_t next; /* whose turn it is */
    double sum;   /* of the gaps before it, in units of the rate */
};

bool load_is_open(const struct load *load);

/* Nanoseconds from the start at which the load's `nth` request, from 0, is due, in an open loop: the moment
 * by which as many are due at the rates of the schedule as there are requests before it, or, with poisson, as
 * the sum of as many exponential gaps of mean 1, which depend on the seed and the request's number alone (an
 * inhomogeneous Poisson process, by change of its time scale). The evenly spaced requests of all shares are
 * those of the whole load; with poisson each share is a process of its own. LOAD_NEVER_NS beyond the
 * schedule's end. */
int64_t load_due_ns(const struct load *load, struct load_cursor *cursor, int64_t nth);

/* The rate that a load begins with, held: how a warm-up is paced. A closed loop stays one. */
struct load load_first_rate(const struct load *load);

/* How many are due before that moment, `most` at most. */
int64_t load_count(const struct load *load, int64_t until_ns, int64_t most);

/* How many the rates alone make due before that moment: what load_count varies about with poisson. */
double load_expected(const struct load *load, int64_t until_ns);

/* The sum of the stages' lengths, LOAD_NEVER_NS for one without end. */
int64_t load_length_ns(const struct load *load);

#endif
