/* How the processes of one launch reach each other. What carries the bytes is a module that is loaded only
 * where an MPI launcher started the process; nothing else of fetchbench knows it. It needs nothing of
 * fetchbench but this header. One thread at a time. */
#ifndef FETCHBENCH_RANKS_TRANSPORT_H
#define FETCHBENCH_RANKS_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRANSPORT_VERSION 1
#define TRANSPORT_WORDS 300 /* bytes of a sentence about what failed */

struct transport {
    int64_t rank, size;
    void *state;

    /* Queues a copy for that rank, another one, and does not wait. What is sent to one rank arrives in order.
     * 0, or -1 with a sentence in words. */
    int (*send)(void *state, int64_t to, const void *bytes, size_t length, char words[TRANSPORT_WORDS]);
    /* Carries on with what is under way, and gives the next message that arrived whole: free() it; NULL where
     * there is none now. Does not wait. Of a message that could not be received nothing is heard. */
    void *(*receive)(void *state, int64_t *from, size_t *length);
    /* Whether all that was queued for the rank is on its way, so that its memory is free. */
    bool (*is_sent)(void *state, int64_t to);
    /* Ends it, and frees state. `all`: every rank of the launch comes to this, so that they end together,
     * which may wait for the slowest; otherwise some may be gone, and this one leaves without them: the
     * process is to end next, by _exit. */
    void (*close)(void *state, bool all);
};

/* The one function that a module exports, under TRANSPORT_ENTRY: fills *t. 0; or -1 with a sentence in words;
 * or 1 where Slurm's srun started the process in a way that this MPI cannot do with. */
#define TRANSPORT_ENTRY "fetchbench_transport_open"
typedef int transport_open(int version, struct transport *t, char words[TRANSPORT_WORDS]);

#endif
