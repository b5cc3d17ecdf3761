/* Method, target, host, credentials of the URL, then what is the same for all. */
#include "wire/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/memory.h"

#define HEAD_BYTES ((size_t)1 << 20) /* the longest head, body included */

/* The --header that takes the place of the usual Host, or leaves it out; NULL for none. */
static const char *host_given(const struct plan *plan) {
    for (size_t i = 0; i < plan->headers.count; i++)
        if (strncasecmp(plan->headers.items[i], "Host:", 5) == 0 ||
            strncasecmp(plan->headers.items[i], "Host;", 5) == 0)
            return plan->headers.items[i];
    return NULL;
}

/* A user without a password has an empty one. */
static void append_credentials(struct buf *out, const char *user, size_t length, bool has_password) {
    struct buf both;
    buf_init(&both, HEAD_BYTES);
    buf_append(&both, user, length);
    if (!has_password)
        buf_append_char(&both, ':');
    buf_append_text(out, "Authorization: Basic ");
    base64_append(out, buf_text(&both), both.length);
    buf_append_text(out, "\r\n");
    buf_fini(&both);
}

/* As curl reads them: "Name:" without a value leaves the header out, "Name;" sends it empty. */
static void append_given(struct buf *out, const char *header) {
    size_t name = strcspn(header, ":;");
    const char *value = header + name + (header[name] != '\0');
    value += strspn(value, " \t");
    if (header[name] == ';' && !*value)
        buf_printf(out, "%.*s:\r\n", (int)name, header);
    else if (header[name] == ':' && *value)
        buf_printf(out, "%s\r\n", header);
}

static bool has_body(const struct plan *plan) {
    return plan->data && strcmp(plan->method, "HEAD") != 0;
}

static void make_fields(struct requests *r) {
    const struct plan *plan = r->client->plan;
    if (*plan->user_agent && !plan_has_header(plan, "User-Agent"))
        buf_printf(&r->fields, "User-Agent: %s\r\n", plan->user_agent);
    if (!plan_has_header(plan, "Accept"))
        buf_append_text(&r->fields, "Accept: */*\r\n");
    for (size_t i = 0; i < plan->headers.count; i++)
        if (plan->headers.items[i] != host_given(plan))
            append_given(&r->fields, plan->headers.items[i]);
    if (has_body(plan) && !plan_has_header(plan, "Content-Length"))
        buf_printf(&r->fields, "Content-Length: %zu\r\n", plan->data_bytes);
    if (has_body(plan) && !plan_has_header(plan, "Content-Type"))
        buf_append_text(&r->fields, "Content-Type: application/x-www-form-urlencoded\r\n");
    buf_append_text(&r->fields, "\r\n");
    if (has_body(plan) && plan->data_bytes <= REQUEST_WITH_HEAD) {
        buf_append(&r->fields, plan->data, plan->data_bytes);
    } else if (has_body(plan)) {
        r->body = plan->data;
        r->body_bytes = plan->data_bytes;
    }
}

static void make_host(struct requests *r, const struct target *t, struct buf *out) {
    const char *own = host_given(r->client->plan);
    buf_init(out, HEAD_BYTES);
    if (own) {
        if (strcmp(own, "Host:") != 0) /* which libcurl compares by its case */
            buf_printf(out, "Host:%s\r\n", own + strlen("Host:"));
        return;
    }
    bool brackets = strchr(t->host, ':') != NULL;
    bool usual = strcmp(t->port, strcmp(t->scheme, "https") == 0 ? "443" : "80") == 0;
    buf_printf(out, "Host: %s%s%s%s%s\r\n", brackets ? "[" : "", t->host, brackets ? "]" : "",
               usual ? "" : ":", usual ? "" : t->port);
}

/* The parts of a URL that matter here, borrowed from its text. */
struct parts {
    const char *user, *target; /* target: path and query */
    size_t user_bytes, target_bytes;
};

/* Whether the text can be sent as it is: what libcurl would rewrite is a space or a byte that is no ASCII, a
 * dot segment, or a query without a path. */
static bool is_plain(const struct parts *p) {
    if (p->target_bytes == 0 || p->target[0] != '/')
        return false;
    for (size_t i = 0; i < p->target_bytes; i++) {
        unsigned char c = (unsigned char)p->target[i];
        if (c <= ' ' || c >= 0x7f || (c == '/' && i + 1 < p->target_bytes && p->target[i + 1] == '.'))
            return false;
    }
    return true;
}

static struct parts split(const char *url) {
    const char *authority = strstr(url, "://") + 3, *end = authority + strcspn(authority, "/?#");
    const char *at = memrchr(authority, '@', (size_t)(end - authority));
    return (struct parts){.user = at ? authority : NULL,
                          .user_bytes = at ? (size_t)(at - authority) : 0,
                          .target = end,
                          .target_bytes = strcspn(end, "#")};
}

static bool append_by_libcurl(struct requests *r, const char *url, struct buf *out) {
    char *path = NULL, *query = NULL;
    bool good = curl_url_set(r->url, CURLUPART_URL, url, CURLU_URLENCODE) == CURLUE_OK &&
                curl_url_get(r->url, CURLUPART_PATH, &path, 0) == CURLUE_OK;
    if (good)
        buf_append_text(out, path);
    if (good && curl_url_get(r->url, CURLUPART_QUERY, &query, 0) == CURLUE_OK)
        buf_printf(out, "?%s", query);
    curl_free(path);
    curl_free(query);
    return good;
}

static void append_url_credentials(const struct parts *p, struct buf *out) {
    int length = 0; /* of which 0 would mean all */
    char *plain = p->user_bytes ? curl_easy_unescape(NULL, p->user, (int)p->user_bytes, &length) : NULL;
    append_credentials(out, plain, (size_t)length, memchr(p->user, ':', p->user_bytes));
    curl_free(plain);
}

/* --user's go before the URL's own, unless these have a password and those none. */
static void append_authorization(struct requests *r, const struct parts *p, struct buf *out) {
    const char *user = r->client->plan->user;
    if (plan_has_header(r->client->plan, "Authorization"))
        return;
    bool whole = user && strchr(user, ':');
    if (p->user && !whole && (!user || memchr(p->user, ':', p->user_bytes)))
        append_url_credentials(p, out);
    else if (user)
        append_credentials(out, user, strlen(user), whole);
}

bool requests_write(struct requests *r, const char *url, size_t target, struct buf *out) {
    struct parts p = split(url);
    buf_append(out, buf_text(&r->method), r->method.length);
    if (is_plain(&p))
        buf_append(out, p.target, p.target_bytes);
    else if (!append_by_libcurl(r, url, out))
        return false;
    buf_append_text(out, " HTTP/1.1\r\n");
    buf_append(out, buf_text(&r->hosts[target]), r->hosts[target].length);
    append_authorization(r, &p, out);
    buf_append(out, buf_text(&r->fields), r->fields.length);
    return !out->failed;
}

int requests_init(struct requests *r, const struct client *c, struct err *err) {
    const struct plan *plan = c->plan;
    *r = (struct requests){.client = c, .url = curl_url(), .to_head = strcmp(plan->method, "HEAD") == 0};
    buf_init(&r->method, HEAD_BYTES);
    buf_init(&r->fields, HEAD_BYTES);
    r->hosts = memory_zalloc(plan->target_count + 1, sizeof *r->hosts);
    if (!r->url)
        return err_set(err, ERR_INTERNAL, "out of memory");
    buf_printf(&r->method, "%s ", plan->method);
    make_fields(r);
    for (size_t i = c->first_host; i < c->first_host + c->host_count; i++)
        make_host(r, &plan->targets[i], &r->hosts[i]);
    if (!c->urls->constant)
        return 0;
    struct buf bytes;
    buf_init(&bytes, HEAD_BYTES);
    bool good = requests_write(r, c->first_url, c->first_host, &bytes);
    r->constant_bytes = bytes.length;
    r->constant = buf_take(&bytes);
    return good && r->constant ? 0 : err_set(err, ERR_INTERNAL, "the request cannot be written");
}

void requests_fini(struct requests *r) {
    buf_fini(&r->method);
    buf_fini(&r->fields);
    for (size_t i = 0; r->hosts && i <= r->client->plan->target_count; i++)
        buf_fini(&r->hosts[i]);
    free(r->hosts);
    free(r->constant);
    curl_url_cleanup(r->url);
    *r = (struct requests){0};
}
