/* Cookies, shown and set. */
#include "base/utf8.h"
#include "endpoint/answers.h"
#include "endpoint/cookie_text.h"
#include "endpoint/echo.h"
#include "endpoint/reply.h"

#include <string.h>

/* Cookies of Google's and others' that httpbin hides unless asked by ?show_env. */
static bool is_hidden(const char *name, size_t length) {
    static const char *const names[] = {
        "_gauges_unique",
        "_gauges_unique_year",
        "_gauges_unique_month",
        "_gauges_unique_day",
        "_gauges_unique_hour",
        "__utmz",
        "__utma",
        "__utmb",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return true;
    }
    return false;
}

ANSWER(cookies) {
    (void)parameter, (void)parameter_bytes;
    struct pairs *cookies = &x->service->headers;
    struct buf *raw = &x->service->scratch;
    struct json_text j;
    size_t length = 0;
    bool shows_all = pairs_has(echo_args(x), "show_env");
    (void)echo_headers(x);
    const char *header = echo_header(x, "Cookie", &length);
    buf_clear(raw);
    if (header && reply_header_text(raw, header, length))
        buf_clear(raw);
    pairs_clear(cookies);
    cookie_text_read(cookies, buf_text(raw), buf_text(raw) + raw->length);
    pairs_sort(cookies);
    reply_object(x, &j);
    json_text_key(&j, "cookies", strlen("cookies"));
    pairs_write_joined(cookies, &j, shows_all ? NULL : is_hidden);
    reply_object_end(&j);
}

static bool may_be_name(const char *name, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)name[i] < ' ' || name[i] == '\x7F')
            return false;
    }
    return true;
}

/* Redirects to /cookies, setting or deleting the first of each name; text comes to hold the headers. */
static void reply_cookies(struct exchange *x, const struct pairs *cookies, bool deletes) {
    struct buf *text = &x->service->scratch;
    const char *attributes = echo_is_secure(x) ? "; Secure; Path=/" : "; Path=/";
    int count = 0;
    buf_clear(text);
    for (size_t i = 0; i < cookies->count; i++) {
        struct pair_text c = pairs_at(cookies, i);
        if (pairs_is_repeated(cookies, i))
            continue;
        if (!may_be_name(c.name, c.name_bytes) || ++count == EXCHANGE_REPLY_HEADERS) {
            exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST,
                                    "The query must be fewer than %d cookies, such as ?a=1.",
                                    EXCHANGE_REPLY_HEADERS);
            return;
        }
        buf_append(text, c.name, c.name_bytes);
        buf_append_char(text, '=');
        if (!deletes)
            cookie_text_append_quoted(text, c.value, c.value_bytes);
        buf_append_text(text,
                        deletes ? "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/" : attributes);
        buf_append_char(text, '\0');
    }
    const char *value = buf_text(text);
    for (; count > 0; count--) {
        exchange_add_header(x, "Set-Cookie", value);
        value += strlen(value) + 1;
    }
    reply_redirect(x, MHD_HTTP_FOUND, "/cookies");
}

ANSWER(cookies_set) {
    (void)parameter, (void)parameter_bytes;
    (void)echo_headers(x);
    reply_cookies(x, echo_args(x), false);
}

ANSWER(cookies_delete) {
    (void)parameter, (void)parameter_bytes;
    (void)echo_headers(x);
    reply_cookies(x, echo_args(x), true);
}

ANSWER(cookies_set_one) {
    struct pairs *args = &x->service->args;
    struct buf *path = &x->service->scratch;
    buf_clear(path);
    utf8_append_repaired(path, parameter, parameter_bytes);
    const char *text = buf_text(path), *slash = memchr(text, '/', path->length);
    (void)echo_headers(x);
    pairs_clear(args);
    if (slash)
        pairs_add(args, text, (size_t)(slash - text), slash + 1, (size_t)(text + path->length - slash - 1));
    reply_cookies(x, args, false);
}
