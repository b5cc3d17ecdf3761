/* What is known before anything is sent: that all ranks were started with the same words, and that each can
 * do its share. A mistake in words or files on one of them refuses the whole; a rank that does not come, or
 * dies, costs its share. One thread. */
#ifndef FETCHBENCH_RANKS_GATHERING_H
#define FETCHBENCH_RANKS_GATHERING_H

#include <stdbool.h>
#include <stdint.h>

struct gathering_rank {
    bool here, settled, lost;
    int64_t status; /* the exit status that its refusal asks for */
    char *refusal;  /* NULL: none */
};

/* Ends with gathering_fini. */
struct gathering {
    int64_t size;
    struct gathering_rank *ranks;
    bool ordered;
};

enum gathering_due {
    GATHERING_WAITS,
    GATHERING_ORDERS, /* all that come are there with the same words: once */
    GATHERING_BEGINS, /* and can do their share */
    GATHERING_ENDS,   /* some of them refuse */
};

void gathering_init(struct gathering *g, int64_t size);
void gathering_fini(struct gathering *g);

void gathering_greet(struct gathering *g, int64_t rank, bool same_words);
/* It can do its share of these modes, where rank 0's are the others. */
void gathering_settle(struct gathering *g, int64_t rank, const char *modes, const char *modes_of_first);
void gathering_refuse(struct gathering *g, int64_t rank, const char *why, int64_t status);
void gathering_lose(struct gathering *g, int64_t rank);

/* What to do now. */
enum gathering_due gathering_step(struct gathering *g);

#endif
