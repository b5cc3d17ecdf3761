/* What the processes of a launch tell each other: a head of one size, and bytes behind it. The same between a
 * rank's two processes, over a socket, and between ranks, over a transport. */
#ifndef FETCHBENCH_RANKS_MESSAGE_H
#define FETCHBENCH_RANKS_MESSAGE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MESSAGE_MARK 0x66620801U /* of this form, and of one order of bytes */

enum message_kind {
    /* a worker's, to its conductor, which passes them on to rank 0's unless it says otherwise */
    MESSAGE_NAMED,    /* text: the file of its report. For its conductor */
    MESSAGE_SETTLED,  /* nothing of its own hinders it; text: the modes that it would run */
    MESSAGE_READY,    /* run: set up and warmed up, it waits for its moment */
    MESSAGE_PASSED,   /* run: over, whether it ever was ready or not */
    MESSAGE_PROGRESS, /* progress */
    MESSAGE_SAID,     /* text: a sentence for people, of rank 0's worker alone */
    MESSAGE_ROUND,    /* round: it is over, and as many there are to be if it decides */
    MESSAGE_RAN,      /* all its runs are over */
    MESSAGE_ENDED,    /* status; text: why it failed, "" for no reason. For its conductor */
    /* a conductor's, to rank 0's */
    MESSAGE_HELLO,   /* digest of its words; text: its host */
    MESSAGE_PONG,    /* ping, answered */
    MESSAGE_ALIVE,   /* nothing else to say */
    MESSAGE_REPORT,  /* status; text: the file's name, a NUL, why it is not whole, a NUL, the report */
    MESSAGE_FAILED,  /* status; text: why there is no report */
    MESSAGE_STOPPED, /* status: the signal that it was told to end by */
    /* rank 0's conductor's, to the others; those marked * are passed on to the worker */
    MESSAGE_ORDERS, /* * orders; text: what the reports are named after, "" for a folder of their own */
    MESSAGE_BEGIN,  /* * all ranks are settled */
    MESSAGE_PING,   /* ping; 0 as its number: the first of several comes soon */
    MESSAGE_CLOCK,  /* * clock */
    MESSAGE_START,  /* * start */
    MESSAGE_ROUNDS, /* * round: after which, how many there are to be */
    MESSAGE_STOP,   /* status: the signal to end by */
    MESSAGE_BYE,    /* status: the whole launch's; whether all ranks are there to the end, and whether all
                     * reports are in the whole */
};

struct ranks_progress { /* as struct run_feed of run/runner.h; entry: its index in the plan */
    int64_t run, entry, baseline_repeat, round, rounds, place, places;
    int64_t done, failed, total, length_ns, elapsed_ns, stopping;
    double rate_per_s; /* NaN while it sets up */
};

struct message {
    uint32_t mark, kind;
    union {
        struct {
            int64_t rank, size, seed;
            uint64_t load; /* that of no other launch */
        } orders;
        struct {
            int64_t number; /* of all runs there are, from 1 */
        } run;
        struct {
            int64_t run, local_ns, agreed_ns; /* the moment on the rank's own clock, and on rank 0's */
        } start;
        struct {
            int64_t at_ns, offset_ns, round_trip_ns; /* as struct clock_estimate */
        } clock;
        struct {
            int64_t number, sent_ns, answered_ns;
        } ping;
        struct {
            int64_t number, rounds;
        } round;
        struct {
            int64_t status, all, gathered;
        } end;
        struct {
            uint64_t digest;
        } words;
        struct ranks_progress progress;
    };
};

/* A message as it is carried: the head, then `length` bytes and a NUL that is not counted. */
struct packet {
    struct message head;
    char text[];
};

/* Makes one: free() it. *size is what of it is to be carried. */
struct packet *packet_make(const struct message *head, const void *text, size_t length, size_t *size);

/* Whether `size` bytes are a message: mark and kind. */
int packet_is_sound(const struct packet *p, size_t size);

/* Over a socket of packets (SOCK_SEQPACKET), waiting for room but with MESSAGE_PROGRESS. 0, or -1 where the
 * other side is gone or there was none. */
int message_send(int fd, const struct message *head, const void *text, size_t length);

/* The next one, waiting for it: free() it; NULL where the other side is gone. *length is its text's. */
struct packet *message_receive(int fd, size_t *length);

#endif
