/* One request and its answer, on one connection. A struct exchange lives as long as its connection and is
 * reused for each request on it; everything happens on the loop's one thread. */
#ifndef FETCHBENCH_ENDPOINT_EXCHANGE_H
#define FETCHBENCH_ENDPOINT_EXCHANGE_H

#include "base/buf.h"
#include "endpoint/service.h"
#include "endpoint/stream.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define EXCHANGE_BODY_LIMIT_BYTES ((size_t)16 << 20)
#define EXCHANGE_REPLY_HEADERS 32
#define EXCHANGE_LOOK_AFTER_S 5 /* who has left is noticed before twice this time */

struct shard;

enum exchange_stage {
    EXCHANGE_READING,  /* the request is still coming in */
    EXCHANGE_ANSWERED, /* the reply is complete; it, or the rest of it, may be held back until due */
};

struct request {
    const char *method; /* borrowed, until the reply is queued */
    struct buf target;  /* as sent, from the first / on, without a fragment */
    struct buf path;    /* decoded; may hold any byte */
    const char *query;  /* as sent, in target; "" when there is none */
    size_t query_bytes;
    struct buf body;
    int64_t arrived_ns; /* when its first line had been read */
};

/* What a route fills in. It starts as status 200 without a body. A stream sends the body in chunks or paced;
 * when a route sets its kind, its bytes may be left 0 for once the body, and its start is set to when the
 * reply is due. */
struct reply {
    unsigned status;
    const char *content_type; /* borrowed until the reply is queued; NULL: no such header */
    struct buf body;
    struct {
        const char *name;
        const char *value;
    } headers[EXCHANGE_REPLY_HEADERS];
    int header_count;
    int64_t hold_ns;    /* how long after its arrival the request is answered at the earliest */
    bool tells_moments; /* in headers: when its request arrived, and when it was let go */
    struct stream stream;
};

struct exchange {
    struct service *service;
    struct shard *shard;
    struct MHD_Connection *connection;
    char peer[INET6_ADDRSTRLEN]; /* numeric; an IPv4 peer of an IPv6 socket reads as IPv4 */
    enum exchange_stage stage;
    struct request request;
    struct reply reply;
    struct MHD_Response *response; /* the reply as libmicrohttpd has it, from answered to queued; else NULL */
    bool has_waited;               /* for its reply or a piece of it */
    int64_t heard_ns;              /* when the client last sent something */
    int64_t departed_ns;           /* when the reply was let go, where anyone wants to know; else 0 */
    LIST_ENTRY(exchange) others;   /* of the same shard */
};

/* NULL when memory runs out. */
struct exchange *exchange_open(struct service *service, struct shard *shard,
                               struct MHD_Connection *connection);
void exchange_close(struct exchange *x); /* NULL is allowed */

/* A request begins; uri is its target as sent. */
void exchange_begin(struct exchange *x, const char *uri);
/* A piece of its body. */
void exchange_take_body(struct exchange *x, const char *data, size_t bytes);
/* The request is complete, or a held reply is due: routes, holds or sends. MHD_NO closes the connection. */
enum MHD_Result exchange_answer(struct exchange *x, const char *method);
/* Cuts off a client that has closed its side without a request to answer. To be called every
 * EXCHANGE_LOOK_AFTER_S. */
void exchange_look_after(struct exchange *x, int64_t now_ns);
/* The request has ended; sent tells whether its answer went out whole. */
void exchange_end(struct exchange *x, bool sent);

/* For routes: the value of a request's header, borrowed, or NULL. name in any case. */
const char *exchange_header(const struct exchange *x, const char *name);
/* For routes: adds a header to the reply, one of at most EXCHANGE_REPLY_HEADERS. Both are borrowed until the
 * reply is queued. An empty value goes out as a blank, which is the same to HTTP. */
void exchange_add_header(struct exchange *x, const char *name, const char *value);
/* For routes: makes the reply a line of plain text, for example what was wrong with the request. */
void exchange_reply_sentence(struct exchange *x, unsigned status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* For routes: the reply is `bytes` of its body, repeated as often as it takes, of which each piece_bytes
 * leave pause_s_per_byte * piece_bytes after the ones before. The first leave at once, or after hold_ns. */
void exchange_pace(struct exchange *x, uint64_t bytes, uint64_t piece_bytes, double pause_s_per_byte);

#endif
