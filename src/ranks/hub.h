/* Rank 0's side of a launch: who is there, whether all can begin (ranks/gathering.h), the step in which all
 * begin each run, by their clocks (ranks/comparing.h), and who is lost. It waits for nothing: whoever drives
 * it tells it what was heard, and lets it do what is due. One thread. */
#ifndef FETCHBENCH_RANKS_HUB_H
#define FETCHBENCH_RANKS_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ranks/message.h"

#define HUB_PATIENCE_NS                                                                                      \
    INT64_C(10000000000) /* without a word from a rank, which says one each second, it is lost */
#define HUB_HELLO_NS INT64_C(60000000000) /* for the first word of a rank, and of rank 0 */

/* What whoever drives it does for it; texts are valid during the call. */
struct hub_owner {
    void *give_state, *state; /* of `give`, and of the others */
    /* Sends a message to a rank, itself included, without waiting. 0, or -1 where the rank cannot be reached.
     */
    int (*give)(void *give_state, int64_t to, const struct message *head, const void *text, size_t length);
    /* All ranks together, a few times a second. */
    void (*progress)(void *state, const struct ranks_progress *sum);
    /* What rank 0's worker has to say to people. */
    void (*said)(void *state, const char *sentence);
    /* A rank's report, once: `trouble` says why it is not whole, "" for nothing. */
    void (*reported)(void *state, int64_t rank, const char *host, const char *name, const char *trouble,
                     const char *report, size_t length);
    /* A rank of which there will be no report, once; `host` may be "". */
    void (*lost)(void *state, int64_t rank, const char *host, const char *why);
    /* A rank that makes the whole end before anything is sent, and the exit status that it came to. */
    void (*refused)(void *state, int64_t rank, const char *host, const char *why, int64_t status);
};

struct hub_orders {
    int64_t seed;
    uint64_t load;    /* that of no other launch */
    uint64_t digest;  /* of the words, which those of every rank are to have */
    const char *name; /* what reports are named after; "": each is in a folder of its own until all are in the
                         whole */
    const char *modes; /* that rank 0 can run, as its worker would tell them */
};

struct hub;

struct hub *hub_open(int64_t size, const struct hub_owner *owner, const struct hub_orders *orders);
void hub_close(struct hub *h);

void hub_heard(struct hub *h, int64_t from, const struct message *head, const char *text, size_t length);
void hub_step(struct hub *h);
/* A message without a text to all ranks that are there, this one included. One whose share is lost is there
 * as long as it is heard of, and waits for the end as the others do. */
void hub_give_all(struct hub *h, const struct message *head);

/* Time in which it was not told what was heard does not count as silence of the ranks. */
void hub_excuse_silence(struct hub *h);

/* Nothing more is waited for: the ranks of which there is no report are lost. */
void hub_give_up(struct hub *h, const char *why);

/* Whether something is under way in which each moment counts, so that it is to be driven without a pause. */
bool hub_is_quick(const struct hub *h);
/* Whether of every rank there is a report, or none to come. */
bool hub_is_done(const struct hub *h);
/* Whether every rank is there to the end, be its share lost. */
bool hub_has_all(const struct hub *h);

#endif
