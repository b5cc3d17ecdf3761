/* From libmicrohttpd's request to a route and back. The buffers of an exchange are kept from one request to
 * the next and lent to libmicrohttpd for the reply, so that an answer costs no copy. */
#include "endpoint/exchange.h"

#include "base/clock.h"
#include "endpoint/head.h"
#include "endpoint/routes.h"
#include "endpoint/url_text.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define TARGET_LIMIT_BYTES ((size_t)1 << 20)
#define KEPT_BYTES ((size_t)16 << 10) /* a buffer that grew beyond this is given back after its request */
#define STREAM_BLOCK_BYTES ((uint64_t)16 << 10)
#define LOOK_AFTER_NS (EXCHANGE_LOOK_AFTER_S * CLOCK_NS_PER_S)

static const char too_long[] = "The head of this request is too long: about 16000 bytes can be answered.";

static void format_peer(char out[INET6_ADDRSTRLEN], struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    out[0] = '\0';
    if (!info || !info->client_addr)
        return;
    if (info->client_addr->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)info->client_addr;
        inet_ntop(AF_INET, &v4->sin_addr, out, INET6_ADDRSTRLEN);
    } else if (info->client_addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)info->client_addr;
        bool mapped = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);
        const unsigned char *bytes = v6->sin6_addr.s6_addr;
        inet_ntop(mapped ? AF_INET : AF_INET6, mapped ? bytes + 12 : bytes, out, INET6_ADDRSTRLEN);
    }
}

struct exchange *exchange_open(struct service *service, struct shard *shard,
                               struct MHD_Connection *connection) {
    struct exchange *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->service = service;
    x->shard = shard;
    x->connection = connection;
    x->heard_ns = clock_now_ns();
    format_peer(x->peer, connection);
    buf_init(&x->request.target, TARGET_LIMIT_BYTES);
    buf_init(&x->request.path, TARGET_LIMIT_BYTES);
    buf_init(&x->request.body, EXCHANGE_BODY_LIMIT_BYTES);
    buf_init(&x->reply.body, 8 * EXCHANGE_BODY_LIMIT_BYTES);
    return x;
}

static void drop_response(struct exchange *x) {
    if (x->response)
        MHD_destroy_response(x->response);
    x->response = NULL;
}

void exchange_close(struct exchange *x) {
    if (!x)
        return;
    drop_response(x);
    buf_fini(&x->request.target);
    buf_fini(&x->request.path);
    buf_fini(&x->request.body);
    buf_fini(&x->reply.body);
    free(x);
}

/* The target may also be a whole URL (RFC 9112, section 3.2.2), of which only path and query count. */
static const char *skip_authority(const char *uri) {
    const char *authority = strstr(uri, "://");
    if (uri[0] == '/' || !authority)
        return uri;
    const char *path = authority + 3 + strcspn(authority + 3, "/?");
    return path;
}

void exchange_begin(struct exchange *x, const char *uri) {
    struct request *r = &x->request;
    x->stage = EXCHANGE_READING;
    r->arrived_ns = x->heard_ns = clock_now_ns();
    if (x->service->stall.first_ns == 0)
        x->service->stall.first_ns = r->arrived_ns;
    buf_clear(&r->target);
    buf_clear(&r->path);
    buf_clear(&r->body);
    const char *start = skip_authority(uri);
    size_t length = strcspn(start, "#");
    buf_append(&r->target, start, length);
    const char *text = buf_text(&r->target);
    size_t path_bytes = strcspn(text, "?");
    url_text_decode_path(&r->path, text, path_bytes);
    r->query = text + path_bytes + (text[path_bytes] == '?');
    r->query_bytes = strlen(r->query);
    if (!head_may_have_target(strlen(uri)))
        head_refuse(x->connection, x->service->certificate, "414 URI Too Long", too_long);
}

void exchange_take_body(struct exchange *x, const char *data, size_t bytes) {
    x->heard_ns = clock_now_ns();
    buf_append(&x->request.body, data, bytes);
}

const char *exchange_header(const struct exchange *x, const char *name) {
    return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

void exchange_add_header(struct exchange *x, const char *name, const char *value) {
    struct reply *reply = &x->reply;
    if (reply->header_count == EXCHANGE_REPLY_HEADERS)
        abort(); /* a route adds a fixed few */
    reply->headers[reply->header_count].name = name;
    reply->headers[reply->header_count++].value = value;
}

void exchange_reply_sentence(struct exchange *x, unsigned status, const char *format, ...) {
    x->reply.status = status;
    x->reply.content_type = "text/plain; charset=utf-8";
    x->reply.hold_ns = 0;
    x->reply.tells_moments = false;
    x->reply.stream.kind = STREAM_NONE;
    buf_clear(&x->reply.body);
    va_list arguments;
    va_start(arguments, format);
    buf_vprintf(&x->reply.body, format, arguments);
    va_end(arguments);
}

static void reset_reply(struct reply *reply) {
    buf_clear(&reply->body);
    reply->status = MHD_HTTP_OK;
    reply->content_type = NULL;
    reply->header_count = 0;
    reply->hold_ns = 0;
    reply->tells_moments = false;
    reply->stream.kind = STREAM_NONE;
}

/* What the head of any answer to this request takes. */
static size_t least_head_bytes(const struct exchange *x) {
    const char *origin = exchange_header(x, MHD_HTTP_HEADER_ORIGIN);
    return HEAD_SPARE_BYTES + (origin ? strlen(origin) : 0);
}

static size_t head_bytes(const struct exchange *x) {
    size_t bytes = least_head_bytes(x);
    for (int i = 0; i < x->reply.header_count; i++)
        bytes += strlen(x->reply.headers[i].name) + strlen(x->reply.headers[i].value) + strlen(": \r\n");
    return bytes;
}

static void fill_reply(struct exchange *x) {
    reset_reply(&x->reply);
    if (x->request.body.failed)
        exchange_reply_sentence(x, MHD_HTTP_CONTENT_TOO_LARGE, "A body may have at most %zu bytes.",
                                EXCHANGE_BODY_LIMIT_BYTES);
    else if (x->request.target.failed)
        exchange_reply_sentence(x, MHD_HTTP_URI_TOO_LONG, "The URL is too long.");
    else
        routes_answer(x);
    if (x->reply.header_count > 0 && !head_leaves(x->connection, head_bytes(x))) {
        x->reply.header_count = 0;
        exchange_reply_sentence(x, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE, "%s", too_long);
    }
    if (x->reply.body.failed)
        exchange_reply_sentence(x, MHD_HTTP_INTERNAL_SERVER_ERROR, "The answer does not fit into memory.");
}

static void set_header(struct MHD_Response *response, const char *name, const char *value, bool *failed) {
    if (value && MHD_add_response_header(response, name, *value ? value : " ") != MHD_YES)
        *failed = true;
}

static int64_t reply_due_ns(const struct exchange *x) {
    return x->request.arrived_ns + x->reply.hold_ns;
}

void exchange_pace(struct exchange *x, uint64_t bytes, uint64_t piece_bytes, double pause_s_per_byte) {
    x->reply.stream = (struct stream){.kind = STREAM_PACED,
                                      .bytes = bytes,
                                      .piece_bytes = piece_bytes,
                                      .byte_ns = pause_s_per_byte * (double)CLOCK_NS_PER_S};
}

/* -1 when there is none any more. */
static MHD_socket socket_of(const struct exchange *x) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

/* Whether the client has closed its side. libmicrohttpd does not watch a suspended connection. */
static bool has_left(const struct exchange *x) {
    struct pollfd watched = {.fd = socket_of(x), .events = POLLRDHUP};
    return watched.fd < 0 || poll(&watched, 1, 0) > 0;
}

/* libmicrohttpd 0.9.75 is told once by epoll of what a client sent and that it closed, and when both came
 * together reads only the first: it would wait for ever. A socket shut down from here tells it again. */
void exchange_look_after(struct exchange *x, int64_t now_ns) {
    bool is_quiet = x->stage == EXCHANGE_READING && now_ns - x->heard_ns >= LOOK_AFTER_NS;
    if (is_quiet && has_left(x))
        (void)shutdown(socket_of(x), SHUT_RDWR);
}

/* Suspends the connection until due_ns, or not so long that a client which has left would hold it for ever.
 * -1 when the client has left, or memory runs out. */
static int wait_until(struct exchange *x, int64_t due_ns) {
    if (x->has_waited && has_left(x))
        return -1;
    int64_t look_ns = clock_now_ns() + LOOK_AFTER_NS;
    if (delays_add(&x->service->delays, due_ns < look_ns ? due_ns : look_ns, x))
        return -1;
    x->has_waited = true;
    MHD_suspend_connection(x->connection);
    return 0;
}

/* libmicrohttpd asks for what follows the first `sent` bytes of the body. */
static ssize_t on_read(void *context, uint64_t sent, char *out, size_t most) {
    struct exchange *x = context;
    const struct stream *s = &x->reply.stream;
    if (sent >= s->bytes)
        return MHD_CONTENT_READER_END_OF_STREAM;
    int64_t now_ns = clock_now_ns();
    uint64_t ready = stream_ready(s, &x->reply.body, sent, now_ns);
    int64_t due_ns = ready > 0 ? now_ns : stream_due_ns(s, sent);
    int64_t release_ns = stall_release_ns(&x->service->stall, due_ns, now_ns);
    if (ready == 0 || release_ns > now_ns)
        return wait_until(x, release_ns) ? MHD_CONTENT_READER_END_WITH_ERROR : 0;
    size_t count = ready < most ? (size_t)ready : most;
    stream_copy(&x->reply.body, sent, out, count);
    return (ssize_t)count;
}

static struct MHD_Response *make_stream(struct exchange *x) {
    struct stream *s = &x->reply.stream;
    if (s->kind != STREAM_PACED)
        s->bytes = x->reply.body.length;
    s->start_ns = reply_due_ns(x);
    size_t block = (size_t)(s->bytes < STREAM_BLOCK_BYTES ? s->bytes : STREAM_BLOCK_BYTES);
    bool is_paced = s->kind == STREAM_PACED;
    struct MHD_Response *response = MHD_create_response_from_callback(is_paced ? s->bytes : MHD_SIZE_UNKNOWN,
                                                                      block + 1, on_read, x, NULL);
    /* libmicrohttpd 0.9.75 would end the chunks of a HEAD's answer, which has none. */
    if (response && !is_paced && strcmp(x->request.method, MHD_HTTP_METHOD_HEAD) == 0)
        MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
    return response;
}

/* Hands the reply to libmicrohttpd, which borrows the body until the request ends. */
static int make_response(struct exchange *x) {
    struct reply *reply = &x->reply;
    bool failed = false;
    x->response =
        reply->stream.kind != STREAM_NONE
            ? make_stream(x)
            : MHD_create_response_from_buffer(reply->body.length, reply->body.text, MHD_RESPMEM_PERSISTENT);
    if (!x->response)
        return -1;
    const char *origin = exchange_header(x, MHD_HTTP_HEADER_ORIGIN);
    set_header(x->response, "Server", x->service->server, &failed);
    set_header(x->response, "Content-Type", reply->content_type, &failed);
    for (int i = 0; i < reply->header_count; i++)
        set_header(x->response, reply->headers[i].name, reply->headers[i].value, &failed);
    set_header(x->response, "Access-Control-Allow-Origin", origin ? origin : "*", &failed);
    set_header(x->response, "Access-Control-Allow-Credentials", "true", &failed);
    return failed ? -1 : 0;
}

static void set_moment(struct MHD_Response *response, const char *name, int64_t moment_ns, bool *failed) {
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, moment_ns);
    set_header(response, name, text, failed);
}

/* Notes that the reply leaves now, and tells it where the route wants that. */
static int depart(struct exchange *x) {
    bool failed = false;
    x->departed_ns = clock_now_ns();
    if (x->reply.tells_moments) {
        set_moment(x->response, "Fetchbench-Arrived-Ns", x->request.arrived_ns, &failed);
        set_moment(x->response, "Fetchbench-Departed-Ns", x->departed_ns, &failed);
    }
    return failed ? -1 : 0;
}

static enum MHD_Result send_reply(struct exchange *x) {
    if ((x->reply.tells_moments || x->service->access_log) && depart(x))
        return MHD_NO;
    enum MHD_Result result = MHD_queue_response(x->connection, x->reply.status, x->response);
    drop_response(x);
    return result;
}

static int prepare_reply(struct exchange *x, const char *method) {
    x->request.method = method;
    x->stage = EXCHANGE_ANSWERED;
    if (!head_leaves(x->connection, least_head_bytes(x))) {
        head_refuse(x->connection, x->service->certificate, "431 Request Header Fields Too Large", too_long);
        return -1;
    }
    fill_reply(x);
    return make_response(x);
}

enum MHD_Result exchange_answer(struct exchange *x, const char *method) {
    if (x->stage != EXCHANGE_ANSWERED && prepare_reply(x, method))
        return MHD_NO;
    const struct stall *stall = &x->service->stall;
    if (x->reply.hold_ns <= 0 && stall->length_ns == 0)
        return send_reply(x);
    int64_t now_ns = clock_now_ns(), release_ns = stall_release_ns(stall, reply_due_ns(x), now_ns);
    if (release_ns <= now_ns)
        return send_reply(x);
    return wait_until(x, release_ns) ? MHD_NO : MHD_YES;
}

static void log_answer(struct exchange *x, bool sent) {
    struct access_line line = {.target = buf_text(&x->request.target),
                               .target_bytes = x->request.target.length,
                               .client = x->peer,
                               .status = x->reply.status,
                               .arrived_ns = x->request.arrived_ns,
                               .departed_ns = x->departed_ns,
                               .is_whole = sent};
    access_log_add(x->service->access_log, &line);
}

static void give_back(struct buf *b) {
    if (b->capacity > KEPT_BYTES)
        buf_fini(b);
}

/* When it was due stands for when it left, which is no earlier: that takes no look at the clock. */
static void count_answer(struct served_answers *t, int64_t due_ns) {
    if (due_ns > atomic_load_explicit(&t->last_ns, memory_order_relaxed))
        atomic_store_explicit(&t->last_ns, due_ns, memory_order_relaxed);
    atomic_fetch_add_explicit(&t->count, 1, memory_order_release);
}

void exchange_end(struct exchange *x, bool sent) {
    if (sent && x->service->served)
        count_answer(x->service->served, reply_due_ns(x));
    if (x->departed_ns && x->service->access_log)
        log_answer(x, sent);
    x->departed_ns = 0;
    x->stage = EXCHANGE_READING;
    x->has_waited = false;
    drop_response(x);
    give_back(&x->request.target);
    give_back(&x->request.path);
    give_back(&x->request.body);
    give_back(&x->reply.body);
}
