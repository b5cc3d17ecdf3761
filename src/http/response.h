/* Reads one HTTP/1 response (RFC 9112) out of bytes as they come: the caller hands in slices, cut wherever it
 * likes, and is given the pieces of the body in place. Nothing is allocated or copied, but for the Server
 * header where that is asked for. However the same bytes are cut, the facts, the body and the outcome are the
 * same.
 *
 * It is strict, since what is measured with it should not depend on a guess:
 * - lines end in CRLF or a lone LF; a CR elsewhere, or a NUL, is bad
 * - status: "HTTP/1." digit, a space, three digits from 100 on, then a space and anything, or nothing
 * - interim: 1xx heads are skipped unread; 101 is bad, as nobody asked for it
 * - fields: a token, a colon at once, anything; one that begins with white space goes on with that before
 * - no body after 1xx, 204, 304, and to a HEAD
 * - length: digits only, below 2^63; given several times (lines, or a list) it is the same each time, or bad,
 *   even where something else frames the body
 * - coding: "chunked" last: in chunks; any other, or any at all in HTTP/1.0: until the connection is closed
 * - chunks: hexadecimal digits below 2^63, an extension that is skipped, CRLF behind them, trailers unread
 * - bounds: RESPONSE_HEAD_LIMIT, RESPONSE_CHUNK_LINE_LIMIT
 *
 * A struct response is plain memory: no end to call, and any thread may use it, one at a time. */
#ifndef FETCHBENCH_HTTP_RESPONSE_H
#define FETCHBENCH_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESPONSE_HEAD_LIMIT (256u << 10)      /* bytes of all heads and trailers of an answer together */
#define RESPONSE_CHUNK_LINE_LIMIT (16u << 10) /* bytes of the line before a chunk, with its end */
#define RESPONSE_SERVER_BYTES 128             /* of a Server header's value that are kept, with the NUL */

enum response_event { RESPONSE_MORE, RESPONSE_BODY, RESPONSE_DONE, RESPONSE_BAD };

struct response_span {
    const char *data;
    size_t length;
};

struct response {
    const char *why;     /* when bad: what is wrong, a constant text without a full stop; else NULL */
    int64_t body_bytes;  /* as delivered: without the framing of chunks */
    uint32_t head_bytes; /* status lines, header lines, the blank lines behind them; interim answers and
                            trailers too, but not the blank line that ends chunks */
    uint16_t status;     /* of the final answer, 0 before its status line ended */
    uint8_t minor;       /* HTTP/1.x, of the last status line */
    bool begun;          /* a byte was seen */
    bool head_ended;     /* of the final answer */
    bool keeps;          /* once done: the connection may carry another request */
    bool until_close;    /* the body ends with the connection */

    /* Private. */
    uint8_t state;       /* where in the text: enum state of the .c file */
    uint32_t line_bytes; /* of the line before a chunk */
    uint8_t field;       /* which header the line is of */
    uint8_t alive;       /* the words that a name or an element may still become, a bit each */
    uint8_t matched;     /* bytes of that name, element, status line or Server's value so far */
    uint8_t phase : 2;   /* before, in or behind an element of a list */
    uint8_t coding : 2;  /* what Transfer-Encoding said last */
    bool to_head : 1, closes : 1, stays : 1;
    int64_t left;   /* bytes of the body or chunk to come; while a number is read, it */
    int64_t length; /* Content-Length; -1: none */
    char *server;
};

/* Makes r ready for the answer to a request. to_head: the request is a HEAD. server: RESPONSE_SERVER_BYTES
 * that become the value of the final answer's Server header (the last one's, cut if need be; "" without any),
 * or NULL. */
void response_begin(struct response *r, bool to_head, char *server);

/* Reads on, moving *at towards end. MORE: all was taken, and more is needed. BODY: *span, within what was
 * handed in, is the next piece of the body, never empty; call again with what is left, even if that is
 * nothing. DONE and BAD: over, as every further call says too. Bytes from *at on belong to no answer after
 * DONE, so the caller, who had only one request on its way, closes the connection. */
enum response_event response_next(struct response *r, const char **at, const char *end,
                                  struct response_span *span);

/* The connection was closed behind the bytes handed in: DONE, where the body ends so or had ended, or BAD. */
enum response_event response_end(struct response *r);

#endif
