/* One row per variable. */
#include "program/handover.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/memory.h"

#define VALUE_BYTES 64
_Static_assert(VALUE_BYTES >= BODYWORK_TEXT, "a work's words are a value");
#define WRITE_BYTES ((size_t)1 << 16)

/* A value is written to `value`, which has VALUE_BYTES, or is a text that lives elsewhere; NULL for none. */
typedef const char *tell(const struct handover *h, char *value);

static const char *tell_file(int fd, char *value) {
    if (fd < 0)
        return NULL;
    snprintf(value, VALUE_BYTES, "/proc/%ld/fd/%d", (long)getppid(), fd);
    return value;
}

static const char *tell_count(int64_t count, char *value) {
    snprintf(value, VALUE_BYTES, "%" PRId64, count);
    return value;
}

static const char *tell_seconds(int64_t ns, char *value) {
    snprintf(value, VALUE_BYTES, "%.9g", (double)ns / 1e9);
    return value;
}

static const char *tell_urls(const struct handover *h, char *value) {
    return tell_file(h->urls, value);
}

static const char *tell_requests(const struct handover *h, char *value) {
    return tell_count(h->plan->requests, value);
}

static const char *tell_concurrency(const struct handover *h, char *value) {
    return tell_count(h->entry->concurrency, value);
}

static const char *tell_keepalive(const struct handover *h, char *value) {
    return tell_count(!h->plan->no_keepalive, value);
}

static const char *tell_timeout(const struct handover *h, char *value) {
    return tell_seconds(h->plan->timeout_ns, value);
}

static const char *tell_connect_timeout(const struct handover *h, char *value) {
    return tell_seconds(h->plan->connect_timeout_ns, value);
}

static const char *tell_method(const struct handover *h, char *value) {
    (void)value;
    return h->plan->method;
}

static const char *tell_headers(const struct handover *h, char *value) {
    return tell_file(h->headers, value);
}

static const char *tell_body(const struct handover *h, char *value) {
    return tell_file(h->body, value);
}

static const char *tell_user(const struct handover *h, char *value) {
    (void)value;
    return h->user;
}

static const char *tell_insecure(const struct handover *h, char *value) {
    return tell_count(h->plan->insecure, value);
}

static const char *tell_cacert(const struct handover *h, char *value) {
    (void)value;
    return h->plan->cacert;
}

static const char *tell_work(const struct handover *h, char *value) {
    return h->entry->work.kind == BODYWORK_NONE ? NULL : bodywork_write(&h->entry->work, value);
}

static const struct {
    const char *name;
    tell *tell;
    const char *meaning;
} variables[] = {
    {"FETCHBENCH_URLS", tell_urls, "a file: the URL of request 0 on its first line, and so on"},
    {"FETCHBENCH_REQUESTS", tell_requests, "how many requests, N"},
    {"FETCHBENCH_CONCURRENCY", tell_concurrency, "how many may be in flight at once"},
    {"FETCHBENCH_KEEPALIVE", tell_keepalive, "1 to use connections again, 0 for a new one per request"},
    {"FETCHBENCH_METHOD", tell_method, "GET, POST or another"},
    {"FETCHBENCH_HEADERS", tell_headers, "a file of headers to send, a \"Name: value\" on each line"},
    {"FETCHBENCH_BODY", tell_body, "a file with the body to send; not set where there is none"},
    {"FETCHBENCH_USER", tell_user, "user:password for basic authentication; not set where there is none"},
    {"FETCHBENCH_TIMEOUT", tell_timeout, "seconds that one request may take"},
    {"FETCHBENCH_CONNECT_TIMEOUT", tell_connect_timeout, "seconds that connecting may take"},
    {"FETCHBENCH_WORK", tell_work,
     "sha256/K or json, the work to do on each body; not set where there is none"},
    {"FETCHBENCH_INSECURE", tell_insecure, "1 where certificates are not to be verified, else 0"},
    {"FETCHBENCH_CACERT", tell_cacert, "a file of certificates to trust; not set for the system's"},
};
#define VARIABLES (sizeof variables / sizeof variables[0])

int handover_export(const struct handover *h) {
    for (size_t i = 0; i < VARIABLES; i++) {
        char value[VALUE_BYTES];
        const char *text = variables[i].tell(h, value);
        if (text ? setenv(variables[i].name, text, 1) : unsetenv(variables[i].name))
            return -1;
    }
    return 0;
}

void handover_describe(struct buf *prose) {
    for (size_t i = 0; i < VARIABLES; i++)
        buf_printf(prose, "%s\t%s\n", variables[i].name, variables[i].meaning);
}

int handover_temporary(struct err *err) {
    const char *chosen = getenv("TMPDIR");
    const char *folders[] = {chosen ? chosen : "", "/tmp", "/var/tmp", "/dev/shm", NULL};
    int fd = fd_open_temporary(folders);
    if (fd < 0)
        err_set_errno(err, "no folder takes the temporary files of an outside program (TMPDIR names one)");
    return fd;
}

/* Writes what has gathered. */
static int flush(int fd, struct buf *text, struct err *err) {
    int failed = text->failed || fd_write_all(fd, buf_text(text), text->length);
    buf_clear(text);
    return failed ? err_set_errno(err, "a temporary file for an outside program cannot be written") : 0;
}

static int write_urls(const struct handover *h, struct err *err) {
    char url[TEMPLATE_URL_BYTES];
    struct buf text;
    int failed = 0;
    buf_init(&text, 2 * WRITE_BYTES);
    for (int64_t i = 0; i < h->plan->requests && !failed; i++) {
        urls_expand(h->entry->urls, share_number(&h->plan->share, i), url);
        buf_printf(&text, "%s\n", url);
        if (text.length >= WRITE_BYTES)
            failed = flush(h->urls, &text, err);
    }
    failed = failed || flush(h->urls, &text, err);
    buf_fini(&text);
    return failed;
}

/* Headers as -H takes them, in one form: "Name:" takes one away that a client would send, which a program
 * cannot be asked for, and "Name;" is an empty one. */
static void append_header(struct buf *text, const char *header) {
    const char *colon = strchr(header, ':'), *value = colon ? colon + 1 + strspn(colon + 1, " \t") : "";
    if (!colon)
        buf_printf(text, "%.*s:\n", (int)strcspn(header, ";"), header);
    else if (*value)
        buf_printf(text, "%.*s: %s\n", (int)(colon - header), header, value);
}

/* What the plan's headers are, and those that libcurl, and so every other strategy, sends by itself. */
static int write_headers(const struct handover *h, struct err *err) {
    const struct plan *plan = h->plan;
    struct buf text;
    buf_init(&text, (size_t)1 << 24);
    if (plan->user_agent && !plan_has_header(plan, "User-Agent"))
        buf_printf(&text, "User-Agent: %s\n", plan->user_agent);
    if (plan->data && !plan_has_header(plan, "Content-Type"))
        buf_append_text(&text, "Content-Type: application/x-www-form-urlencoded\n");
    for (size_t i = 0; i < plan->headers.count; i++)
        append_header(&text, plan->headers.items[i]);
    int failed = flush(h->headers, &text, err);
    buf_fini(&text);
    return failed;
}

static int write_body(const struct handover *h, struct err *err) {
    if (h->body < 0 || fd_write_all(h->body, h->plan->data, h->plan->data_bytes) == 0)
        return 0;
    return err_set_errno(err, "a temporary file for an outside program cannot be written");
}

/* -u of a name alone is one with an empty password, as libcurl has it. */
static char *complete_user(const char *user) {
    if (!user)
        return NULL;
    size_t length = strlen(user);
    char *out = memory_zalloc(length + 2, 1);
    snprintf(out, length + 2, "%s%s", user, strchr(user, ':') ? "" : ":");
    return out;
}

int handover_open(struct handover *h, const struct plan *plan, const struct plan_entry *entry,
                  struct err *err) {
    *h = (struct handover){.plan = plan, .entry = entry, .urls = -1, .headers = -1, .body = -1};
    h->user = complete_user(plan->user);
    h->urls = handover_temporary(err);
    h->headers = h->urls < 0 ? -1 : handover_temporary(err);
    h->body = h->headers < 0 || !plan->data ? -1 : handover_temporary(err);
    bool opened = h->headers >= 0 && (!plan->data || h->body >= 0);
    if (opened && write_urls(h, err) == 0 && write_headers(h, err) == 0 && write_body(h, err) == 0)
        return 0;
    handover_close(h);
    return -1;
}

static void close_if_open(int *fd) {
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void handover_close(struct handover *h) {
    close_if_open(&h->urls);
    close_if_open(&h->headers);
    close_if_open(&h->body);
    free(h->user);
    h->user = NULL;
}
