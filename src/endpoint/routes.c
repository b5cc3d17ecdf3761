/* The table of routes, and finding the row of a request. */
#include "endpoint/routes.h"

#include "endpoint/answers.h"

#include <string.h>

#define METHOD_ANY (METHOD_GET | METHOD_POST | METHOD_PUT | METHOD_DELETE | METHOD_PATCH | METHOD_TRACE)

const struct route routes_table[] = {
    {"/get", METHOD_GET, answer_get, "the request as JSON: args, headers, origin, url"},
    {"/delay/{seconds}", METHOD_GET, answer_delay,
     "the same and data, after a delay of at most 10 s (0.2, 300ms)"},
    {"/status/{codes}", METHOD_ANY, answer_status, "that status, or one drawn by weight: 200:9,500:1"},
    {"/bytes/{n}", METHOD_GET, answer_bytes, "n random bytes, at most 102400; ?seed= makes them repeat"},
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

/* Where the parameter begins in path, or NULL when the path is not of that pattern. */
static const char *match(const char *pattern, const struct buf *path) {
    const char *text = buf_text(path);
    size_t fixed = strcspn(pattern, "{");
    if (path->length < fixed || memcmp(text, pattern, fixed) != 0)
        return NULL;
    size_t rest = path->length - fixed;
    bool fits = pattern[fixed] ? rest > 0 && !memchr(text + fixed, '/', rest) : rest == 0;
    return fits ? text + fixed : NULL;
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

static void refuse_method(struct exchange *x, const char *allowed) {
    exchange_reply_sentence(x, MHD_HTTP_METHOD_NOT_ALLOWED, "This path takes %s, not %s.", allowed,
                            x->request.method);
    exchange_add_header(x, "Allow", allowed);
}

void routes_answer(struct exchange *x) {
    const struct buf *path = &x->request.path;
    const char *parameter = NULL;
    const struct route *route = routes_table;
    for (; route->pattern; route++) {
        parameter = match(route->pattern, path);
        if (parameter)
            break;
    }
    if (!parameter) {
        exchange_reply_sentence(x, MHD_HTTP_NOT_FOUND, "There is no such path here.");
        return;
    }
    if (method_of(x->request.method) & route->methods)
        route->answer(x, parameter, path->length - (size_t)(parameter - buf_text(path)));
    else if (strcmp(x->request.method, "OPTIONS") == 0)
        answer_options(x, allowed_methods(route, &x->service->scratch));
    else
        refuse_method(x, allowed_methods(route, &x->service->scratch));
}
