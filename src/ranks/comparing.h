/* Rank 0's clock is compared with those of the others, by turns: each that takes part is asked several times,
 * a few ranks at once. It waits for nothing: whoever owns it passes the answers on, and lets it ask what is
 * due. One thread. */
#ifndef FETCHBENCH_RANKS_COMPARING_H
#define FETCHBENCH_RANKS_COMPARING_H

#include <stdbool.h>
#include <stdint.h>

#include "ranks/clocks.h"
#include "ranks/message.h"

#define COMPARING_EXCHANGES 16 /* with a rank in a turn: the pings' numbers go from 1 to this */

/* What whoever owns it does for it, during comparing_step. */
struct comparing_owner {
    void *state;
    /* Whether that rank is asked in this turn; it may cease to be. */
    bool (*takes_part)(const void *state, int64_t rank);
    /* Sends it a message without waiting. */
    void (*give)(void *state, int64_t rank, const struct message *head);
};

struct comparing_rank {
    bool asked;                     /* a ping of its is under way */
    int64_t measured;               /* the turn in which its clock was last measured to the end */
    int64_t asked_from_ns;          /* in this turn; 0: not yet */
    int64_t woken;                  /* the turn in which it was told that it will be asked soon */
    int64_t next_ping;              /* number, from 1 */
    struct clock_estimate estimate; /* of this turn */
    struct clock_estimate known;    /* of the last turn that it had one in */
};

/* Ends with comparing_fini. */
struct comparing {
    struct comparing_owner owner;
    int64_t size;
    struct comparing_rank *ranks;
    int64_t turn; /* from 1; 0: none yet */
    bool on;      /* a turn is under way */
};

void comparing_init(struct comparing *c, int64_t size, const struct comparing_owner *owner);
void comparing_fini(struct comparing *c);

/* Begins a turn. */
void comparing_begin(struct comparing *c);
/* A rank's MESSAGE_PONG, heard at that time; one that was not asked for is passed over. */
void comparing_answer(struct comparing *c, int64_t rank, const struct message *head, int64_t now_ns);
/* Asks the next ranks, while a turn is under way; whether it is over now: of all that take part the clock is
 * known, or they were given their time. */
bool comparing_step(struct comparing *c, int64_t now_ns);

#endif
