/* Answers to conditional requests. */
#include "base/utf8.h"
#include "endpoint/answers.h"
#include "endpoint/echo.h"
#include "endpoint/python_number.h"
#include "endpoint/reply.h"

#include <string.h>
#include <time.h>

/* As httpbin has it: an empty If-None-Match counts, an empty If-Modified-Since does not. */
static bool is_conditional(struct exchange *x) {
    size_t length = 0;
    const char *since = echo_header(x, "If-Modified-Since", &length);
    return (since && length > 0) || echo_header(x, "If-None-Match", &length);
}

static void append_date(struct buf *out) {
    time_t now = time(NULL);
    struct tm utc;
    char date[64];
    if (gmtime_r(&now, &utc) && strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc) > 0)
        buf_append_text(out, date);
}

ANSWER(cache) {
    (void)parameter, (void)parameter_bytes;
    struct pairs *headers = echo_headers(x);
    if (is_conditional(x)) {
        reply_status(x, MHD_HTTP_NOT_MODIFIED);
        return;
    }
    answer_get(x, "", 0);
    struct buf *date = &headers->scratch, *etag = &x->service->scratch;
    buf_clear(date);
    append_date(date);
    buf_clear(etag);
    for (int i = 0; i < 4; i++)
        buf_printf(etag, "%08x", python_random_word(&x->service->random));
    exchange_add_header(x, "Last-Modified", buf_text(date));
    exchange_add_header(x, "ETag", buf_text(etag));
}

ANSWER(cache_for) {
    char digits[PYTHON_INT_DIGITS];
    int count = python_route_digits(digits, sizeof digits, parameter, parameter_bytes);
    if (count < 0) {
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST,
                                "How long to cache is a whole number of seconds from 0 on, such as 60.");
        return;
    }
    answer_get(x, "", 0);
    struct buf *text = &x->service->scratch;
    buf_clear(text);
    buf_printf(text, "public, max-age=%.*s", count, digits);
    exchange_add_header(x, "Cache-Control", buf_text(text));
}

/* What str.isspace() knows, as far as a header may have it. */
static bool is_space(uint32_t code) {
    return code == ' ' || (code >= '\t' && code <= '\r') || (code >= 0x1C && code <= 0x1F) || code == 0x85 ||
           code == 0xA0;
}

static size_t skip_space(const char *text, size_t length) {
    size_t i = 0;
    while (i < length) {
        struct utf8_step step = utf8_read(text + i, length - i);
        if (!is_space(step.code))
            break;
        i += step.bytes;
    }
    return i;
}

/* Whether one tag of a list is etag, read as httpbin does: blanks, W/ and a quote in front are left out, and
 * all from the next quote on. */
static bool is_tag(const char *text, size_t length, const char *etag, size_t etag_bytes) {
    size_t at = skip_space(text, length);
    if (length - at >= 2 && memcmp(text + at, "W/", 2) == 0)
        at += 2;
    at += at < length && text[at] == '"';
    const char *quote = memchr(text + at, '"', length - at);
    size_t tag_bytes = quote ? (size_t)(quote - text) - at : length - at;
    return tag_bytes == etag_bytes && memcmp(text + at, etag, etag_bytes) == 0;
}

static bool has_tag(const char *list, size_t length, const char *etag, size_t etag_bytes) {
    const char *end = list + length;
    for (;;) {
        const char *comma = memchr(list, ',', (size_t)(end - list));
        size_t part = (size_t)((comma ? comma : end) - list);
        if (is_tag(list, part, etag, etag_bytes) || is_tag(list, part, "*", 1))
            return true;
        if (!comma)
            return false;
        list = comma + 1;
    }
}

/* Replies by the conditions of the request, if they call for it. */
static bool reply_by_condition(struct exchange *x, const char *etag, size_t etag_bytes) {
    size_t length = 0;
    const char *list = echo_header(x, "If-None-Match", &length);
    if (list && length > 0) {
        bool is_same = has_tag(list, length, etag, etag_bytes);
        if (is_same)
            reply_status(x, MHD_HTTP_NOT_MODIFIED);
        return is_same;
    }
    list = echo_header(x, "If-Match", &length);
    if (!list || length == 0 || has_tag(list, length, etag, etag_bytes))
        return false;
    reply_status(x, MHD_HTTP_PRECONDITION_FAILED);
    return true;
}

ANSWER(etag) {
    struct buf *etag = &x->service->scratch;
    struct buf *value = &echo_headers(x)->scratch; /* free again once the headers have been looked at */
    buf_clear(etag);
    utf8_append_repaired(etag, parameter, parameter_bytes);
    if (!reply_by_condition(x, buf_text(etag), etag->length))
        answer_get(x, "", 0);
    if (x->reply.status == MHD_HTTP_PRECONDITION_FAILED)
        return;
    buf_clear(value);
    if (reply_header_text(value, parameter, parameter_bytes))
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST, "An ETag is text that may stand in a header.");
    else
        exchange_add_header(x, "ETag", buf_text(value));
}
