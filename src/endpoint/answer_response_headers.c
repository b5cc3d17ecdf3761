/* /response-headers: the query as headers of the answer, shown in its body with all the others. */
#include "endpoint/answers.h"
#include "endpoint/echo.h"
#include "endpoint/reply.h"
#include "endpoint/url_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_one_of(const char *name, size_t length, const char *const *names) {
    for (; *names; names++) {
        if (strlen(*names) == length && strncasecmp(*names, name, length) == 0)
            return true;
    }
    return false;
}

/* What gunicorn keeps to itself or httpbin sets anew. */
static bool is_dropped(const char *name, size_t length) {
    static const char *const names[] = {
        "connection", "keep-alive", "proxy-authenticate",          "proxy-authorization",
        "te",         "trailers",   "transfer-encoding",           "upgrade",
        "server",     "date",       "access-control-allow-origin", "access-control-allow-credentials",
        NULL};
    return is_one_of(name, length, names);
}

static bool is_token(const char *name, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)name[i]) && !(name[i] && strchr("!#$%&'*+-.^_`|~", name[i])))
            return false;
    }
    return length > 0;
}

/* Appends name NUL value NUL; -1 when they can be no header. */
static int append_header(struct buf *out, const struct pair_text *arg, struct buf *scratch) {
    static const char *const refused[] = {"content-length", NULL}, *const urls[] = {"location", NULL};
    if (!is_token(arg->name, arg->name_bytes) || is_one_of(arg->name, arg->name_bytes, refused))
        return -1;
    buf_append(out, arg->name, arg->name_bytes);
    buf_append_char(out, '\0');
    buf_clear(scratch);
    if (is_one_of(arg->name, arg->name_bytes, urls))
        url_text_to_uri(scratch, arg->value, arg->value_bytes);
    else
        buf_append(scratch, arg->value, arg->value_bytes);
    if (reply_header_text(out, buf_text(scratch), scratch->length))
        return -1;
    buf_append_char(out, '\0');
    return 0;
}

/* Adds the query's headers to the reply; -1 when one can be none, or they are too many. */
static int add_headers(struct exchange *x, struct pairs *args) {
    struct buf *text = &x->service->scratch;
    int count = 0;
    buf_clear(text);
    for (size_t i = 0; i < args->count; i++) {
        struct pair_text arg = pairs_at(args, i);
        if (is_dropped(arg.name, arg.name_bytes))
            continue;
        if (append_header(text, &arg, &args->scratch) || ++count > EXCHANGE_REPLY_HEADERS)
            return -1;
    }
    const char *name = buf_text(text);
    for (; count > 0; count--) {
        const char *value = name + strlen(name) + 1;
        exchange_add_header(x, name, value);
        name = value + strlen(value) + 1;
    }
    return 0;
}

static bool is_same_text(const char *a, size_t a_bytes, const char *b, size_t b_bytes) {
    return a_bytes == b_bytes && memcmp(a, b, a_bytes) == 0;
}

/* Under each spelling of a name, the values of all. */
static void gather_shown(struct pairs *shown, const struct pairs *headers) {
    for (size_t i = 0; i < headers->count; i++) {
        struct pair_text name = pairs_at(headers, i);
        if (pairs_is_repeated(headers, i))
            continue;
        for (size_t k = 0; k < headers->count; k++) {
            struct pair_text h = pairs_at(headers, k);
            if (h.name_bytes == name.name_bytes && strncasecmp(h.name, name.name, h.name_bytes) == 0)
                pairs_add(shown, name.name, name.name_bytes, h.value, h.value_bytes);
        }
    }
    pairs_sort(shown);
}

static void add_text(struct pairs *p, const char *name, const char *value) {
    pairs_add(p, name, strlen(name), value, strlen(value));
}

/* Makes the body the headers of an answer of that length, with args unless that is NULL. */
static void write_shown(struct exchange *x, const struct pairs *args, size_t content_length) {
    struct pairs headers, shown;
    struct json_text j;
    char number[32];
    snprintf(number, sizeof number, "%zu", content_length);
    pairs_init(&headers);
    pairs_init(&shown);
    add_text(&headers, "Content-Type", "application/json");
    add_text(&headers, "Content-Length", number);
    for (size_t i = 0; args && i < args->count; i++) {
        struct pair_text arg = pairs_at(args, i);
        pairs_add(&headers, arg.name, arg.name_bytes, arg.value, arg.value_bytes);
    }
    gather_shown(&shown, &headers);
    buf_clear(&x->reply.body);
    json_text_init(&j, &x->reply.body, x->service->pretty);
    pairs_write_lists(&shown, &j);
    buf_append_char(&x->reply.body, '\n');
    pairs_fini(&headers);
    pairs_fini(&shown);
}

static void write_values(const struct pairs *args, size_t first, struct json_text *j) {
    struct pair_text name = pairs_at(args, first);
    json_text_open(j, '[');
    for (size_t i = first; i < args->count; i++) {
        struct pair_text arg = pairs_at(args, i);
        if (!is_same_text(arg.name, arg.name_bytes, name.name, name.name_bytes))
            continue;
        json_text_item(j);
        json_text_string(j, arg.value, arg.value_bytes);
    }
    json_text_close(j, ']');
}

/* The body that httpbin begins with, whose length is the first that it shows. */
static void write_lists(struct exchange *x, const struct pairs *args) {
    struct json_text j;
    json_text_init(&j, &x->reply.body, x->service->pretty);
    json_text_open(&j, '[');
    for (size_t i = 0; i < args->count; i++) {
        struct pair_text arg = pairs_at(args, i);
        if (pairs_is_repeated(args, i))
            continue;
        json_text_item(&j);
        json_text_open(&j, '[');
        json_text_item(&j);
        json_text_string(&j, arg.name, arg.name_bytes);
        json_text_item(&j);
        write_values(args, i, &j);
        json_text_close(&j, ']');
    }
    json_text_close(&j, ']');
    buf_append_char(&x->reply.body, '\n');
}

/* The body shows its own length, so it is written until that is right. httpbin's steps are followed, since
 * more than one length may be. */
ANSWER(response_headers) {
    (void)parameter, (void)parameter_bytes;
    struct pairs *args = echo_args(x);
    if (add_headers(x, args)) {
        x->reply.header_count = 0;
        exchange_reply_sentence(
            x, MHD_HTTP_BAD_REQUEST,
            "The query must be at most %d headers, such as ?X-A=1, and not Content-Length.",
            EXCHANGE_REPLY_HEADERS);
        return;
    }
    const struct buf *body = &x->reply.body;
    write_lists(x, args);
    write_shown(x, NULL, body->length);
    size_t shown_length = 0;
    while (shown_length != body->length && !body->failed) {
        shown_length = body->length;
        write_shown(x, args, shown_length);
    }
    x->reply.content_type = "application/json";
}
