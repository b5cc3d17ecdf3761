/* /stream/{n}, /stream-bytes/{n} and /drip: answers that go out piece by piece. */
#include "base/clock.h"
#include "endpoint/answers.h"
#include "endpoint/echo.h"
#include "endpoint/python_number.h"

#include <math.h>

#define MOST_LINES 100
#define MOST_BYTES ((int64_t)100 * 1024)
#define MOST_DRIPS ((int64_t)10 * 1024 * 1024)
#define USUAL_CHUNK ((int64_t)10 * 1024)
#define LONGEST_S 3600.0
#define LEAST_STATUS 200
#define GREATEST_STATUS 999

ANSWER(stream) {
    int64_t count = 0;
    if (python_route_int(&count, parameter, parameter_bytes)) {
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST,
                                "How many lines is a whole number from 0 on, such as 20.");
        return;
    }
    echo_write_lines(x, count < MOST_LINES ? (int)count : MOST_LINES);
    x->reply.stream = (struct stream){.kind = STREAM_LINES};
}

/* An integer of the query; `usual` when it is not there. -1 when it is none. */
static int read_int(const struct pairs *args, const char *name, int64_t usual, int64_t *out) {
    size_t length = 0;
    const char *text = pairs_find_exactly(args, name, &length);
    *out = usual;
    return text ? python_int_read(out, text, length) : 0;
}

/* Seconds of the query. -1 when they are none, or too many. */
static int read_seconds(const struct pairs *args, const char *name, double usual, double *out) {
    size_t length = 0;
    const char *text = pairs_find_exactly(args, name, &length);
    *out = usual;
    if (text && python_float_read(out, text, length))
        return -1;
    return *out <= LONGEST_S ? 0 : -1;
}

ANSWER(stream_bytes) {
    answer_bytes(x, parameter, parameter_bytes);
    if (x->reply.status != MHD_HTTP_OK)
        return;
    int64_t piece_bytes = USUAL_CHUNK;
    size_t length = 0;
    const char *text = pairs_find(&x->service->args, "chunk_size", &length);
    if (text && python_int_read(&piece_bytes, text, length)) {
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST, "A chunk_size is a whole number of bytes.");
        return;
    }
    x->reply.stream =
        (struct stream){.kind = STREAM_PIECES, .piece_bytes = (uint64_t)fmax(1, (double)piece_bytes)};
}

struct drip {
    double duration_s, delay_s;
    int64_t bytes, status;
};

/* What is wrong with the query, or NULL. */
static const char *read_drip(const struct pairs *args, struct drip *out) {
    if (read_seconds(args, "duration", 2, &out->duration_s) || !(out->duration_s >= 0))
        return "A duration is a number of seconds from 0 to 3600.";
    if (read_int(args, "numbytes", 10, &out->bytes))
        return "How many bytes is a whole number from 1 on, such as 10.";
    if (read_int(args, "code", MHD_HTTP_OK, &out->status) || out->status < LEAST_STATUS ||
        out->status > GREATEST_STATUS)
        return "A status code is a number from 200 to 999.";
    if (out->bytes <= 0)
        return "number of bytes must be positive";
    if (read_seconds(args, "delay", 0, &out->delay_s))
        return "A delay is a number of seconds, at most 3600.";
    return NULL;
}

ANSWER(drip) {
    (void)parameter, (void)parameter_bytes;
    struct drip d;
    const char *wrong = read_drip(echo_args(x), &d);
    if (wrong) {
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST, "%s", wrong);
        return;
    }
    uint64_t bytes = (uint64_t)(d.bytes < MOST_DRIPS ? d.bytes : MOST_DRIPS);
    x->reply.status = (unsigned)d.status;
    x->reply.hold_ns = llround(fmax(0, d.delay_s) * (double)CLOCK_NS_PER_S);
    if (d.status == MHD_HTTP_NOT_MODIFIED)
        return;
    buf_append_char(&x->reply.body, '*');
    x->reply.content_type = "application/octet-stream";
    exchange_pace(x, bytes, 1, d.duration_s / (double)bytes);
}
