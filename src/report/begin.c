/* What a report says before the first run and after the last: the tool, the words typed, the plan, the
 * moments. */
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <ev.h>
#include <math.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/version.h"
#include "plan/loadkind.h"
#include "report/environment.h"
#include "report/ownshare.h"
#include "report/redact.h"
#include "strategy/strategy.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

#ifdef FETCHBENCH_RELEASE
#define BUILD_TYPE "release"
#else
#define BUILD_TYPE "debug"
#endif

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SANITIZER "thread"
#elif __has_feature(address_sanitizer)
#define SANITIZER "address"
#endif
#elif defined(__SANITIZE_THREAD__)
#define SANITIZER "thread"
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZER "address"
#endif
#ifndef SANITIZER
#define SANITIZER NULL
#endif

static double seconds(int64_t ns) {
    return ns > 0 ? (double)ns / 1e9 : NAN;
}

static void fill_tool(struct report *r) {
    struct report_tool *t = &r->tool;
    t->name = "fetchbench";
    t->version = version_number;
    t->revision = *version_revision ? version_revision : NULL;
    t->libraries.libcurl = arena_strdup(&r->arena, curl_version_info(CURLVERSION_NOW)->version);
    t->libraries.libev = arena_printf(&r->arena, "%d.%02d", ev_version_major(), ev_version_minor());
    t->libraries.openssl = arena_strdup(&r->arena, OpenSSL_version(OPENSSL_VERSION_STRING));
    t->libraries.cjson = arena_strdup(&r->arena, cJSON_Version());
    t->build = (struct report_build){.compiler = COMPILER, .build_type = BUILD_TYPE, .sanitizer = SANITIZER};
}

static void fill_command(struct report *r, const struct option *options, int argc, char **argv) {
    r->command.items = redact_command(&r->arena, options, argc, argv);
    r->command.count = r->command.capacity = (size_t)argc;
}

/* NULL for one left to the strategy's own default, which 0 stands for. */
static const char *option_text(struct report *r, const struct option *row, const struct plan_entry *entry,
                               const struct option *known) {
    const union plan_value *value = &entry->values[row->offset / sizeof *value];
    if (strcmp(row->name, PLAN_COMMAND) == 0)
        return redact_program(&r->arena, known, value->text);
    switch (row->kind) {
    case OPTION_FLAG:
        return value->flag ? "true" : "false";
    case OPTION_TEXT:
    case OPTION_HELP:
    case OPTION_CHOICE:
        return value->text ? redact_text(&r->arena, value->text) : NULL;
    case OPTION_DURATION:
        return value->number ? arena_printf(&r->arena, "%gs", (double)value->number / 1e9) : NULL;
    default:
        return value->number ? arena_printf(&r->arena, "%lld", (long long)value->number) : NULL;
    }
}

static void add_options(struct report *r, struct report_plan_strategy *out, const struct plan_entry *entry,
                        const struct option *known) {
    const struct strategy *strategy = strategy_find(entry->strategy);
    for (size_t i = 0; strategy && strategy_option(strategy, i); i++) {
        const struct option *row = strategy_option(strategy, i);
        const char *text = option_text(r, row, entry, known);
        if (!text)
            continue;
        struct report_pair *item = report_list_add(r, &out->options, sizeof *item);
        item->key = row->name;
        item->text = text;
    }
}

static struct report_plan_strategy *find_label(struct report *r, const char *label) {
    struct report_plan_strategy *all = r->plan.strategies.items;
    for (size_t i = 0; i < r->plan.strategies.count; i++)
        if (strcmp(all[i].label, label) == 0)
            return &all[i];
    return NULL;
}

/* A label once, with what it has at its largest point. */
static void fill_strategies(struct report *r, const struct plan *plan, const struct option *known) {
    for (size_t i = 0; i < plan->entry_count; i++) {
        const struct plan_entry *entry = &plan->entries[i];
        struct report_plan_strategy *out = find_label(r, entry->label);
        if (out) {
            out->threads = entry->threads > out->threads ? entry->threads : out->threads;
            out->concurrency = entry->concurrency > out->concurrency ? entry->concurrency : out->concurrency;
            continue;
        }
        out = report_list_add(r, &r->plan.strategies, sizeof *out);
        out->label = arena_strdup(&r->arena, entry->label);
        out->strategy = arena_strdup(&r->arena, entry->strategy);
        out->concurrency = entry->concurrency;
        out->threads = entry->threads;
        add_options(r, out, entry, known);
    }
}

static void fill_sweep(struct report *r, const struct plan *plan) {
    for (size_t i = 0; i < plan->point_count; i++) {
        const struct plan_point *point = &plan->points[i];
        struct report_plan_point *out = report_list_add(r, &r->plan.sweep, sizeof *out);
        *out = (struct report_plan_point){.concurrency = point->concurrency,
                                          .name = point->name,
                                          .value = arena_strdup(&r->arena, point->value),
                                          .number = point->name ? point->number : NAN};
    }
}

static void fill_urls(struct report *r, const struct plan *plan) {
    struct report_plan *p = &r->plan;
    p->url = plan->url ? redact_text(&r->arena, plan->url) : NULL;
    if (!plan->urls.lines.count)
        return;
    p->urls = arena_alloc(&r->arena, sizeof *p->urls);
    *p->urls = (struct report_plan_urls){.file = arena_strdup(&r->arena, plan->urls.lines.name),
                                         .count = (int64_t)plan->urls.lines.count};
}

static void fill_request(struct report *r, const struct plan *plan) {
    struct report_plan *p = &r->plan;
    fill_urls(r, plan);
    p->method = plan->method ? arena_strdup(&r->arena, plan->method) : "GET";
    for (size_t i = 0; i < plan->headers.count; i++) {
        const char **item = report_list_add(r, &p->headers, sizeof *item);
        *item = redact_header(&r->arena, plan->headers.items[i]);
    }
    p->body_bytes = (int64_t)plan->data_bytes;
    p->authenticated = plan->user != NULL;
    p->user_agent = arena_strdup(&r->arena, plan->user_agent);
    p->location = plan->location;
    p->compressed = plan->compressed;
    p->fail_status = plan->fail_status;
    p->embedded = plan->embedded;
}

static void add_texts(struct report *r, struct report_list *out, const struct option_list *texts) {
    for (size_t i = 0; i < texts->count; i++) {
        const char **item = report_list_add(r, out, sizeof *item);
        *item = arena_strdup(&r->arena, texts->items[i]);
    }
}

static void fill_connection(struct report *r, const struct plan *plan) {
    struct report_plan *p = &r->plan;
    p->keepalive = !plan->no_keepalive;
    p->http_version = plan->http2 ? "2" : "1.1";
    p->ip_version = plan->ipv4_only ? "4" : plan->ipv6_only ? "6" : NULL;
    p->insecure = plan->insecure;
    p->cacert = arena_strdup(&r->arena, plan->cacert);
    p->cert = arena_strdup(&r->arena, plan->cert);
    p->key = arena_strdup(&r->arena, plan->key);
    add_texts(r, &p->resolve, &plan->resolve);
    add_texts(r, &p->connect_to, &plan->connect_to);
    p->unix_socket = arena_strdup(&r->arena, plan->unix_socket);
    p->proxy = plan->proxy ? redact_text(&r->arena, plan->proxy) : NULL;
    p->dns = plan_resolves_each(plan) ? "each" : "once";
}

static void fill_stages(struct report *r, const struct plan *plan) {
    for (size_t i = 0; (plan->ramp || plan->stages) && i < plan->load.stage_count; i++) {
        const struct load_stage *stage = &plan->load.stages[i];
        struct report_plan_stage *out = report_list_add(r, &r->plan.stages, sizeof *out);
        *out = (struct report_plan_stage){
            .from_per_s = stage->from_per_s,
            .to_per_s = stage->to_per_s,
            .length_s = stage->length_ns == LOAD_NEVER_NS ? NAN : seconds(stage->length_ns)};
    }
}

static void fill_load(struct report *r, const struct plan *plan) {
    struct report_plan *p = &r->plan;
    enum load_kind kind = loadkind_of(plan);
    p->requests = kind == LOAD_TIMED ? -1 : plan->requests;
    p->duration_s = seconds(plan->duration_ns);
    p->rate_per_s = plan->rate_per_s > 0 ? plan->rate_per_s : NAN;
    if (kind == LOAD_OPEN)
        p->arrivals = plan->load.poisson ? "poisson" : "constant";
    fill_stages(r, plan);
    p->deadline_s = seconds(plan->deadline_ns);
    p->grace_s = seconds(plan->grace_ns);
    p->think_time_s = seconds(plan->think_ns);
    p->spin = plan->spin;
}

static void fill_plan(struct report *r, const struct plan *plan, const struct option *known) {
    struct report_plan *p = &r->plan;
    fill_request(r, plan);
    fill_connection(r, plan);
    fill_load(r, plan);
    p->concurrency = plan->concurrency;
    p->threads = plan->threads > 0 ? plan->threads : -1;
    p->timeout_s = seconds(plan->timeout_ns);
    p->connect_timeout_s = seconds(plan->connect_timeout_ns);
    p->run_timeout_s = seconds(plan->run_timeout_ns);
    p->warmup_requests = plan->warmup_requests;
    p->warmup_s = seconds(plan->warmup_ns);
    p->rounds = plan->rounds;
    p->rounds_auto = plan->rounds_auto;
    p->budget_s = seconds(plan->budget_ns);
    p->metric = plan->metric;
    p->keep_going = plan->keep_going;
    p->max_errors = plan->max_errors;
    p->pin = arena_strdup(&r->arena, plan->pin);
    p->samples = plan->samples ? redact_text(&r->arena, plan->samples) : NULL;
    p->samples_order = arena_strdup(&r->arena, plan->samples_order);
    p->save = plan->save ? redact_text(&r->arena, plan->save) : NULL;
    p->work = arena_strdup(&r->arena, plan->work);
    p->verify = plan->verify;
    p->ceiling = plan->ceiling;
    fill_sweep(r, plan);
    fill_strategies(r, plan, known);
}

static void fill_target(struct report *r, const struct plan *plan) {
    if (!plan->target_count)
        return;
    const struct target *target = &plan->targets[0];
    long port = strtol(target->port, NULL, 10);
    r->target.hosts = (int64_t)plan->target_count;
    r->target.scheme = arena_strdup(&r->arena, target->scheme);
    r->target.port = port > 0 ? port : -1;
}

static const char *now_utc(struct report *r) {
    char text[32];
    clock_format_utc(text);
    return arena_strdup(&r->arena, text);
}

void report_begin(struct report *r, const struct plan *plan, const struct option *options, int argc,
                  char **argv) {
    fill_tool(r);
    fill_command(r, options, argc, argv);
    r->started_at = now_utc(r);
    r->seed = plan->seed < (uint64_t)REPORT_INTEGER_LIMIT ? (int64_t)plan->seed : -1;
    r->complete = false;
    fill_plan(r, plan, options);
    fill_target(r, plan);
    ownshare_fill(r, plan);
    environment_capture(r, "");
}

void report_finish(struct report *r, bool complete) {
    r->finished_at = now_utc(r);
    r->complete = complete;
}
