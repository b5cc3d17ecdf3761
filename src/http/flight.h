/* The request that a slot has in hand: its sample, and what is made of it when it is over. Every client of
 * ours keeps its requests this way, however it speaks HTTP. Not for several threads at once. */
#ifndef FETCHBENCH_HTTP_FLIGHT_H
#define FETCHBENCH_HTTP_FLIGHT_H

#include "http/body.h"
#include "http/client.h"

struct flight {
    const struct client *client;
    const struct client_host *host; /* that it leads to */
    struct body *body;              /* what is done with answers, NULL for nothing */
    struct sample sample;
    int64_t ticket;  /* -1: none is in hand */
    int64_t free_ns; /* when the request before it was done with, 0: there was none */
    size_t slot;     /* of the recording; the sample's worker */
};

/* 0, or -1 with err filled and nothing to close. */
int flight_open(struct flight *f, const struct client *client, size_t slot, struct err *err);
void flight_close(struct flight *f);

/* Turns to a request: stamps its start and marks the slot. */
void flight_begin(struct flight *f, const struct ticket *ticket);

/* Whether a request that failed is not to be sent again, because the run is stopping or its time is over. */
bool flight_is_late(const struct flight *f);

/* Stamps the end. True when the host that the request leads to was found wanting before the clock: it is
 * recorded as such. */
bool flight_stamp_end(struct flight *f, size_t lane);

/* The answer's status as --fail-status takes it: ERROR_NONE, or a class with example filled. */
enum error_class flight_judge(const struct flight *f, char *example, size_t size);

/* Once its end is stamped and the sample says all that the connection knows: with ERROR_NONE does with the
 * body what the plan asks for (`redirected`: where the request was sent last, NULL without a redirect), and
 * records the outcome in the given lane. What ends at the recording's cut_ns or later was in flight then, and
 * is unfinished whatever came of it. `example`, of RECORDING_EXAMPLE bytes, says a failure in words and may
 * be overwritten. */
void flight_end(struct flight *f, size_t lane, enum error_class class, const char *redirected, char *example);

#endif
