/* A request shown back: each field written as httpbin, Flask and gunicorn together would have it. */
#include "endpoint/echo.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "endpoint/json_text.h"
#include "endpoint/python_json.h"
#include "endpoint/reply.h"
#include "endpoint/url_text.h"

#include <string.h>
#include <strings.h>

/* Headers that proxies add, which httpbin hides unless asked by ?show_env. */
static const char *const proxy_headers[] = {
    "Connect-Time",         "Total-Route-Time",         "Via",
    "X-Forwarded-For",      "X-Forwarded-Port",         "X-Forwarded-Proto",
    "X-Forwarded-Protocol", "X-Forwarded-Ssl",          "X-Heroku-Dynos-In-Use",
    "X-Heroku-Queue-Depth", "X-Heroku-Queue-Wait-Time", "X-Real-Ip",
    "X-Request-Id",         "X-Request-Start",          "X-Varnish",
};

bool echo_is_proxy_header(const char *name, size_t name_bytes) {
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
           (content_type[length] == '\0' || strchr(";, \t", content_type[length]));
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

static bool is_form(const char *content_type) {
    return is_media_type(content_type, "application/x-www-form-urlencoded") ||
           is_media_type(content_type, "application/x-url-encoded");
}

/* Whether the body is shown as data; else it was parsed, or should be. */
static bool is_data(const struct exchange *x) {
    const char *type = exchange_header(x, MHD_HTTP_HEADER_CONTENT_TYPE);
    return !is_form(type) && !is_media_type(type, "multipart/form-data");
}

static void write_body(struct exchange *x, struct json_text *j) {
    key(j, "data");
    if (is_data(x))
        write_data(x, j);
    else
        json_text_string(j, "", 0);
    key(j, "files");
    json_text_open(j, '{');
    json_text_close(j, '}');
    key(j, "form");
    struct pairs *form = &x->service->headers; /* the headers are gathered only after this */
    pairs_clear(form);
    if (is_form(exchange_header(x, MHD_HTTP_HEADER_CONTENT_TYPE)))
        pairs_add_encoded(form, buf_text(&x->request.body), x->request.body.length);
    pairs_sort(form);
    pairs_write_lists(form, j);
}

static void write_json(struct exchange *x, struct json_text *j) {
    key(j, "json");
    if (!is_data(x) || python_json_rewrite(j, buf_text(&x->request.body), x->request.body.length))
        json_text_raw(j, "null", 4);
}

static void write_flag(struct json_text *j, const char *name) {
    key(j, name);
    json_text_raw(j, "true", 4);
}

static void write_method(struct exchange *x, struct json_text *j) {
    key(j, "method");
    json_text_string(j, x->request.method, strlen(x->request.method));
}

struct pairs *echo_args(struct exchange *x) {
    struct pairs *args = &x->service->args;
    pairs_clear(args);
    pairs_add_encoded(args, x->request.query, x->request.query_bytes);
    return args;
}

static struct pairs *gather_headers(struct exchange *x) {
    struct pairs *headers = &x->service->headers;
    pairs_clear(headers);
    (void)MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, gather_header, headers);
    return headers;
}

struct pairs *echo_headers(struct exchange *x) {
    struct pairs *headers = gather_headers(x);
    pairs_sort(headers);
    return headers;
}

const char *echo_header(struct exchange *x, const char *name, size_t *value_bytes) {
    return pairs_joined(&x->service->headers, name, value_bytes);
}

const char *echo_origin(struct exchange *x, size_t *bytes) {
    const char *forwarded = echo_header(x, "X-Forwarded-For", bytes);
    if (forwarded)
        return forwarded;
    *bytes = strlen(x->peer);
    return x->peer;
}

static void write_headers(struct exchange *x, struct json_text *j) {
    bool shows_all = pairs_has(&x->service->args, "show_env");
    key(j, "headers");
    pairs_write_joined(&x->service->headers, j, shows_all ? NULL : echo_is_proxy_header);
}

static void write_origin(struct exchange *x, struct json_text *j) {
    size_t bytes = 0;
    const char *origin = echo_origin(x, &bytes);
    key(j, "origin");
    json_text_string(j, origin, bytes);
}

static bool header_is(struct exchange *x, const char *name, const char *value) {
    size_t bytes = 0;
    const char *found = echo_header(x, name, &bytes);
    return found && bytes == strlen(value) && memcmp(found, value, bytes) == 0;
}

bool echo_is_secure(struct exchange *x) {
    return x->service->certificate || header_is(x, "X-Forwarded-Proto", "https") ||
           header_is(x, "X-Forwarded-Protocol", "ssl") || header_is(x, "X-Forwarded-Ssl", "on");
}

static void append_host(struct exchange *x, struct buf *out) {
    size_t length = 0;
    const char *host = echo_header(x, "Host", &length);
    if (!host) {
        host = x->service->address;
        length = strlen(host);
    }
    const char *usual_port = echo_is_secure(x) ? ":443" : ":80";
    size_t port_bytes = strlen(usual_port);
    if (length > port_bytes && memcmp(host + length - port_bytes, usual_port, port_bytes) == 0)
        length -= port_bytes;
    buf_append(out, host, length);
}

void echo_append_base(struct exchange *x, struct buf *out) {
    buf_append_text(out, echo_is_secure(x) ? "https://" : "http://");
    append_host(x, out);
}

/* A proxy in front may have spoken another protocol with the client, and is taken at its word. */
static void append_scheme(struct exchange *x, struct buf *out) {
    size_t bytes = 0;
    const char *proto = echo_header(x, "X-Forwarded-Proto", &bytes);
    if (!proto || bytes == 0)
        proto = echo_header(x, "X-Forwarded-Protocol", &bytes);
    if (proto)
        buf_append(out, proto, bytes);
    else
        buf_append_text(out,
                        x->service->certificate || header_is(x, "X-Forwarded-Ssl", "on") ? "https" : "http");
    buf_append_text(out, proto && bytes == 0 ? "//" : "://");
}

static void write_url(struct exchange *x, struct json_text *j) {
    const struct request *r = &x->request;
    struct buf *url = &x->service->scratch;
    buf_clear(url);
    append_scheme(x, url);
    append_host(x, url);
    url_text_show_path(url, buf_text(&r->path), r->path.length);
    if (r->query_bytes > 0) {
        buf_append_char(url, '?');
        url_text_show_query(url, &x->service->args.scratch, r->query, r->query_bytes);
    }
    key(j, "url");
    json_text_string(j, buf_text(url), url->length);
}

void echo_write(struct exchange *x, unsigned fields) {
    struct json_text j;
    reply_object(x, &j);
    pairs_sort(echo_args(x));
    if (fields & ECHO_ARGS)
        write_args(x, &j);
    if (fields & ECHO_BODY)
        write_body(x, &j);
    if (fields & ECHO_DEFLATED)
        write_flag(&j, "deflated");
    if (fields & ECHO_GZIPPED)
        write_flag(&j, "gzipped");
    (void)echo_headers(x);
    if (fields & ECHO_HEADERS)
        write_headers(x, &j);
    if (fields & ECHO_JSON)
        write_json(x, &j);
    if (fields & ECHO_METHOD)
        write_method(x, &j);
    if (fields & ECHO_ORIGIN)
        write_origin(x, &j);
    if (fields & ECHO_URL)
        write_url(x, &j);
    reply_object_end(&j);
}

/* The part that all lines share. Headers and query stand in the order they came, as in Python's dicts. */
static void write_line(struct exchange *x, struct json_text *j) {
    pairs_group(gather_headers(x));
    pairs_group(echo_args(x));
    json_text_open(j, '{');
    write_url(x, j);
    write_args(x, j);
    write_headers(x, j);
    write_origin(x, j);
    key(j, "id");
}

void echo_write_lines(struct exchange *x, int count) {
    struct buf *body = &x->reply.body, *shared = &x->service->scratch;
    struct json_text j;
    json_text_init(&j, body, false);
    j.spaced = true;
    write_line(x, &j);
    buf_clear(shared);
    buf_append(shared, buf_text(body), body->length);
    buf_clear(body);
    for (int i = 0; i < count; i++) {
        buf_append(body, buf_text(shared), shared->length);
        buf_printf(body, "%d}\n", i);
    }
    if (shared->failed)
        body->failed = true;
    x->reply.content_type = "application/json";
}
