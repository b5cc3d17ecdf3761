/* Several CURLMs on one libev loop: between libcurl's sockets and timers and libev's. Transfers are spread
 * over CURLMs of at most GROUP_TRANSFERS, because libcurl 7.88 scans a CURLM's whole connection cache for
 * each request. One thread. */
#ifndef FETCHBENCH_HTTP_GROUPS_H
#define FETCHBENCH_HTTP_GROUPS_H

#include <curl/curl.h>
#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "plan/plan.h"

#define GROUP_TRANSFERS 32

struct groups;

struct group {
    CURLM *multi;
    struct groups *all;
    ev_timer timer;
    double due; /* on the loop's clock; 0: no timer wanted */
    bool kick;  /* libcurl wants to be called at once */
};

struct groups {
    struct ev_loop *loop; /* borrowed */
    /* A socket is ready for what the mask of libcurl says, or (CURL_SOCKET_TIMEOUT) the group wants to be
     * kicked. */
    void (*ready)(void *user, struct group *g, curl_socket_t fd, int mask);
    void *user;
    struct watcher *watchers;
    size_t watcher_count;
    struct group *items;
    size_t count;
};

/* Groups for so many transfers of the plan, once loop, ready and user are set; they stay where they are. 0,
 * or -1 with err filled; close them either way, before the loop. */
int groups_open(struct groups *all, size_t transfers, const struct plan *plan, struct err *err);
void groups_close(struct groups *all);

/* A descriptor was opened: what was watched under its number is forgotten by the kernel. */
void groups_note_opened(struct groups *all, int fd);

#endif
