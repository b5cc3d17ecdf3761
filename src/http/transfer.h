/* One easy handle and the request it carries: set-up from the plan, our own stamps, and the turning of what
 * libcurl says into a sample. Every libcurl strategy uses it, so they differ only in how they drive it. Not
 * for several threads at once. */
#ifndef FETCHBENCH_HTTP_TRANSFER_H
#define FETCHBENCH_HTTP_TRANSFER_H

#include <curl/curl.h>

#include "http/flight.h"

struct transfer {
    CURL *easy;
    CURLU *url; /* of the request in hand, in parts */
    struct flight flight;
    int sends;                             /* times the request was written, to follow a redirect too */
    int redirects;                         /* followed before libcurl performed it last */
    bool head_ended;                       /* the blank line after the head of an answer was seen */
    int socket_errno;                      /* why no socket was to be had, 0 if one was */
    void (*on_socket)(void *user, int fd); /* of the driver, NULL for none: a descriptor was opened */
    void *on_socket_user;
    bool retried;                         /* by us, on a connection made for it */
    uint64_t told[PLAN_TARGETS / 64 + 1]; /* a bit for each host whose addresses the handle was given */
    char error_text[CURL_ERROR_SIZE];
};

/* How the one who drives it is told to stop. */
enum transfer_stop {
    TRANSFER_STOP_BY_DRIVER, /* the driver removes the handle, and keeps the plan's time limits */
    TRANSFER_STOP_BY_POLL, /* it blocks in curl_easy_perform, so libcurl's progress callback looks at the flag
                            */
};

/* Makes the handle and sets all that does not change. 0, or -1 with err filled. */
int transfer_open(struct transfer *t, const struct client *client, size_t slot, enum transfer_stop stop,
                  struct err *err);
void transfer_close(struct transfer *t);

/* Turns to a request: stamps its start and marks the slot. Next, perform the handle if this returns CURLE_OK;
 * else the request cannot be sent, and transfer_finish takes what was returned. */
CURLcode transfer_begin(struct transfer *t, const struct ticket *ticket);

/* True, with the handle made ready to be performed again, when the request met a kept connection that died
 * before the first byte of an answer: it is sent once more on a new one. libcurl does so by itself, but
 * counts its retries over the handle's whole life and fails every sixth. */
bool transfer_retry(struct transfer *t, CURLcode code);

/* Blocks until the request that was begun is over, retry included, or until the recording's cut_ns and a
 * little longer. */
CURLcode transfer_perform(struct transfer *t);

/* Takes libcurl's verdict on the request, does with its body what the plan asks for, and records the outcome
 * in the given lane. When the run is stopping, what was aborted counts as cancelled; what ends at the
 * recording's cut_ns or later was in flight then, and is unfinished whatever came of it. */
void transfer_finish(struct transfer *t, CURLcode code, size_t lane);

/* Records a request that the driver took out of libcurl's hands: before cut_ns as cancelled, from then on as
 * unfinished. */
void transfer_cancel(struct transfer *t, size_t lane);

#endif
