/* The table of routes, and finding the row of a request. */
#include "endpoint/routes.h"

#include "endpoint/answers.h"

#include <string.h>

#define METHOD_ANY (METHOD_GET | METHOD_POST | METHOD_PUT | METHOD_DELETE | METHOD_PATCH | METHOD_TRACE)

/* The order is that of --help; the most wanted comes first, since rows are tried in turn. */
const struct route routes_table[] = {
    {"/get", METHOD_GET, answer_get, "the request as JSON: args, headers, origin, url"},
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
    {"/delay/{seconds}", METHOD_GET, answer_delay, "as /post, after a delay of at most 10 s (0.2, 300ms)"},
    {"/status/{codes}", METHOD_ANY, answer_status, "that status, or one drawn by weight: 200:9,500:1"},
    {"/bytes/{n}", METHOD_GET, answer_bytes, "n random bytes, at most 102400; ?seed= makes them repeat"},
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
        return rest < end && *rest != '/';
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

void routes_describe(struct buf *out) {
    for (const struct route *r = routes_table; r->pattern; r++)
        buf_printf(out, "  %-24s %s\n", r->pattern, r->help);
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

void routes_answer(struct exchange *x) {
    struct buf *path = &x->request.path;
    const char *parameter = NULL;
    strip_slashes(path);
    const struct route *route = find(path, &parameter);
    if (!route)
        exchange_reply_sentence(x, MHD_HTTP_NOT_FOUND,
                                "There is no such path here; / lists those there are.");
    else if (method_of(x->request.method) & route->methods)
        route->answer(x, parameter, path->length - (size_t)(parameter - buf_text(path)));
    else if (strcmp(x->request.method, "OPTIONS") == 0)
        answer_options(x, allowed_methods(route, &x->service->scratch));
    else
        refuse_method(x, allowed_methods(route, &x->service->scratch));
}
