/* The answers that show a request back as JSON, byte for byte as httpbin does. */
#include "base/base64.h"
#include "base/clock.h"
#include "base/units.h"
#include "base/utf8.h"
#include "endpoint/answers.h"
#include "endpoint/json_text.h"
#include "endpoint/url_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum echo_field {
    ECHO_ARGS = 1,
    ECHO_BODY = 2, /* data, files, form */
    ECHO_HEADERS = 4,
    ECHO_ORIGIN = 8,
    ECHO_URL = 16,
};

/* Headers that proxies add, which httpbin hides unless asked by ?show_env. */
static const char *const proxy_headers[] = {
    "Connect-Time",         "Total-Route-Time",         "Via",
    "X-Forwarded-For",      "X-Forwarded-Port",         "X-Forwarded-Proto",
    "X-Forwarded-Protocol", "X-Forwarded-Ssl",          "X-Heroku-Dynos-In-Use",
    "X-Heroku-Queue-Depth", "X-Heroku-Queue-Wait-Time", "X-Real-Ip",
    "X-Request-Id",         "X-Request-Start",          "X-Varnish",
};

static bool is_proxy_header(const char *name, size_t name_bytes) {
    if (name[0] != 'X' && name[0] != 'V' && name[0] != 'C' && name[0] != 'T')
        return false;
    for (size_t i = 0; i < sizeof proxy_headers / sizeof *proxy_headers; i++) {
        if (strlen(proxy_headers[i]) == name_bytes && memcmp(proxy_headers[i], name, name_bytes) == 0)
            return true;
    }
    return false;
}

static bool is_media_type(const char *content_type, const char *type) {
    size_t length = strlen(type);
    return content_type && strncasecmp(content_type, type, length) == 0 &&
           (content_type[length] == '\0' || strchr("; \t", content_type[length]));
}

static enum MHD_Result gather_header(void *context, enum MHD_ValueKind kind, const char *name,
                                     size_t name_bytes, const char *value, size_t value_bytes) {
    (void)kind;
    bool is_empty_type = value_bytes == 0 && strcasecmp(name, "content-type") == 0;
    if (!is_empty_type)
        pairs_add_header(context, name, name_bytes, value, value_bytes);
    return MHD_YES;
}

static void key(struct json_text *j, const char *name) {
    json_text_key(j, name, strlen(name));
}

static void write_args(struct exchange *x, struct json_text *j) {
    key(j, "args");
    pairs_write_lists(&x->service->args, j);
}

/* A body that is no text is shown as a data: URL. */
static void write_data(struct exchange *x, struct json_text *j) {
    const struct buf *body = &x->request.body;
    if (utf8_is_valid(buf_text(body), body->length)) {
        json_text_string(j, buf_text(body), body->length);
        return;
    }
    buf_append_text(j->out, "\"data:application/octet-stream;base64,");
    base64_append(j->out, buf_text(body), body->length);
    buf_append_char(j->out, '"');
}

static void write_body(struct exchange *x, struct json_text *j) {
    const char *type = exchange_header(x, MHD_HTTP_HEADER_CONTENT_TYPE);
    bool is_form = is_media_type(type, "application/x-www-form-urlencoded");
    bool is_multipart = is_media_type(type, "multipart/form-data");
    key(j, "data");
    if (is_form || is_multipart)
        json_text_string(j, "", 0);
    else
        write_data(x, j);
    key(j, "files");
    json_text_open(j, '{');
    json_text_close(j, '}');
    key(j, "form");
    struct pairs *form = &x->service->headers; /* the headers are gathered only after this */
    pairs_clear(form);
    if (is_form)
        pairs_add_encoded(form, buf_text(&x->request.body), x->request.body.length);
    pairs_sort(form);
    pairs_write_lists(form, j);
}

static void write_headers(struct exchange *x, struct json_text *j) {
    struct pairs *headers = &x->service->headers;
    pairs_clear(headers);
    (void)MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, gather_header, headers);
    pairs_sort(headers);
    key(j, "headers");
    pairs_write_joined(headers, j, pairs_has(&x->service->args, "show_env") ? NULL : is_proxy_header);
}

static void write_origin(struct exchange *x, struct json_text *j) {
    const char *forwarded = exchange_header(x, "X-Forwarded-For");
    const char *origin = forwarded ? forwarded : x->peer;
    struct buf *text = &x->service->scratch;
    buf_clear(text);
    utf8_append_latin1(text, origin, strlen(origin));
    key(j, "origin");
    json_text_string(j, buf_text(text), text->length);
}

static bool header_is(const struct exchange *x, const char *name, const char *value) {
    const char *found = exchange_header(x, name);
    return found && strcmp(found, value) == 0;
}

/* A proxy in front may have spoken another protocol with the client. */
static const char *scheme_of(const struct exchange *x) {
    const char *proto = exchange_header(x, "X-Forwarded-Proto");
    if (!proto || !*proto)
        proto = exchange_header(x, "X-Forwarded-Protocol");
    if (proto && *proto)
        return proto;
    return header_is(x, "X-Forwarded-Ssl", "on") ? "https" : "http";
}

static void append_host(const struct exchange *x, struct buf *out) {
    const char *host = exchange_header(x, MHD_HTTP_HEADER_HOST);
    if (!host)
        host = x->service->address;
    bool is_secure = header_is(x, "X-Forwarded-Proto", "https") ||
                     header_is(x, "X-Forwarded-Protocol", "ssl") || header_is(x, "X-Forwarded-Ssl", "on");
    const char *usual_port = is_secure ? ":443" : ":80";
    size_t length = strlen(host), port_bytes = strlen(usual_port);
    if (length > port_bytes && strcmp(host + length - port_bytes, usual_port) == 0)
        length -= port_bytes;
    utf8_append_latin1(out, host, length);
}

static void write_url(struct exchange *x, struct json_text *j) {
    const struct request *r = &x->request;
    struct buf *url = &x->service->headers.text; /* the headers have been written */
    buf_clear(url);
    const char *scheme = scheme_of(x);
    utf8_append_latin1(url, scheme, strlen(scheme));
    buf_append_text(url, "://");
    append_host(x, url);
    url_text_show_path(url, buf_text(&r->path), r->path.length);
    if (r->query_bytes > 0) {
        buf_append_char(url, '?');
        url_text_show_query(url, &x->service->scratch, r->query, r->query_bytes);
    }
    key(j, "url");
    json_text_string(j, buf_text(url), url->length);
}

static void write_echo(struct exchange *x, unsigned fields) {
    struct json_text j;
    json_text_init(&j, &x->reply.body, x->service->pretty);
    pairs_clear(&x->service->args);
    pairs_add_encoded(&x->service->args, x->request.query, x->request.query_bytes);
    pairs_sort(&x->service->args);
    json_text_open(&j, '{');
    if (fields & ECHO_ARGS)
        write_args(x, &j);
    if (fields & ECHO_BODY)
        write_body(x, &j);
    if (fields & ECHO_HEADERS)
        write_headers(x, &j);
    if (fields & ECHO_ORIGIN)
        write_origin(x, &j);
    if (fields & ECHO_URL)
        write_url(x, &j);
    json_text_close(&j, '}');
    buf_append_char(&x->reply.body, '\n');
    x->reply.content_type = "application/json";
}

void answer_get(struct exchange *x, const char *parameter, size_t parameter_bytes) {
    (void)parameter, (void)parameter_bytes;
    write_echo(x, ECHO_ARGS | ECHO_HEADERS | ECHO_ORIGIN | ECHO_URL);
}

#define LONGEST_DELAY_S 10.0

/* Seconds as a plain or scientific number, or any duration such as 300ms. */
static int read_delay(const char *text, size_t length, double *seconds) {
    char *end = NULL;
    bool is_hexadecimal = strpbrk(text, "xX") != NULL;
    if (length == 0 || strlen(text) != length || is_hexadecimal)
        return -1;
    *seconds = strtod(text, &end);
    end += strspn(end, " \t\n\v\f\r");
    if (end != text && *end == '\0')
        return *seconds >= 0 ? 0 : -1;
    int64_t delay_ns = 0;
    if (units_read_duration_ns(text, &delay_ns))
        return -1;
    *seconds = (double)delay_ns / (double)CLOCK_NS_PER_S;
    return 0;
}

void answer_delay(struct exchange *x, const char *parameter, size_t parameter_bytes) {
    double seconds = 0;
    if (read_delay(parameter, parameter_bytes, &seconds)) {
        exchange_reply_sentence(
            x, MHD_HTTP_BAD_REQUEST,
            "A delay is a number of seconds from 0 on, such as 0.2, or a duration such as 300ms.");
        return;
    }
    write_echo(x, ECHO_ARGS | ECHO_BODY | ECHO_HEADERS | ECHO_ORIGIN | ECHO_URL);
    x->reply.hold_ns = (int64_t)llround(fmin(seconds, LONGEST_DELAY_S) * (double)CLOCK_NS_PER_S);
}
