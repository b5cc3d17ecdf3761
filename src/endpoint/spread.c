/* Daemons without a listening socket, each run when its epoll descriptor is readable. */
#include "endpoint/spread.h"

#include "base/clock.h"
#include "endpoint/exchange.h"
#include "endpoint/head.h"

#include <string.h>

#define COMFORTABLE_CONNECTIONS 64 /* a shard is filled up to here before the next one is used */
#define MOST_TURNS 16              /* of one daemon before the others get theirs */
#define CONNECTION_LIMIT 1000000u  /* descriptors run out first */

static struct exchange *exchange_of(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode what) {
    struct shard *shard = context;
    struct exchange *x = *socket_context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        shard->connections++;
        x = exchange_open(shard->spread->service, shard, connection);
        if (x)
            LIST_INSERT_HEAD(&shard->exchanges, x, others);
        *socket_context = x;
        return;
    }
    shard->connections--;
    if (x)
        LIST_REMOVE(x, others);
    exchange_close(x);
    *socket_context = NULL;
    if (shard->spread->freed)
        shard->spread->freed(shard->spread->context);
}

/* Empties the query before libmicrohttpd looks at it, whose argument is only lent as const: we read it from a
 * copy, and libmicrohttpd 0.9.75 would keep a record of each argument, and hang when there are too many. */
static void drop_query(const char *uri) {
    char *query = strchr(uri, '?');
    if (query && query[1])
        query[1] = '\0';
}

static void *on_request_line(void *context, const char *uri, struct MHD_Connection *connection) {
    (void)context;
    struct exchange *x = exchange_of(connection);
    if (x)
        exchange_begin(x, uri ? uri : "");
    if (uri)
        drop_query(uri);
    return NULL;
}

/* Called once with the headers, then for each piece of the body, then once with none left; and again when
 * resumed. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_bytes, void **request_context) {
    (void)context, (void)url, (void)version;
    struct exchange *x = exchange_of(connection);
    if (!x)
        return MHD_NO;
    if (!*request_context) {
        *request_context = x;
        return MHD_YES;
    }
    if (*data_bytes > 0) {
        exchange_take_body(x, data, *data_bytes);
        *data_bytes = 0;
        return MHD_YES;
    }
    return exchange_answer(x, method);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **request_context,
                         enum MHD_RequestTerminationCode how) {
    (void)context, (void)connection;
    struct exchange *x = *request_context;
    if (x)
        exchange_end(x, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    *request_context = NULL;
}

/* Lets the daemon work until it has nothing left to do without new input. */
static void run(struct shard *shard) {
    for (int turn = 0; turn < MOST_TURNS; turn++) {
        if (MHD_run(shard->daemon) != MHD_YES)
            return;
        MHD_UNSIGNED_LONG_LONG timeout_ms = 1;
        if (MHD_get_timeout(shard->daemon, &timeout_ms) != MHD_YES || timeout_ms > 0)
            return;
    }
    ev_feed_event(shard->spread->loop, &shard->watcher, EV_READ);
}

static void on_readable(struct ev_loop *loop, ev_io *watcher, int events) {
    (void)loop, (void)events;
    struct shard *shard = watcher->data;
    run(shard);
    if (shard->spread->ran)
        shard->spread->ran(shard->spread->context);
}

static int open_shard(struct spread *s, struct shard *shard, struct err *err) {
    *shard = (struct shard){.spread = s};
    const struct certificate *certificate = s->service->certificate;
    unsigned flags = MHD_USE_NO_LISTEN_SOCKET | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;
    struct MHD_OptionItem tls[3] = {{MHD_OPTION_END, 0, NULL}};
    if (certificate) {
        flags |= MHD_USE_TLS;
        tls[0] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, certificate->key.text};
        tls[1] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, certificate->pem.text};
    }
    shard->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, shard, MHD_OPTION_NOTIFY_CONNECTION, on_connection, shard,
        MHD_OPTION_URI_LOG_CALLBACK, on_request_line, shard, MHD_OPTION_NOTIFY_COMPLETED, on_completed, shard,
        MHD_OPTION_CONNECTION_LIMIT, CONNECTION_LIMIT, MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEAD_MEMORY_BYTES,
        MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
    if (!shard->daemon)
        return err_set_errno(err, "cannot start libmicrohttpd");
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(shard->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (!info) {
        MHD_stop_daemon(shard->daemon);
        return err_set(err, ERR_INTERNAL, "libmicrohttpd was built without epoll");
    }
    ev_io_init(&shard->watcher, on_readable, info->epoll_fd, EV_READ);
    shard->watcher.data = shard;
    ev_io_start(s->loop, &shard->watcher);
    return 0;
}

static void close_shard(struct shard *shard) {
    ev_io_stop(shard->spread->loop, &shard->watcher);
    MHD_stop_daemon(shard->daemon);
}

int spread_open(struct spread *s, struct ev_loop *loop, struct service *service, struct err *err) {
    *s = (struct spread){.loop = loop, .service = service};
    for (size_t i = 0; i < SPREAD_SHARDS; i++) {
        if (!open_shard(s, &s->shards[i], err))
            continue;
        while (i-- > 0)
            close_shard(&s->shards[i]);
        return -1;
    }
    return 0;
}

void spread_close(struct spread *s) {
    for (size_t i = 0; i < SPREAD_SHARDS; i++)
        close_shard(&s->shards[i]);
}

/* Few shards in use mean few system calls for many answers; so one is filled before the next, and beyond that
 * they are kept even. */
static struct shard *pick(struct spread *s) {
    struct shard *least = &s->shards[0];
    for (size_t i = 0; i < SPREAD_SHARDS; i++) {
        struct shard *shard = &s->shards[i];
        if (shard->connections < COMFORTABLE_CONNECTIONS)
            return shard;
        if (shard->connections < least->connections)
            least = shard;
    }
    return least;
}

int spread_add(struct spread *s, int fd, const struct sockaddr *peer, socklen_t peer_bytes) {
    struct shard *shard = pick(s);
    if (MHD_add_connection(shard->daemon, fd, peer, peer_bytes) != MHD_YES)
        return -1;
    spread_touch(shard);
    return 0;
}

void spread_look_after(struct spread *s) {
    int64_t now_ns = clock_now_ns();
    for (size_t i = 0; i < SPREAD_SHARDS; i++) {
        struct exchange *x = LIST_FIRST(&s->shards[i].exchanges);
        for (; x; x = LIST_NEXT(x, others))
            exchange_look_after(x, now_ns);
    }
}

void spread_touch(struct shard *shard) {
    if (shard->is_touched)
        return;
    shard->is_touched = true;
    shard->spread->touched[shard->spread->touched_count++] = shard;
}

void spread_run_touched(struct spread *s) {
    while (s->touched_count > 0) {
        struct shard *shard = s->touched[--s->touched_count];
        shard->is_touched = false;
        run(shard);
    }
}
