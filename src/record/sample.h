/* What is kept of one request. Times are nanoseconds of CLOCK_MONOTONIC; 0 where it did not come to that.
 * Durations are -1 where unknown or where it did not happen (a reused connection has no connect). */
#ifndef FETCHBENCH_RECORD_SAMPLE_H
#define FETCHBENCH_RECORD_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

enum error_class {
    ERROR_NONE,
    ERROR_DNS,
    ERROR_CONNECTION_REFUSED,
    ERROR_CONNECTION_RESET,
    ERROR_CONNECT_TIMEOUT,
    ERROR_TIMEOUT,
    ERROR_TLS_VERIFY,
    ERROR_TLS,
    ERROR_PROTOCOL,
    ERROR_REDIRECTS, /* too many of them */
    ERROR_TRUNCATED,
    ERROR_TOO_MANY_FILES,
    ERROR_NO_PORTS,
    ERROR_ADDRESS,
    ERROR_HTTP_STATUS,
    ERROR_WRITE,
    ERROR_WORK,
    ERROR_VERIFY,
    ERROR_CANCELLED,  /* stopped by us: counted as cancelled, not as failed */
    ERROR_UNFINISHED, /* cut off when the time of the run was over: counted as unfinished, not as failed */
    ERROR_OTHER,
    ERROR_CLASSES
};

/* The class's name in reports ("connection_refused"); "" for ERROR_NONE. */
const char *error_class_name(enum error_class c);

/* What it means, without a full stop, for people; "" for ERROR_NONE. */
const char *error_class_meaning(enum error_class c);

/* Whether the request would have taken longer than it did. */
bool error_class_cuts(enum error_class c);

#define SAMPLE_RETRIES 15 /* that a sample can count, */
#define SAMPLE_REDIRECTS 63
#define SAMPLE_CONNECTIONS 127
#define SAMPLE_WORKERS 0x7ffff /* the largest number of a worker */

struct sample {
    int64_t due_ns;        /* when the plan wanted it sent (open loop), else start_ns */
    int64_t start_ns;      /* a worker turned to it */
    int64_t sent_ns;       /* the request was about to be written, after any connect and redirect */
    int64_t first_byte_ns; /* the first byte of the answer to that was seen */
    int64_t end_ns;        /* the last byte, or the failure */
    int64_t queue_wait_ns; /* handed out to start, -1 where the strategy has no queue */
    int64_t dns_ns, connect_ns, tls_ns;
    int64_t work_ns;        /* what was done with the body after end_ns, 0 where nothing was */
    int64_t bytes_received; /* body bytes as delivered, or, where they were decompressed, as they came */
    uint32_t header_bytes;
    uint32_t bytes_sent;
    uint16_t status;         /* 0: no status line was seen */
    uint8_t error;           /* enum error_class */
    uint8_t connections : 7; /* connections opened for it; 0: reused one */
    uint8_t resumed : 1;     /* the last of them by a TLS session of an earlier one */
    uint32_t retries : 4;    /* sent again on a new connection after a reused one had died */
    uint32_t redirects : 6;  /* followed */
    uint32_t foreseen : 1;   /* a failure that was known before the clock, so it says nothing of others */
    uint32_t paced : 1;      /* due_ns is a moment of an open loop's schedule */
    uint32_t waited : 1;     /* paced, and when it was due no slot was free for it */
    uint32_t worker : 19;    /* the recording's slot that carried it */
};

/* A request that came to nothing: of it only its beginning, its end and the class of its error are known. */
struct sample sample_ended_early(int64_t start_ns, int64_t end_ns, enum error_class class);

/* Every request writes one, mostly to memory that no cache holds. */
_Static_assert(sizeof(struct sample) == 104, "a sample has no padding");

#endif
