/* Cookies, shown and set. Reading and quoting are Werkzeug's. */
#include "base/utf8.h"
#include "endpoint/answers.h"
#include "endpoint/echo.h"
#include "endpoint/reply.h"

#include <ctype.h>
#include <string.h>

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct span {
    const char *text, *end;
};

static struct span trimmed(const char *text, const char *end) {
    while (text < end && is_space(*text))
        text++;
    while (text < end && is_space(end[-1]))
        end--;
    return (struct span){text, end};
}

/* Behind the quote that closes the string at text, or NULL when none does. */
static const char *skip_quoted(const char *text, const char *end) {
    for (const char *at = text + 1; at < end; at++) {
        if (*at == '"')
            return at + 1;
        if (*at == '\\')
            at++;
    }
    return NULL;
}

/* The end of a value: behind its closing quote when only blanks and ; follow that, else the next ;. */
static const char *end_of_value(const char *text, const char *end) {
    const char *quoted = text < end && *text == '"' ? skip_quoted(text, end) : NULL;
    const char *rest = quoted;
    while (rest && rest < end && is_space(*rest))
        rest++;
    if (rest && (rest == end || *rest == ';'))
        return rest;
    const char *semicolon = memchr(text, ';', (size_t)(end - text));
    return semicolon ? semicolon : end;
}

static bool is_octal(const char *text, const char *end) {
    return end - text >= 3 && text[0] >= '0' && text[0] <= '3' && text[1] >= '0' && text[1] <= '7' &&
           text[2] >= '0' && text[2] <= '7';
}

static void append_unquoted(struct buf *out, struct span s) {
    if (s.end - s.text < 2 || *s.text != '"' || s.end[-1] != '"') {
        buf_append(out, s.text, (size_t)(s.end - s.text));
        return;
    }
    const char *end = s.end - 1;
    for (const char *at = s.text + 1; at < end; at++) {
        if (*at != '\\' || at + 1 == end) {
            buf_append_char(out, *at);
        } else if (is_octal(at + 1, end)) {
            buf_append_char(out, (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0')));
            at += 3;
        } else {
            buf_append_char(out, *++at);
        }
    }
}

/* Adds the cookies of a header, the first of each name. */
static void gather_cookies(struct pairs *out, const char *at, const char *end) {
    struct buf raw, name, value;
    buf_init(&raw, PAIRS_LIMIT_BYTES);
    buf_init(&name, PAIRS_LIMIT_BYTES);
    buf_init(&value, PAIRS_LIMIT_BYTES);
    while (at < end) {
        const char *name_end = at;
        while (name_end < end && *name_end != '=' && *name_end != ';')
            name_end++;
        struct span name_span = trimmed(at, name_end), value_span = {name_end, name_end};
        if (name_end < end && *name_end == '=') {
            value_span.text = trimmed(name_end + 1, end).text;
            value_span.end = end_of_value(value_span.text, end);
        }
        at = value_span.end + 1;
        buf_clear(&raw);
        buf_clear(&name);
        buf_clear(&value);
        append_unquoted(&raw, trimmed(value_span.text, value_span.end));
        utf8_append_repaired(&name, name_span.text, (size_t)(name_span.end - name_span.text));
        utf8_append_repaired(&value, buf_text(&raw), raw.length);
        if (name.length > 0 && !pairs_has(out, buf_text(&name)))
            pairs_add(out, buf_text(&name), name.length, buf_text(&value), value.length);
    }
    buf_fini(&raw);
    buf_fini(&name);
    buf_fini(&value);
}

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
    gather_cookies(cookies, buf_text(raw), buf_text(raw) + raw->length);
    pairs_sort(cookies);
    reply_object(x, &j);
    json_text_key(&j, "cookies", strlen("cookies"));
    pairs_write_joined(cookies, &j, shows_all ? NULL : is_hidden);
    reply_object_end(&j);
}

static bool is_legal(char c) {
    return isalnum((unsigned char)c) || (c && strchr("/=!#$%&'*+-.^_`|~:", c));
}

static void append_quoted(struct buf *out, const char *text, size_t length) {
    bool is_plain = true;
    for (size_t i = 0; i < length; i++)
        is_plain = is_plain && is_legal(text[i]);
    if (!is_plain)
        buf_append_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < ' ' || c >= 0x7F || c == ',' || c == ';')
            buf_printf(out, "\\%03o", c);
        else if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else
            buf_append_char(out, text[i]);
    }
    if (!is_plain)
        buf_append_char(out, '"');
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
            append_quoted(text, c.value, c.value_bytes);
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
