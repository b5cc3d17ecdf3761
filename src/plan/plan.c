/* Resolving what no single option can. */
#include "plan/plan.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "plan/schedule.h"
#include "plan/sweep.h"

#define DEFAULT_REQUESTS 100

static bool label_taken(const struct plan *plan, size_t before, const char *label) {
    for (size_t i = 0; i < before; i++)
        if (strcmp(plan->entries[i].label, label) == 0)
            return true;
    return false;
}

static void make_labels_unique(struct plan *plan) {
    for (size_t i = 0; i < plan->entry_count; i++) {
        struct plan_entry *entry = &plan->entries[i];
        const char *wanted = entry->label;
        for (int n = 2; label_taken(plan, i, entry->label); n++)
            entry->label = arena_printf(&plan->arena, "%s-%d", wanted, n);
    }
}

/* A line break in what becomes a line of the request would begin another. */
static bool breaks_line(const char *text) {
    return strpbrk(text, "\r\n") != NULL;
}

/* A method is a token (RFC 9110, 5.6.2). */
static bool is_token(const char *text) {
    if (!*text)
        return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr("!#$%&'*+-.^_`|~", *text))
            return false;
    return true;
}

static int check_lines(const struct plan *plan, struct err *err) {
    if (plan->method && !is_token(plan->method))
        return err_set(err, ERR_USAGE, "-X takes one word such as GET or PUT, not \"%.40s\"", plan->method);
    if (plan->user_agent && breaks_line(plan->user_agent))
        return err_set(err, ERR_USAGE, "-A must be one line");
    for (size_t i = 0; i < plan->headers.count; i++)
        if (breaks_line(plan->headers.items[i]) || plan->headers.items[i][0] == ':')
            return err_set(err, ERR_USAGE, "-H takes \"Name: value\" on one line, which header %zu is not",
                           i + 1);
    return 0;
}

static int check_combinations(const struct plan *plan, struct err *err) {
    if (plan->ipv4_only && plan->ipv6_only)
        return err_set(err, ERR_USAGE, "-4 and -6 exclude each other");
    if (plan->http1_1 && plan->http2)
        return err_set(err, ERR_USAGE, "--http1.1 and --http2 exclude each other");
    if (plan->data && plan->method && strcmp(plan->method, "HEAD") == 0)
        return err_set(err, ERR_USAGE, "-X HEAD sends no body, and there is one to send");
    if (plan->verify && plan->method && strcmp(plan->method, "HEAD") == 0)
        return err_set(err, ERR_USAGE, "--verify reads the answer's body, and HEAD has none");
    if (plan->key && !plan->cert)
        return err_set(err, ERR_USAGE, "--key is the key of a --cert, which was not given");
    for (size_t i = 0; i < plan->headers.count; i++)
        if (!strchr(plan->headers.items[i], ':') && !strchr(plan->headers.items[i], ';'))
            return err_set(err, ERR_USAGE, "-H takes \"Name: value\", and there is no colon in header %zu",
                           i + 1);
    return 0;
}

/* FILE:PASSWORD into its parts, as curl reads it: a colon or backslash of the file's name has a backslash
 * before it. */
static void split_certificate(struct plan *plan) {
    char *file = arena_strdup(&plan->arena, plan->cert), *out = file;
    const char *in = file;
    while (*in && *in != ':') {
        if (*in == '\\' && (in[1] == ':' || in[1] == '\\'))
            in++;
        *out++ = *in++;
    }
    if (*in == ':')
        plan->cert_password = in + 1;
    *out = '\0';
    plan->cert = file;
}

/* The quickest answer there is, to a request of the same method. */
static int make_ceiling(struct plan *plan, struct err *err) {
    bool plain = strcmp(plan->method, "GET") == 0 || strcmp(plan->method, "HEAD") == 0;
    const char *url = arena_printf(&plan->arena, "http://%s/%s?key={i}", plan->endpoint,
                                   plain && !plan->data ? "get" : "anything");
    return urls_init(&plan->ceiling_urls, url, NULL, plan->seed, err);
}

/* A list that is downloaded is downloaded whole. */
static void choose_requests(struct plan *plan) {
    size_t listed = plan->save ? plan->urls.lines.count : 0;
    if (!plan->requests)
        plan->requests = listed ? (int64_t)listed : DEFAULT_REQUESTS;
}

/* What is counted becomes the share's own; of what ends by time it is already. A warm-up is to warm up every
 * share. */
static int take_share(struct plan *plan, struct err *err) {
    const struct share *share = &plan->share;
    if (plan->warmup_requests) {
        int64_t own = share_part(share, plan->warmup_requests);
        plan->warmup_requests = own ? own : 1;
    }
    if (plan->duration_ns)
        return 0;
    if (plan->requests < share->count)
        return err_set(err, ERR_USAGE,
                       "-n %" PRId64 " cannot be shared by %" PRId64 ": each share sends a request at least",
                       plan->requests, share->count);
    plan->requests = share_part(share, plan->requests);
    return 0;
}

int plan_finish(struct plan *plan, struct err *err) {
    if (check_combinations(plan, err) || check_lines(plan, err))
        return -1;
    if (!plan->method)
        plan->method = plan->data ? "POST" : "GET";
    if (!plan->sweep && urls_init(&plan->urls, plan->url, plan->urls_file, plan->seed, err))
        return -1;
    if (schedule_resolve(plan, err))
        return -1;
    choose_requests(plan);
    if (take_share(plan, err) || schedule_finish(plan, err) || sweep_read(plan, err))
        return -1;
    if (plan->ceiling && make_ceiling(plan, err))
        return -1;
    if (plan->data && !plan->data_bytes)
        plan->data_bytes = strlen(plan->data);
    if (plan->cert)
        split_certificate(plan);
    make_labels_unique(plan);
    return 0;
}

void plan_fini(struct plan *plan) {
    urls_fini(&plan->urls);
    for (size_t i = 0; i < plan->point_count; i++)
        urls_fini(&plan->points[i].urls);
    urls_fini(&plan->ceiling_urls);
    free(plan->targets);
    free(plan->headers.items);
    free(plan->resolve.items);
    free(plan->connect_to.items);
    arena_fini(&plan->arena);
    *plan = (struct plan){0};
}

size_t plan_label_count(const struct plan *plan) {
    size_t count = 0;
    for (size_t i = 0; i < plan->entry_count; i++)
        count += !label_taken(plan, i, plan->entries[i].label);
    return count;
}

const char *plan_embedded_path(const struct plan *plan) {
    return strchr(plan->url + strlen("http://"), '/');
}

const struct plan_point *plan_point_of(const struct plan *plan, const struct plan_entry *entry) {
    return entry->point < 0 ? NULL : &plan->points[entry->point];
}

int64_t plan_concurrency_of(const struct plan *plan, const struct plan_entry *entry) {
    const struct plan_point *point = plan_point_of(plan, entry);
    return point ? point->concurrency : plan->concurrency;
}

bool plan_uses_tls(const struct plan *plan) {
    for (size_t i = 0; i < plan->target_count; i++)
        if (plan->targets[i].tls)
            return true;
    return false;
}

/* What follows the name of a header that has that name, from the ':' or ';' on; NULL where this is none. */
static const char *behind_name(const char *header, const char *name) {
    size_t length = strlen(name);
    bool same = strncasecmp(header, name, length) == 0 && (header[length] == ':' || header[length] == ';');
    return same ? header + length : NULL;
}

bool plan_has_header(const struct plan *plan, const char *name) {
    for (size_t i = 0; i < plan->headers.count; i++)
        if (behind_name(plan->headers.items[i], name))
            return true;
    return false;
}

bool plan_gives_header(const struct plan *plan, const char *name) {
    for (size_t i = 0; i < plan->headers.count; i++) {
        const char *rest = behind_name(plan->headers.items[i], name);
        if (rest && *rest == ':' && rest[1 + strspn(rest + 1, " \t")])
            return true;
    }
    return false;
}

bool plan_resolves_each(const struct plan *plan) {
    return plan->dns && strcmp(plan->dns, "each") == 0;
}

int64_t plan_connections(const struct plan *plan) {
    return plan->target_count < PLAN_CONNECTIONS ? (int64_t)plan->target_count : PLAN_CONNECTIONS;
}

void plan_labels(const struct plan *plan, char *out, size_t size) {
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < plan->entry_count && length + 1 < size; i++) {
        if (label_taken(plan, i, plan->entries[i].label))
            continue; /* of another point */
        int more = snprintf(out + length, size - length, "%s%s", i ? "-" : "", plan->entries[i].label);
        length += (size_t)more;
    }
    for (char *c = out; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
            *c = '_';
}
