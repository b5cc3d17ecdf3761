/* The parser of responses: a state per place in the text at which a slice may end, and a function per state.
 * Within one it runs over as many bytes as there are. It knows nothing of connections, times or what an
 * answer is worth. */
#include "http/response.h"

#include <endian.h>
#include <string.h>

#include "http/responsefield.h"

/* In groups that response_next tells apart by order. */
enum state {
    STATUS_LINE,
    REASON,
    LINE_START,
    NAME,
    VALUE,
    LINE_LF, /* the LF behind a CR, here and below */
    HEAD_LF,
    CHUNK_SIZE, /* from here on the line before a chunk */
    CHUNK_GAP,
    CHUNK_EXTENSION,
    CHUNK_LINE_LF,
    CHUNK_CR,
    CHUNK_LF,
    BODY, /* from here on bytes of the body */
    OVER,
    BROKEN,
};

/* RFC 9110, 5.6.2. */
static const bool is_token[256] = {
    ['!'] = 1,         ['#' ... '\''] = 1, ['*'] = 1,         ['+'] = 1, ['-'] = 1, ['.'] = 1,
    ['0' ... '9'] = 1, ['A' ... 'Z'] = 1,  ['^' ... 'z'] = 1, ['|'] = 1, ['~'] = 1,
};

_Static_assert(sizeof(struct response) <= 64, "one cache line for each of ten thousand connections");

static const char *bad(struct response *r, const char *at, const char *why) {
    r->state = BROKEN;
    r->why = why;
    return at;
}

/* ---- framing ---- */

static const char *over(struct response *r, const char *at) {
    bool wants = r->minor ? !r->closes : r->stays && !r->closes;
    bool framed_twice = r->coding != CODING_UNSAID && (r->length >= 0 || r->minor == 0);
    r->keeps = wants && !framed_twice && !r->until_close;
    r->state = OVER;
    return at;
}

static void begin_until_close(struct response *r) {
    r->until_close = true;
    r->left = INT64_MAX;
    r->state = BODY;
}

static void begin_chunk(struct response *r) {
    r->left = 0;
    r->line_bytes = 0;
    r->phase = BEFORE;
    r->state = CHUNK_SIZE;
}

/* Behind the blank line of the final answer (RFC 9112, 6.3). */
static const char *begin_body(struct response *r, const char *at) {
    r->head_ended = true;
    if (r->to_head || r->status == 204 || r->status == 304)
        return over(r, at);
    if (r->coding == CODING_CHUNKED && r->minor > 0) {
        begin_chunk(r);
    } else if (r->coding != CODING_UNSAID || r->length < 0) {
        begin_until_close(r);
    } else if (r->length == 0) {
        return over(r, at);
    } else {
        r->left = r->length;
        r->state = BODY;
    }
    return at;
}

static const char *end_head(struct response *r, const char *at) {
    if (r->head_ended) {
        r->head_bytes -= r->state == HEAD_LF ? 2 : 1; /* the blank line behind trailers is framing */
        return over(r, at);
    }
    if (r->status)
        return begin_body(r, at);
    r->state = STATUS_LINE; /* that was an interim answer */
    r->matched = 0;
    return at;
}

static const char *end_chunk_line(struct response *r, const char *at) {
    r->state = r->left ? BODY : LINE_START;
    r->field = FIELD_NONE;
    return at;
}

/* ---- lines ---- */

/* At what must be the LF of a line. */
static const char *take_lf(struct response *r, const char *at, enum state expected) {
    if (*at != '\n')
        return bad(r, at, *at ? "a CR stands alone" : "a NUL stands in a line");
    if (expected == HEAD_LF)
        return end_head(r, at + 1);
    if (expected == CHUNK_LINE_LF)
        return end_chunk_line(r, at + 1);
    r->state = LINE_START;
    return at + 1;
}

/* At the CR, LF or NUL of a line. */
static const char *end_line(struct response *r, const char *at, const char *end, enum state expected) {
    if (*at == '\r') {
        r->state = (uint8_t)expected;
        at++;
    }
    return at < end ? take_lf(r, at, expected) : at;
}

static bool ends_line(char c) {
    return c == '\n' || c == '\r' || c == '\0';
}

/* The first CR, LF or NUL, or end. Eight bytes at a time: of those below 14, which a subtraction shows in
 * each byte's top bit up to the first, all but tabs are what is looked for or very rare. */
static const char *find_line_end(const char *at, const char *end) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    for (; at < end; at++) {
        while (end - at >= 8) {
            uint64_t eight;
            memcpy(&eight, at, sizeof eight);
            eight = le64toh(eight);
            uint64_t low = (eight - ones * 14) & ~eight & ones << 7;
            at += low ? __builtin_ctzll(low) / 8 : 8;
            if (low)
                break;
        }
        if (at < end && ends_line(*at))
            return at;
    }
    return end;
}

/* ---- heads ---- */

static const char *take_status_byte(struct response *r, const char *at) {
    static const char start[] = "HTTP/1.";
    unsigned place = r->matched, digit = (unsigned char)*at - '0';
    if (place < sizeof start - 1)
        return *at == start[place] ? at + 1 : bad(r, at, "it does not begin with HTTP/1.");
    if (place == 8)
        return *at == ' ' ? at + 1 : bad(r, at, "no space follows the version");
    if (digit > 9)
        return bad(r, at,
                   place == 7 ? "the version is not HTTP/1 and a digit" : "the status is not three digits");
    if (place == 7)
        r->minor = (uint8_t)digit;
    else
        r->left = (place == 9 ? 0 : r->left * 10) + digit;
    return at + 1;
}

static const char *read_status_line(struct response *r, const char *at, const char *end) {
    static const char usual[] = "HTTP/1.1 ";
    if (r->matched == 0 && end - at >= 9 && memcmp(at, usual, 9) == 0) {
        r->minor = 1;
        r->matched = 9;
        at += 9;
    }
    for (; at < end && r->matched < 12 && r->state != BROKEN; r->matched++)
        at = take_status_byte(r, at);
    if (at == end || r->state == BROKEN)
        return at;
    if (*at != ' ' && !ends_line(*at))
        return bad(r, at, "the status is not three digits");
    if (r->left < 100)
        return bad(r, at, "the status is below 100");
    if (r->left == 101)
        return bad(r, at, "it changes the protocol (101), which nobody asked for");
    r->state = REASON;
    return at;
}

static const char *read_reason(struct response *r, const char *at, const char *end) {
    at = find_line_end(at, end);
    if (at == end)
        return at;
    r->status = r->left < 200 ? 0 : (uint16_t)r->left;
    r->field = FIELD_NONE;
    return end_line(r, at, end, LINE_LF);
}

static const char *read_value(struct response *r, const char *at, const char *end) {
    const char *stop = find_line_end(at, end);
    if (r->field != FIELD_OTHER) {
        const char *why = response_value(r, &at, stop);
        if (why)
            return bad(r, at, why);
    }
    return stop == end ? end : end_line(r, stop, end, LINE_LF);
}

static const char *bad_name(struct response *r, const char *at) {
    if (response_is_blank(*at))
        return bad(r, at, "white space stands before a header's colon");
    if (*at == ':')
        return bad(r, at, "a header has no name");
    return bad(r, at, ends_line(*at) ? "a header line has no colon" : "a header's name is not a token");
}

static const char *read_name(struct response *r, const char *at, const char *end) {
    const char *start = at;
    while (at < end && is_token[(unsigned char)*at])
        at++;
    bool whole = at < end;
    response_name(r, start, at - start, whole);
    if (!whole)
        return at;
    if (*at != ':' || !r->matched)
        return bad_name(r, at);
    response_begin_value(r);
    r->state = VALUE;
    return read_value(r, at + 1, end);
}

static const char *begin_line(struct response *r, const char *at, const char *end) {
    const char *why = r->field < FIELD_OTHER ? response_end_value(r) : NULL;
    if (why)
        return bad(r, at, why);
    if (ends_line(*at))
        return end_line(r, at, end, HEAD_LF);
    response_begin_name(r, *at, r->status && !r->head_ended);
    r->state = NAME;
    return read_name(r, at, end);
}

static const char *read_line_start(struct response *r, const char *at, const char *end) {
    if (!response_is_blank(*at))
        return begin_line(r, at, end);
    if (r->field == FIELD_NONE)
        return bad(r, at, "its first header line begins with white space");
    r->state = VALUE;
    return at;
}

/* ---- chunks ---- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *read_chunk_size(struct response *r, const char *at, const char *end) {
    for (; at < end; at++) {
        int digit = hex_digit(*at);
        if (digit < 0)
            break;
        if (r->left > INT64_MAX >> 4)
            return bad(r, at, "a chunk's size is too large");
        r->left = r->left << 4 | digit;
        r->phase = WITHIN;
    }
    if (at < end && r->phase == BEFORE)
        return bad(r, at, "a chunk's size is not a hexadecimal number");
    if (at < end)
        r->state = CHUNK_GAP;
    return at;
}

static const char *read_chunk_gap(struct response *r, const char *at, const char *end) {
    while (at < end && response_is_blank(*at))
        at++;
    if (at == end)
        return at;
    if (ends_line(*at))
        return end_line(r, at, end, CHUNK_LINE_LF);
    if (*at != ';')
        return bad(r, at, "a chunk's size is not a hexadecimal number");
    r->state = CHUNK_EXTENSION;
    return at + 1;
}

static const char *read_chunk_extension(struct response *r, const char *at, const char *end) {
    at = find_line_end(at, end);
    return at == end ? at : end_line(r, at, end, CHUNK_LINE_LF);
}

static const char *read_chunk_end(struct response *r, const char *at) {
    if (*at != (r->state == CHUNK_CR ? '\r' : '\n'))
        return bad(r, at, "a chunk's data is not followed by CRLF");
    if (r->state == CHUNK_CR)
        r->state = CHUNK_LF;
    else
        begin_chunk(r);
    return at + 1;
}

/* ---- all of it ---- */

static const char *step(struct response *r, const char *at, const char *end) {
    switch ((enum state)r->state) {
    case STATUS_LINE:
        return read_status_line(r, at, end);
    case REASON:
        return read_reason(r, at, end);
    case LINE_START:
        return read_line_start(r, at, end);
    case NAME:
        return read_name(r, at, end);
    case VALUE:
        return read_value(r, at, end);
    case CHUNK_SIZE:
        return read_chunk_size(r, at, end);
    case CHUNK_GAP:
        return read_chunk_gap(r, at, end);
    case CHUNK_EXTENSION:
        return read_chunk_extension(r, at, end);
    default:
        return take_lf(r, at, r->state);
    }
}

/* Lines of a kind, from `first` to `last`, until there are no more, or the limit of their bytes is reached.
 */
static const char *read_lines(struct response *r, const char *at, const char *end, enum state first,
                              enum state last) {
    bool heads = first == STATUS_LINE;
    uint32_t *bytes = heads ? &r->head_bytes : &r->line_bytes;
    size_t room = (heads ? RESPONSE_HEAD_LIMIT : RESPONSE_CHUNK_LINE_LIMIT) - *bytes;
    const char *start = at, *stop = (size_t)(end - at) > room ? at + room : end;
    while (at < stop && r->state >= first && r->state <= last)
        at = step(r, at, stop);
    *bytes += (uint32_t)(at - start);
    if (at == stop && stop < end && r->state >= first && r->state <= last)
        return bad(r, at, heads ? "its heads are too long" : "the line before a chunk is too long");
    return at;
}

static const char *take_body(struct response *r, const char *at, const char *end,
                             struct response_span *span) {
    int64_t length = end - at < r->left ? end - at : r->left;
    *span = (struct response_span){at, (size_t)length};
    r->body_bytes += length;
    if (!r->until_close)
        r->left -= length;
    if (r->left == 0 && r->coding == CODING_CHUNKED)
        r->state = CHUNK_CR;
    else if (r->left == 0)
        over(r, at);
    return at + length;
}

void response_begin(struct response *r, bool to_head, char *server) {
    *r = (struct response){.to_head = to_head, .length = -1, .server = server};
    if (server)
        server[0] = '\0';
}

enum response_event response_next(struct response *r, const char **at, const char *end,
                                  struct response_span *span) {
    r->begun |= *at < end;
    while (*at < end && r->state < OVER) {
        if (r->state <= HEAD_LF) {
            *at = read_lines(r, *at, end, STATUS_LINE, HEAD_LF);
        } else if (r->state <= CHUNK_LINE_LF) {
            *at = read_lines(r, *at, end, CHUNK_SIZE, CHUNK_LINE_LF);
        } else if (r->state <= CHUNK_LF) {
            *at = read_chunk_end(r, *at);
        } else {
            *at = take_body(r, *at, end, span);
            return RESPONSE_BODY;
        }
    }
    if (r->state == OVER)
        return RESPONSE_DONE;
    return r->state == BROKEN ? RESPONSE_BAD : RESPONSE_MORE;
}

enum response_event response_end(struct response *r) {
    if (r->state == BODY && r->until_close)
        over(r, NULL);
    if (r->state == OVER)
        return RESPONSE_DONE;
    if (r->state != BROKEN)
        bad(r, NULL,
            !r->begun        ? "the connection was closed before it began"
            : !r->head_ended ? "the connection was closed within its head"
                             : "the connection was closed within its body");
    return RESPONSE_BAD;
}
