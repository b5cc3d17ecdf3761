/* The table of routes, and finding the row of a request. */
#include "endpoint/routes.h"

#include "base/utf8.h"
#include "endpoint/answers.h"
#include "endpoint/echo.h"
#include "endpoint/reply.h"
#include "endpoint/url_text.h"

#include <string.h>

#define METHOD_ANY (METHOD_GET | METHOD_POST | METHOD_PUT | METHOD_DELETE | METHOD_PATCH | METHOD_TRACE)

/* The order is that of --help; the most wanted comes first, since rows are tried in turn. */
const struct route routes_table[] = {
    {"/get", METHOD_GET, answer_get, "the request: args, headers, origin, url"},
    {"/post", METHOD_POST, answer_body, "the same and data, files, form, json"},
    {"/put", METHOD_PUT, answer_body, "likewise"},
    {"/patch", METHOD_PATCH, answer_body, "likewise"},
    {"/delete", METHOD_DELETE, answer_body, "likewise"},
    {"/anything", METHOD_ANY, answer_anything, "the same and method, for any method"},
    {"/anything/{anything...}", METHOD_ANY, answer_anything, "likewise"},
    {"/headers", METHOD_GET, answer_headers, "the request's headers"},
    {"/ip", METHOD_GET, answer_ip, "the client's address, or X-Forwarded-For"},
    {"/user-agent", METHOD_GET, answer_user_agent, "the request's User-Agent"},
    {"/uuid", METHOD_GET, answer_uuid, "a random UUID"},
    {"/delay/{seconds}", METHOD_GET, answer_delay, "as /post, after at most 10 s (0.2, 300ms)"},
    {"/sojourn/{distribution}/{time}", METHOD_GET, answer_sojourn,
     "after fixed or exponential time: ?key= ?seed= ?queue=1"},
    {"/status/{codes}", METHOD_ANY, answer_status, "that one, or drawn by weight: 200:9,500:1"},
    {"/bytes/{n}", METHOD_GET, answer_bytes, "n random bytes, the same for the same ?seed="},
    {"/stream/{n}", METHOD_GET, answer_stream, "n lines of JSON, at most 100, each a chunk"},
    {"/stream-bytes/{n}", METHOD_GET, answer_stream_bytes, "as /bytes, in chunks of ?chunk_size="},
    {"/drip", METHOD_GET, answer_drip, "?numbytes= over ?duration=, ?delay=, ?code="},
    {"/unstable", METHOD_GET, answer_unstable, "500 at ?failure_rate=, else 200; ?seed= repeats"},
    {"/redirect/{n}", METHOD_GET, answer_redirect, "n redirects to /get; ?absolute=true: whole URLs"},
    {"/relative-redirect/{n}", METHOD_GET, answer_relative_redirect, "likewise, by paths alone"},
    {"/absolute-redirect/{n}", METHOD_GET, answer_absolute_redirect, "likewise, by whole URLs"},
    {"/redirect-to", METHOD_ANY, answer_redirect_to, "to ?url=, with the status ?status_code="},
    {"/range/{n}", METHOD_GET, answer_range, "n bytes, or the part of them that Range asks for"},
    {"/gzip", METHOD_GET, answer_gzip, "the request as JSON, in gzip"},
    {"/deflate", METHOD_GET, answer_deflate, "the request as JSON, in zlib's format"},
    {"/etag/{etag}", METHOD_GET, answer_etag, "/get with it; If-Match, If-None-Match count"},
    {"/cache", METHOD_GET, answer_cache, "/get, or 304 with If-None-Match and the like"},
    {"/cache/{seconds}", METHOD_GET, answer_cache_for, "/get, to be kept so long"},
    {"/response-headers", METHOD_GET | METHOD_POST, answer_response_headers,
     "the query as headers of the answer"},
    {"/cookies", METHOD_GET, answer_cookies, "the request's cookies"},
    {"/cookies/set", METHOD_GET, answer_cookies_set, "sets the query as cookies"},
    {"/cookies/set/{name}/{value}", METHOD_GET, answer_cookies_set_one, "sets one"},
    {"/cookies/delete", METHOD_GET, answer_cookies_delete, "deletes those that the query names"},
    {"/basic-auth/{user}/{pass}", METHOD_GET, answer_basic_auth, "200 for them, else 401"},
    {"/hidden-basic-auth/{user}/{pass}", METHOD_GET, answer_hidden_basic_auth, "likewise, else 404"},
    {"/bearer", METHOD_GET, answer_bearer, "200 for any token, else 401"},
    {"/base64/{text}", METHOD_GET, answer_base64, "the text decoded"},
    {"/robots.txt", METHOD_GET, answer_robots, "which paths a robot may visit"},
    {"/", METHOD_GET, answer_index, "this list, as plain text"},
    {NULL, 0, NULL, NULL},
};

static const struct method_name {
    const char *name;
    unsigned method;
} method_names[] = {
    {"GET", METHOD_GET},       {"HEAD", METHOD_GET},    {"POST", METHOD_POST},   {"PUT", METHOD_PUT},
    {"DELETE", METHOD_DELETE}, {"PATCH", METHOD_PATCH}, {"TRACE", METHOD_TRACE}, {NULL, 0},
};

static unsigned method_of(const char *name) {
    const struct method_name *m = method_names;
    while (m->name && strcmp(m->name, name) != 0)
        m++;
    return m->method;
}

/* Whether rest has the parts that a pattern asks for from its { on. */
static bool has_parts(const char *pattern, const char *rest, const char *end) {
    if (strstr(pattern, "..."))
        return rest < end && *rest != '/' && !memchr(rest + 1, '\n', (size_t)(end - rest - 1));
    for (;;) {
        const char *slash = memchr(rest, '/', (size_t)(end - rest));
        pattern = strchr(pattern, '/');
        if ((slash ? slash : end) == rest)
            return false;
        if (!slash || !pattern)
            return !slash && !pattern;
        rest = slash + 1;
        pattern++;
    }
}

/* Where the parameter begins in path, or NULL when the path is not of that pattern. */
static const char *match(const char *pattern, const char *path, const char *end) {
    while (path < end && *pattern == *path && *pattern && *pattern != '{') {
        pattern++;
        path++;
    }
    if (*pattern == '{')
        return has_parts(pattern, path, end) ? path : NULL;
    return *pattern == '\0' && path == end ? path : NULL;
}

static const struct route *find(const struct buf *path, const char **parameter) {
    const char *text = buf_text(path), *end = text + path->length;
    for (const struct route *route = routes_table; route->pattern; route++) {
        *parameter = match(route->pattern, text, end);
        if (*parameter)
            return route;
    }
    return NULL;
}

static const char *allowed_methods(const struct route *route, struct buf *out) {
    buf_clear(out);
    for (const struct method_name *m = method_names; m->name; m++) {
        if (route->methods & m->method)
            buf_printf(out, "%s, ", m->name);
    }
    buf_append_text(out, "OPTIONS");
    return buf_text(out);
}

static void answer_options(struct exchange *x, const char *allowed) {
    x->reply.content_type = "text/html; charset=utf-8";
    exchange_add_header(x, "Allow", allowed);
    exchange_add_header(x, "Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, PATCH, OPTIONS");
    exchange_add_header(x, "Access-Control-Max-Age", "3600");
    const char *wanted = exchange_header(x, "Access-Control-Request-Headers");
    if (wanted)
        exchange_add_header(x, "Access-Control-Allow-Headers", wanted);
}

static bool takes_method(const struct route *route, const char *method) {
    return (method_of(method) & route->methods) || strcmp(method, "OPTIONS") == 0;
}

static void refuse_method(struct exchange *x, const char *allowed) {
    exchange_reply_sentence(x, MHD_HTTP_METHOD_NOT_ALLOWED, "This path takes %s, not %s.", allowed,
                            x->request.method);
    exchange_add_header(x, "Allow", allowed);
}

/* Leading slashes count as one. */
static void strip_slashes(struct buf *path) {
    size_t extra = 0;
    while (extra + 1 < path->length && path->text[extra] == '/' && path->text[extra + 1] == '/')
        extra++;
    if (extra == 0)
        return;
    memmove(path->text, path->text + extra, path->length - extra);
    buf_truncate(path, path->length - extra);
}

/* Each two slashes become one. */
static void merge_slashes(struct buf *out, const struct buf *path) {
    const char *text = buf_text(path);
    for (size_t i = 0; i < path->length; i++) {
        bool is_first_of_two = text[i] == '/' && i + 1 < path->length && text[i + 1] == '/';
        buf_append_char(out, text[i]);
        i += is_first_of_two;
    }
}

/* To the path that was meant, if that has but fewer slashes. */
static void reply_lost(struct exchange *x) {
    struct request *r = &x->request;
    struct buf *merged = &x->service->scratch, *url = &x->service->args.scratch;
    const char *parameter = NULL;
    buf_clear(merged);
    merge_slashes(merged, &r->path);
    const struct route *route = find(merged, &parameter);
    if (!route) {
        exchange_reply_sentence(x, MHD_HTTP_NOT_FOUND,
                                "There is no such path here; / lists those there are.");
        return;
    }
    if (!takes_method(route, r->method)) {
        refuse_method(x, allowed_methods(route, merged));
        return;
    }
    buf_clear(url);
    (void)echo_headers(x);
    echo_append_base(x, url);
    url_text_show_path(url, buf_text(merged), merged->length);
    if (r->query_bytes > 0) {
        buf_append_char(url, '?');
        utf8_append_repaired(url, r->query, r->query_bytes);
    }
    buf_clear(merged);
    url_text_to_uri(merged, buf_text(url), url->length);
    reply_redirect(x, MHD_HTTP_PERMANENT_REDIRECT, buf_text(merged));
}

void routes_answer(struct exchange *x) {
    struct buf *path = &x->request.path;
    const char *parameter = NULL;
    strip_slashes(path);
    const struct route *route = find(path, &parameter);
    if (!route)
        reply_lost(x);
    else if (!takes_method(route, x->request.method))
        refuse_method(x, allowed_methods(route, &x->service->scratch));
    else if (strcmp(x->request.method, "OPTIONS") == 0)
        answer_options(x, allowed_methods(route, &x->service->scratch));
    else
        route->answer(x, parameter, path->length - (size_t)(parameter - buf_text(path)));
}
