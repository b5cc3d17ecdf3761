/* The answers that send the client elsewhere. */
#include "base/utf8.h"
#include "endpoint/answers.h"
#include "endpoint/echo.h"
#include "endpoint/python_number.h"
#include "endpoint/reply.h"
#include "endpoint/url_text.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

/* The target of one redirect of n, in x->service->scratch: /get after the last. */
static const char *next_target(struct exchange *x, const char *kind, int64_t n, bool is_absolute) {
    struct buf *url = &x->service->scratch;
    buf_clear(url);
    (void)echo_headers(x);
    if (is_absolute)
        echo_append_base(x, url);
    if (n == 1)
        buf_append_text(url, "/get");
    else
        buf_printf(url, "/%s-redirect/%" PRId64, kind, n - 1);
    return buf_text(url);
}

static int read_count(struct exchange *x, const char *text, size_t length, int64_t *n) {
    if (!python_route_int(n, text, length) && *n > 0 && *n < INT64_MAX)
        return 0;
    exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST,
                            "How many redirects is a whole number from 1 on, such as 3.");
    return -1;
}

static bool is_absolute_wanted(struct exchange *x) {
    size_t length = 0;
    const char *text = pairs_find_exactly(echo_args(x), "absolute", &length);
    return text && length == 4 && strncasecmp(text, "true", 4) == 0;
}

ANSWER(redirect) {
    int64_t n = 0;
    if (read_count(x, parameter, parameter_bytes, &n))
        return;
    bool is_absolute = is_absolute_wanted(x);
    reply_redirect(x, MHD_HTTP_FOUND, next_target(x, is_absolute ? "absolute" : "relative", n, is_absolute));
}

ANSWER(absolute_redirect) {
    int64_t n = 0;
    if (!read_count(x, parameter, parameter_bytes, &n))
        reply_redirect(x, MHD_HTTP_FOUND, next_target(x, "absolute", n, true));
}

static void reply_location(struct exchange *x, unsigned status, const char *location) {
    x->reply.status = status;
    x->reply.content_type = status == MHD_HTTP_NOT_MODIFIED ? NULL : "text/html; charset=utf-8";
    exchange_add_header(x, "Location", location);
}

ANSWER(relative_redirect) {
    int64_t n = 0;
    if (!read_count(x, parameter, parameter_bytes, &n))
        reply_location(x, MHD_HTTP_FOUND, next_target(x, "relative", n, false));
}

/* The status that was asked for, 302 unless it is one of a redirect; 0 when it is none. */
static unsigned wanted_status(const struct pairs *args) {
    size_t length = 0;
    const char *text = pairs_find(args, "status_code", &length);
    int64_t status = MHD_HTTP_FOUND;
    if (text && python_int_read(&status, text, length))
        return 0;
    return status >= 300 && status < 400 ? (unsigned)status : MHD_HTTP_FOUND;
}

/* httpbin takes the bytes of the URL for Latin-1 where they are not ASCII. -1 when it can be in no header. */
static int read_location(struct buf *out, struct buf *scratch, const char *url, size_t length) {
    if (memchr(url, '\n', length) || memchr(url, '\r', length))
        return -1;
    buf_clear(scratch);
    utf8_append_latin1(scratch, url, length);
    buf_clear(out);
    url_text_to_uri(out, buf_text(scratch), scratch->length);
    for (size_t i = 0; i < out->length; i++) {
        if ((unsigned char)out->text[i] < ' ' || out->text[i] == '\x7F')
            return -1;
    }
    return 0;
}

ANSWER(redirect_to) {
    (void)parameter, (void)parameter_bytes;
    struct pairs *args = echo_args(x);
    size_t length = 0;
    const char *url = pairs_find(args, "url", &length);
    unsigned status = wanted_status(args);
    if (!url || status == 0 || read_location(&x->service->scratch, &args->scratch, url, length))
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST,
                                "Where to is said by ?url=, and by &status_code= how, such as 307.");
    else
        reply_location(x, status, buf_text(&x->service->scratch));
}
