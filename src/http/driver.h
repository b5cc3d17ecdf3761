/* curl_multi driven by a libev loop: what carries many transfers at once on one thread. The transfers are
 * spread over several CURLMs of at most DRIVER_GROUP handles, because libcurl 7.88 scans a CURLM's whole
 * connection cache for each request. One driver belongs to one thread. */
#ifndef FETCHBENCH_HTTP_DRIVER_H
#define FETCHBENCH_HTTP_DRIVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "http/transfer.h"

#define DRIVER_GROUP 32 /* transfers in one CURLM */

struct driver;

/* File descriptors that the entry's requests in flight need at most when so many drivers carry them. */
int64_t driver_descriptors(const struct plan_entry *entry, int64_t drivers);

/* Called for every transfer that is over, never inside a libcurl callback, so it may begin and add the next.
 */
struct driver_owner {
    void (*done)(void *state, struct transfer *t, CURLcode code);
    void (*turn)(void *state); /* after each turn of the loop, at its top; NULL for none */
    void *state;
};

/* A driver for `count` transfers (opened with TRANSFER_STOP_BY_DRIVER, borrowed, addressed by their place in
 * the array) that stops when stop_fd becomes readable. 0, or -1 with err filled. */
int driver_open(struct driver **out, struct transfer *transfers, size_t count, struct driver_owner owner,
                int stop_fd, struct err *err);
void driver_close(struct driver *d);

/* Hands a transfer that was begun to libcurl. Called by `done`, it is sent before control returns to the
 * loop, or after the loop's next look at the sockets if what is over was answered while it was being sent;
 * else driver_send sends it. 0, or -1 when libcurl refuses it; the transfer is then not in flight. */
int driver_add(struct driver *d, struct transfer *t);

/* Takes the first step of a transfer that was added outside `done`, and now and then a look at the sockets,
 * so that the answers to the first of many do not wait until the last is sent. */
void driver_send(struct driver *d, struct transfer *t);

/* Carries transfers until none is in flight (true) or the stop descriptor is readable (false: those still in
 * flight have been taken out of libcurl's hands and are given to `cancel` one by one). */
bool driver_run(struct driver *d, void (*cancel)(void *state, struct transfer *t));

#endif
