/* Positions in a stream, and their moments. */
#include "endpoint/stream.h"

#include <math.h>
#include <string.h>

static uint64_t rest_of_line(const struct buf *text, uint64_t sent) {
    const char *start = buf_text(text) + sent;
    const char *end = memchr(start, '\n', text->length - sent);
    return end ? (uint64_t)(end - start) + 1 : text->length - sent;
}

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* How much of the pieces has become due. */
static uint64_t due_bytes(const struct stream *s, int64_t now_ns) {
    double piece_ns = s->byte_ns * (double)s->piece_bytes, elapsed_ns = (double)(now_ns - s->start_ns);
    if (elapsed_ns < 0)
        return 0;
    double pieces = piece_ns > 0 ? floor(elapsed_ns / piece_ns) + 1 : (double)s->bytes;
    if (pieces * (double)s->piece_bytes < (double)s->bytes)
        return (uint64_t)pieces * s->piece_bytes;
    uint64_t whole_pieces = s->bytes - s->bytes % s->piece_bytes;
    return stream_due_ns(s, whole_pieces) <= now_ns ? s->bytes : whole_pieces;
}

uint64_t stream_ready(const struct stream *s, const struct buf *text, uint64_t sent, int64_t now_ns) {
    if (sent >= s->bytes)
        return 0;
    if (s->kind == STREAM_LINES)
        return rest_of_line(text, sent);
    if (s->kind == STREAM_PIECES)
        return least(s->piece_bytes - sent % s->piece_bytes, s->bytes - sent);
    uint64_t due = due_bytes(s, now_ns);
    return due > sent ? due - sent : 0;
}

int64_t stream_due_ns(const struct stream *s, uint64_t sent) {
    uint64_t before = sent - sent % s->piece_bytes;
    bool is_short = before + s->piece_bytes > s->bytes;
    return s->start_ns + llround((double)(is_short ? s->bytes : before) * s->byte_ns);
}

void stream_copy(const struct buf *text, uint64_t sent, char *out, size_t count) {
    if (text->length == 1) { /* as /drip has it, by the MiB */
        memset(out, *buf_text(text), count);
        return;
    }
    size_t at = (size_t)(sent % text->length);
    while (count > 0) {
        size_t part = (size_t)least(count, text->length - at);
        memcpy(out, buf_text(text) + at, part);
        out += part;
        count -= part;
        at = 0;
    }
}
