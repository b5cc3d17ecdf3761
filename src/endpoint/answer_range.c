/* /range/{n}: a part of an alphabet of n bytes. */
#include "endpoint/answers.h"
#include "endpoint/echo.h"
#include "endpoint/python_number.h"

#include <inttypes.h>
#include <string.h>

#define MOST_BYTES ((int64_t)100 * 1024)
#define LONGEST_DURATION_S 3600.0
#define USUAL_CHUNK_BYTES ((int64_t)10 * 1024)

struct range {
    int64_t first, last;
};

/* The two numbers of bytes=1-2 as httpbin finds them, which may both be missing. */
struct bounds {
    bool has_left, has_right;
    int64_t left, right;
};

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static struct bounds read_bounds(const char *text, size_t length) {
    struct bounds b = {0};
    while (length > 0 && is_blank(*text)) {
        text++;
        length--;
    }
    const char *end = text + length, *equals = memchr(text, '=', length);
    if (length < 5 || memcmp(text, "bytes", 5) != 0 || !equals)
        return b;
    const char *start = equals + 1, *dash = memchr(start, '-', (size_t)(end - start));
    if (memchr(start, '=', (size_t)(end - start)))
        return b;
    if (dash) {
        const char *second = memchr(dash + 1, '-', (size_t)(end - dash - 1));
        b.has_right = !python_int_read(&b.right, dash + 1, (size_t)((second ? second : end) - dash - 1));
    }
    b.has_left = !python_int_read(&b.left, start, (size_t)((dash ? dash : end) - start));
    return b;
}

/* What a request asks for of count bytes; it may lie outside. */
static struct range wanted_range(struct exchange *x, int64_t count) {
    size_t length = 0;
    const char *text = echo_header(x, "Range", &length);
    struct bounds b = text ? read_bounds(text, length) : (struct bounds){0};
    struct range r = {.first = 0, .last = count - 1};
    if (b.has_left) {
        r.first = b.left;
        if (b.has_right)
            r.last = b.right;
    } else if (b.has_right && b.right < count) {
        r.first = count - b.right;
    }
    return r;
}

static void append_alphabet(struct buf *out, struct range r) {
    for (int64_t i = r.first; i <= r.last; i++)
        buf_append_char(out, (char)('a' + i % 26));
}

/* Adds the headers that each answer has, whose ETag names n as it was given. */
static void add_headers(struct exchange *x, const char *text, size_t length) {
    char digits[PYTHON_INT_DIGITS];
    struct buf *etag = &x->service->args.scratch;
    buf_clear(etag);
    buf_printf(etag, "range%.*s", python_route_digits(digits, sizeof digits, text, length), digits);
    exchange_add_header(x, "ETag", buf_text(etag));
    exchange_add_header(x, "Accept-Ranges", "bytes");
}

static void reply_range(struct exchange *x, int64_t count, struct range r) {
    bool is_whole = r.first == 0 && r.last == count - 1;
    bool is_inside = r.first >= 0 && r.first <= r.last && r.last < count;
    struct buf *shown = &x->service->scratch;
    buf_clear(shown);
    if (is_inside) {
        buf_printf(shown, "bytes %" PRId64 "-%" PRId64 "/%" PRId64, r.first, r.last, count);
        append_alphabet(&x->reply.body, r);
        x->reply.status = is_whole ? MHD_HTTP_OK : MHD_HTTP_PARTIAL_CONTENT;
        x->reply.content_type = "application/octet-stream";
    } else {
        buf_printf(shown, "bytes */%" PRId64, count);
        x->reply.status = MHD_HTTP_RANGE_NOT_SATISFIABLE;
        x->reply.content_type = "text/plain; charset=utf-8";
    }
    exchange_add_header(x, "Content-Range", buf_text(shown));
}

/* How the bytes of a range are to leave, all count of them in duration_s. */
struct pace {
    double duration_s;
    int64_t chunk_bytes;
};

static int read_pace(struct exchange *x, struct pace *out) {
    const struct pairs *args = echo_args(x);
    size_t length = 0;
    *out = (struct pace){.chunk_bytes = USUAL_CHUNK_BYTES};
    const char *text = pairs_find(args, "chunk_size", &length);
    if (text && python_int_read(&out->chunk_bytes, text, length))
        return -1;
    if (out->chunk_bytes < 1)
        out->chunk_bytes = 1;
    text = pairs_find_exactly(args, "duration", &length);
    if (text && python_float_read(&out->duration_s, text, length))
        return -1;
    return out->duration_s >= 0 && out->duration_s <= LONGEST_DURATION_S ? 0 : -1;
}

ANSWER(range) {
    int64_t count = 0;
    struct pace pace;
    if (python_route_int(&count, parameter, parameter_bytes)) {
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST, "How many bytes is a whole number, such as 1024.");
        return;
    }
    if (count == 0 || count > MOST_BYTES) {
        exchange_reply_sentence(x, MHD_HTTP_NOT_FOUND, "number of bytes must be in the range (0, 102400]");
        add_headers(x, parameter, parameter_bytes);
        return;
    }
    if (read_pace(x, &pace)) {
        exchange_reply_sentence(
            x, MHD_HTTP_BAD_REQUEST,
            "A duration is a number of seconds from 0 to 3600, and a chunk_size a whole number of bytes.");
        return;
    }
    (void)echo_headers(x);
    reply_range(x, count, wanted_range(x, count));
    add_headers(x, parameter, parameter_bytes);
    if (pace.duration_s > 0 && x->reply.body.length > 0)
        exchange_pace(x, x->reply.body.length, (uint64_t)pace.chunk_bytes, pace.duration_s / (double)count);
}
