/* Answers that go out piece by piece: how much of one may leave at a moment, and when the next piece is due.
 * Pure functions; exchange.c does the sending and the waiting. */
#ifndef FETCHBENCH_ENDPOINT_STREAM_H
#define FETCHBENCH_ENDPOINT_STREAM_H

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

enum stream_kind {
    STREAM_NONE,   /* an answer that goes out at once */
    STREAM_LINES,  /* each line is one chunk */
    STREAM_PIECES, /* each piece_bytes are one chunk */
    STREAM_PACED,  /* of known length; each piece_bytes leave when they are due */
};

struct stream {
    enum stream_kind kind;
    uint64_t bytes; /* of the answer: its text, repeated as often as it takes */
    uint64_t piece_bytes;
    double byte_ns;   /* PACED: a piece follows the one before by this much for each of its bytes; one that is
                       * shorter than piece_bytes comes that much later */
    int64_t start_ns; /* PACED: when the first piece is due */
};

/* How many bytes after the first `sent` may leave at now_ns, without going beyond their chunk; 0 when they
 * are not due yet, or all are sent. text is not empty unless bytes is 0. */
uint64_t stream_ready(const struct stream *s, const struct buf *text, uint64_t sent, int64_t now_ns);

/* When the byte after the first `sent` is due, for a paced stream. */
int64_t stream_due_ns(const struct stream *s, uint64_t sent);

/* Copies count bytes after the first `sent`. */
void stream_copy(const struct buf *text, uint64_t sent, char *out, size_t count);

#endif
