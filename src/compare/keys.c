/* The list of keys, and their values as texts. */
#include "compare/keys.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "compare/refusal.h"
#include "report/fields.h"

#define LONGEST_VALUE 1000 /* bytes that are shown */

struct key {
    const char *path;
    bool presence; /* only whether it is set, since its value is a path of one machine or one invocation */
};

/* URL, user agent, requests, stages, sweep and strategies are no plain keys and are looked at by functions of
 * their own. */
static const struct key plan_keys[] = {
    {"plan.embedded", false},
    {"plan.urls.count", false},
    {"plan.method", false},
    {"plan.headers", false},
    {"plan.body_bytes", false},
    {"plan.authenticated", false},
    {"plan.duration_s", false},
    {"plan.rate_per_s", false},
    {"plan.arrivals", false},
    {"plan.deadline_s", false},
    {"plan.grace_s", false},
    {"plan.think_time_s", false},
    {"plan.spin", false},
    {"plan.keepalive", false},
    {"plan.http_version", false},
    {"plan.ip_version", false},
    {"plan.warmup_requests", false},
    {"plan.warmup_s", false},
    {"plan.insecure", false},
    {"plan.cert", true},
    {"plan.unix_socket", true},
    {"plan.proxy", true},
    {"plan.dns", false},
    {"plan.location", false},
    {"plan.compressed", false},
    {"plan.pin", false},
    {"plan.save", true},
    {"plan.work", false},
    {"plan.verify", false},
    {"plan.resolve", false},
    {"plan.connect_to", false},
    {"plan.fail_status", false},
};
static const struct key machine_keys[] = {
    {"tool.libraries.libcurl", false},       {"tool.libraries.libev", false},
    {"tool.libraries.openssl", false},       {"tool.libraries.cjson", false},
    {"tool.build.build_type", false},        {"tool.build.sanitizer", false},
    {"environment.kernel", false},           {"environment.machine", false},
    {"environment.cpu_model", false},        {"environment.cpus_online", false},
    {"environment.cpus_allowed", false},     {"environment.container", false},
    {"environment.limits.cpu_quota", false}, {"environment.limits.memory_bytes", false},
};
static const struct key target_keys[] = {
    {"target.co_located", false},
    {"target.negotiated.http_version", false},
    {"target.negotiated.tls_version", false},
    {"target.negotiated.cipher", false},
};

static void write_texts(struct buf *out, const struct report_list *list) {
    const char *const *items = list->items;
    if (!list->count)
        buf_append_text(out, "none");
    for (size_t i = 0; i < list->count; i++)
        buf_printf(out, "%s\"%s\"", i ? ", " : "", items[i]);
}

static void write_flag(struct buf *out, int flag) {
    buf_append_text(out, flag < 0 ? "null" : flag ? "true" : "false");
}

static void write_leaf(struct buf *out, const struct field *f, const char *at) {
    const char *text;
    switch (f->kind) {
    case FIELD_TEXT:
        text = *(const char *const *)(const void *)at;
        buf_append_text(out, text ? text : "null");
        break;
    case FIELD_INTEGER:
        if (*(const int64_t *)(const void *)at < 0)
            buf_append_text(out, "null");
        else
            buf_printf(out, "%" PRId64, *(const int64_t *)(const void *)at);
        break;
    case FIELD_REAL:
        if (isnan(*(const double *)(const void *)at))
            buf_append_text(out, "null");
        else
            buf_printf(out, "%.9g", *(const double *)(const void *)at);
        break;
    case FIELD_FLAG:
        write_flag(out, *(const bool *)at);
        break;
    case FIELD_MAYBE_FLAG:
        write_flag(out, *(const int *)(const void *)at);
        break;
    default:
        write_texts(out, (const struct report_list *)(const void *)at);
    }
}

/* Follows the path through objects, "null" where one of them is. */
static void write_value(struct buf *out, const struct report *r, const char *path) {
    const struct shape *shape = &report_shape;
    const char *object = (const char *)r;
    for (;;) {
        size_t length = strcspn(path, ".");
        const struct field *f = shape_find_span(shape, path, length);
        if (!f)
            return;
        const char *at = object + f->offset;
        if (f->kind != FIELD_OBJECT && f->kind != FIELD_MAYBE_OBJECT) {
            write_leaf(out, f, at);
            return;
        }
        object = f->kind == FIELD_OBJECT ? at : *(const char *const *)(const void *)at;
        shape = f->shape;
        path += length + 1;
        if (!object) {
            buf_append_text(out, "null");
            return;
        }
    }
}

struct differences {
    struct report *r;
    struct report_list *list;
    const struct named_report *old, *fresh;
    struct buf first, second; /* scratch: both values */
};

static void shorten(struct buf *value) {
    size_t kept = LONGEST_VALUE;
    if (value->length <= kept)
        return;
    while (kept > 0 && (value->text[kept] & 0xC0) == 0x80) /* within a character of UTF-8 */
        kept--;
    buf_truncate(value, kept);
    buf_append_text(value, "...");
}

/* "limits cpu quota" of "environment.limits.cpu_quota". */
static const char *words_of(struct arena *a, const char *key) {
    const char *dot = strchr(key, '.');
    char *words = arena_strdup(a, dot ? dot + 1 : key);
    for (char *c = words; *c; c++)
        *c = *c == '.' || *c == '_' ? ' ' : *c;
    return words;
}

static const char *value_of(const struct buf *value) {
    return strcmp(buf_text(value), "null") == 0 ? "none" : buf_text(value);
}

/* `what` in words. */
static void compare_texts(struct differences *d, const char *what) {
    if (strcmp(buf_text(&d->first), buf_text(&d->second)) != 0) {
        shorten(&d->first);
        shorten(&d->second);
        refusal_say(d->r, d->list, "%s is %s in %s and %s in %s", what, value_of(&d->first), d->old->name,
                    value_of(&d->second), d->fresh->name);
    }
    buf_clear(&d->first);
    buf_clear(&d->second);
}

static void keep_presence(struct buf *value) {
    bool set = strcmp(buf_text(value), "null") != 0;
    buf_clear(value);
    buf_append_text(value, set ? "set" : "not set");
}

static void compare_keys(struct differences *d, const struct key *keys, size_t count) {
    for (size_t i = 0; i < count; i++) {
        write_value(&d->first, d->old->report, keys[i].path);
        write_value(&d->second, d->fresh->report, keys[i].path);
        if (keys[i].presence) {
            keep_presence(&d->first);
            keep_presence(&d->second);
        }
        compare_texts(d, words_of(&d->r->arena, keys[i].path));
    }
}

/* The embedded endpoint is at another port each time. */
static void write_url(struct buf *out, const struct report *r) {
    const char *url = r->plan.url, *authority = url ? strstr(url, "://") : NULL;
    if (url && r->plan.embedded && authority)
        url = authority + 3 + strcspn(authority + 3, "/");
    buf_append_text(out, url ? url : "null");
}

/* The usual one carries the version, which nobody set. */
static void write_user_agent(struct buf *out, const struct report *r) {
    const char *text = r->plan.user_agent;
    bool own = !text || strncmp(text, "fetchbench/", strlen("fetchbench/")) == 0;
    buf_append_text(out, own ? "fetchbench" : text);
}

static void write_sweep(struct buf *out, const struct report *r) {
    const struct report_plan_point *points = r->plan.sweep.items;
    if (!r->plan.sweep.count)
        buf_append_text(out, "none");
    for (size_t i = 0; i < r->plan.sweep.count; i++)
        buf_printf(out, "%s%" PRId64 "%s%s%s%s", i ? ", " : "", points[i].concurrency,
                   points[i].name ? " " : "", points[i].name ? points[i].name : "",
                   points[i].value ? "=" : "", points[i].value ? points[i].value : "");
}

/* How many random arrivals come in a given time the seed says, which need not be the same. */
static void write_requests(struct buf *out, const struct report *r) {
    const struct report_plan *p = &r->plan;
    if (p->requests < 0 || (p->arrivals && p->duration_s > 0))
        buf_append_text(out, "null");
    else
        buf_printf(out, "%" PRId64, p->requests);
}

static void write_stages(struct buf *out, const struct report *r) {
    const struct report_plan_stage *stages = r->plan.stages.items;
    if (!r->plan.stages.count)
        buf_append_text(out, "none");
    for (size_t i = 0; i < r->plan.stages.count; i++)
        buf_printf(out, "%s%.9g to %.9g per s in %.9g s", i ? ", " : "", stages[i].from_per_s,
                   stages[i].to_per_s, stages[i].length_s);
}

static void write_share(struct buf *out, const struct report *r) {
    if (r->share && r->share->count > 1)
        buf_printf(out, "%" PRId64 " of %" PRId64, r->share->index + 1, r->share->count);
    else
        buf_append_text(out, "null");
}

static void write_strategy(struct buf *out, const struct report_plan_strategy *s) {
    const struct report_pair *options = s->options.items;
    buf_append_text(out, s->strategy);
    for (size_t i = 0; i < s->options.count; i++)
        buf_printf(out, ":%s=%s", options[i].key, options[i].text);
    buf_printf(out, " with %" PRId64 " in flight and %" PRId64 " thread%s", s->concurrency, s->threads,
               s->threads == 1 ? "" : "s");
}

static const char *backend_of(const struct report *r, const char *label) {
    const struct report_run *runs = r->runs.items;
    for (size_t i = 0; i < r->runs.count; i++)
        if (strcmp(runs[i].label, label) == 0)
            return runs[i].backend;
    return NULL;
}

/* What a strategy is left to choose for itself is not in the plan. */
static void compare_backends(struct differences *d, const char *label) {
    const char *old = backend_of(d->old->report, label), *fresh = backend_of(d->fresh->report, label);
    buf_append_text(&d->first, old ? old : "null");
    buf_append_text(&d->second, fresh ? fresh : "null");
    compare_texts(d, arena_printf(&d->r->arena, "the backend of %s", label));
}

static void compare_strategies(struct differences *d, bool before_runs) {
    const struct report_plan_strategy *old = d->old->report->plan.strategies.items;
    const struct report_plan_strategy *fresh = d->fresh->report->plan.strategies.items;
    for (size_t i = 0; i < d->old->report->plan.strategies.count; i++) {
        for (size_t j = 0; j < d->fresh->report->plan.strategies.count; j++) {
            if (strcmp(old[i].label, fresh[j].label) != 0)
                continue;
            write_strategy(&d->first, &old[i]);
            write_strategy(&d->second, &fresh[j]);
            compare_texts(d, old[i].label);
            if (!before_runs)
                compare_backends(d, old[i].label);
        }
    }
}

static const struct {
    const char *what;
    void (*write)(struct buf *out, const struct report *r);
} written_keys[] = {
    {"the URL", write_url},       {"the user agent", write_user_agent},
    {"requests", write_requests}, {"the rate by stages", write_stages},
    {"the sweep", write_sweep},   {"the share of a load", write_share},
};

void keys_find_differences(struct report *r, struct report_list *differences, const struct named_report *old,
                           const struct named_report *fresh, bool before_runs) {
    struct differences d = {.r = r, .list = differences, .old = old, .fresh = fresh};
    buf_init(&d.first, 1 << 20);
    buf_init(&d.second, 1 << 20);
    for (size_t i = 0; i < sizeof written_keys / sizeof written_keys[0]; i++) {
        written_keys[i].write(&d.first, old->report);
        written_keys[i].write(&d.second, fresh->report);
        compare_texts(&d, written_keys[i].what);
    }
    compare_keys(&d, plan_keys, sizeof plan_keys / sizeof plan_keys[0]);
    compare_keys(&d, machine_keys, sizeof machine_keys / sizeof machine_keys[0]);
    if (!before_runs)
        compare_keys(&d, target_keys, sizeof target_keys / sizeof target_keys[0]);
    compare_strategies(&d, before_runs);
    buf_fini(&d.first);
    buf_fini(&d.second);
}

void keys_find_places_differing(struct report *r, struct report_list *differences,
                                const struct named_report *old, const struct named_report *fresh) {
    struct differences d = {.r = r, .list = differences, .old = old, .fresh = fresh};
    buf_init(&d.first, 1 << 20);
    buf_init(&d.second, 1 << 20);
    compare_keys(&d, machine_keys, sizeof machine_keys / sizeof machine_keys[0]);
    compare_keys(&d, target_keys, sizeof target_keys / sizeof target_keys[0]);
    buf_fini(&d.first);
    buf_fini(&d.second);
}
