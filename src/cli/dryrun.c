/* --dry-run: the plan in words. What the plan holds is settings.c's business. */
#include "cli/dryrun.h"

#include <inttypes.h>
#include <string.h>

#include "base/units.h"
#include "cli/reportfile.h"
#include "plan/loadkind.h"
#include "plan/order.h"
#include "plan/schedule.h"
#include "report/redact.h"
#include "strategy/strategy.h"

#define FIRST_URLS 3 /* shown as they will be sent */

static void write_line(struct buf *out, const char *name, const char *value) {
    buf_printf(out, "%-18s%s\n", name, value);
}

static void write_if(struct buf *out, const char *name, const char *value) {
    if (value)
        write_line(out, name, value);
}

static void write_count(struct buf *out, const char *name, int64_t value) {
    buf_printf(out, "%-18s%" PRId64 "\n", name, value);
}

static void write_time(struct buf *out, const char *name, int64_t ns) {
    char text[UNITS_TEXT];
    write_line(out, name, units_write_duration(text, (double)ns / 1e9));
}

static void write_settings(struct buf *out, const struct plan_entry *e) {
    struct arena arena = {0};
    bool is_program = strcmp(e->strategy, PLAN_EXEC) == 0;
    for (size_t i = 0; i < e->setting_count; i++) {
        const char *text = e->settings[i].text;
        buf_printf(out, ", %s=%s", e->settings[i].name,
                   is_program ? redact_program(&arena, settings_options, text) : redact_text(&arena, text));
    }
    arena_fini(&arena);
}

/* What of it sends requests; of a program that is not known. */
static void write_workers(struct buf *out, const struct plan_entry *e) {
    unsigned capabilities = strategy_find(e->strategy)->capabilities;
    const char *plural = e->threads == 1 ? "" : capabilities & RUNS_PROCESSES ? "es" : "s";
    if (!(capabilities & RUNS_PROGRAM))
        buf_printf(out, ", %" PRId64 " %s%s", e->threads,
                   capabilities & RUNS_PROCESSES ? "process" : "thread", plural);
}

static void write_strategy(struct buf *out, const struct plan *p, const struct plan_entry *e) {
    const struct plan_point *point = plan_point_of(p, e);
    buf_printf(out, "%-18s%s: %s, %" PRId64 " in flight", e->ceiling ? "ceiling" : "strategy", e->label,
               e->strategy, e->concurrency);
    write_workers(out, e);
    if (point && point->name)
        buf_printf(out, ", %s %s", point->name, point->value);
    write_settings(out, e);
    buf_append_char(out, '\n');
}

/* What the first requests' URLs become, where they differ. */
static void write_first_urls(struct buf *out, struct arena *arena, const struct plan *p) {
    char url[TEMPLATE_URL_BYTES];
    if (p->urls.constant || p->embedded)
        return;
    for (int64_t i = 0; i < FIRST_URLS && i < p->requests; i++) {
        int64_t number = share_number(&p->share, i);
        urls_expand(&p->urls, number, url);
        write_line(out, arena_printf(arena, "request %" PRId64, number), redact_text(arena, url));
    }
}

static void write_urls(struct buf *out, struct arena *arena, const struct plan *p) {
    if (p->embedded)
        buf_printf(out, "%-18s%s of the embedded endpoint\n", "url", plan_embedded_path(p));
    else if (p->url)
        write_line(out, "url", redact_text(arena, p->url));
    if (p->urls.lines.count)
        buf_printf(out, "%-18s%s, %zu %s%s, %zu host%s\n", "urls", p->urls.lines.name, p->urls.lines.count,
                   p->url ? "line" : "URL", p->urls.lines.count == 1 ? "" : "s", p->target_count,
                   p->target_count == 1 ? "" : "s");
    write_first_urls(out, arena, p);
}

static void write_request(struct buf *out, const struct plan *p) {
    struct arena arena = {0};
    write_urls(out, &arena, p);
    write_line(out, "method", p->method);
    for (size_t i = 0; i < p->headers.count; i++)
        write_line(out, "header", redact_header(&arena, p->headers.items[i]));
    if (p->data)
        buf_printf(out, "%-18s%zu bytes\n", "body", p->data_bytes);
    if (p->user)
        write_line(out, "user", "***");
    write_line(out, "user-agent", p->user_agent);
    if (p->compressed)
        write_line(out, "compressed", "yes");
    if (p->location)
        write_line(out, "redirects", "followed");
    if (p->fail_status)
        write_line(out, "failed", "statuses of 400 and above too");
    write_if(out, "save", p->save);
    write_if(out, "work", p->work);
    if (p->verify)
        write_line(out, "verify", "args of the answer's JSON");
    arena_fini(&arena);
}

static void write_connection(struct buf *out, const struct plan *p) {
    struct arena arena = {0};
    write_line(out, "http", p->http2 ? "2, or 1.1 where the server has no 2" : "1.1");
    write_line(out, "keep-alive", p->no_keepalive ? "no" : "yes");
    write_line(out, "certificates", p->insecure ? "not verified" : p->cacert ? p->cacert : "the system's");
    write_if(out, "cert", p->cert);
    write_if(out, "key", p->key);
    write_if(out, "proxy", p->proxy ? redact_text(&arena, p->proxy) : NULL);
    write_if(out, "unix-socket", p->unix_socket);
    for (size_t i = 0; i < p->resolve.count; i++)
        write_line(out, "resolve", p->resolve.items[i]);
    for (size_t i = 0; i < p->connect_to.count; i++)
        write_line(out, "connect-to", p->connect_to.items[i]);
    write_line(out, "dns", plan_resolves_each(p) ? "for each connection" : "once, before the clock");
    if (p->ipv4_only || p->ipv6_only)
        write_line(out, "addresses", p->ipv4_only ? "IPv4 only" : "IPv6 only");
    arena_fini(&arena);
}

static void write_guards(struct buf *out, const struct settings *s) {
    if (s->baseline)
        write_line(out, "baseline", s->baseline);
    if (s->regression >= 0)
        buf_printf(out, "%-18s%g %% slower\n", "fails on", 100 * s->regression);
}

static void write_rounds(struct buf *out, const struct settings *s) {
    const struct plan *p = &s->plan;
    char budget[UNITS_TEXT];
    if (p->rounds_auto)
        buf_printf(out, "%-18sauto: at least %" PRId64 ", at most %d, within %s\n", "rounds", p->rounds,
                   PLAN_ROUNDS_AUTO, units_write_duration(budget, (double)p->budget_ns / 1e9));
    else
        write_count(out, "rounds", p->rounds);
    if (plan_repeats_baseline(p))
        write_line(out, "runs twice", p->entries[0].label);
    write_line(out, "metric", p->metric);
    write_guards(out, s);
}

static void write_rate(struct buf *out, const struct load_stage *stage) {
    char length[UNITS_TEXT];
    buf_printf(out, "%.12g", stage->from_per_s);
    if (stage->to_per_s != stage->from_per_s)
        buf_printf(out, " to %.12g", stage->to_per_s);
    if (stage->length_ns != LOAD_NEVER_NS)
        buf_printf(out, " in %s", units_write_duration(length, (double)stage->length_ns / 1e9));
}

/* When requests are sent, and when the run is over. */
static void write_load(struct buf *out, const struct settings *s) {
    const struct plan *p = &s->plan;
    const struct load *load = &p->load;
    if (s->ranks > 1)
        buf_printf(out, "%-18s%" PRId64 ", each its share of what is counted below\n", "ranks", s->ranks);
    if (p->share.count > 1)
        buf_printf(out, "%-18s%" PRId64 " of %" PRId64 ", what is counted below is its own\n", "share",
                   p->share.index + 1, p->share.count);
    if (loadkind_of(p) != LOAD_TIMED)
        write_count(out, "requests", p->requests);
    if (p->duration_ns)
        write_time(out, "duration", p->duration_ns);
    if (p->deadline_ns)
        write_time(out, "deadline", p->deadline_ns);
    if (schedule_ends_by_time(p))
        write_time(out, "grace", p->grace_ns);
    if (p->think_ns)
        write_time(out, "think-time", p->think_ns);
    if (!load_is_open(load))
        return;
    buf_printf(out, "%-18s", "rate");
    for (size_t i = 0; i < load->stage_count; i++) {
        buf_append_text(out, i ? ", " : "");
        write_rate(out, &load->stages[i]);
    }
    buf_append_char(out, '\n');
    write_line(out, "arrivals", load->poisson ? "poisson" : "constant");
    write_line(out, "waiting", p->spin ? "without sleeping" : "asleep, but for the last 60us");
}

void dryrun_write(struct buf *out, const struct settings *s) {
    const struct plan *p = &s->plan;
    write_request(out, p);
    write_load(out, s);
    write_rounds(out, s);
    for (size_t i = 0; i < p->entry_count; i++)
        write_strategy(out, p, &p->entries[i]);
    write_connection(out, p);
    write_time(out, "timeout", p->timeout_ns);
    write_time(out, "connect-timeout", p->connect_timeout_ns);
    write_time(out, "run-timeout", p->run_timeout_ns);
    if (p->warmup_requests)
        write_count(out, "warmup", p->warmup_requests);
    else if (p->warmup_ns)
        write_time(out, "warmup", p->warmup_ns);
    write_line(out, "processors", p->pin ? p->pin : "any");
    buf_printf(out, "%-18s%" PRIu64 "\n", "seed", p->seed);
    write_line(out, "keep-going", p->keep_going ? "yes" : "no");
    buf_printf(out, "%-18s%g%%\n", "max-errors", p->max_errors * 100);
    for (size_t i = 0; i < s->fail_on.count; i++)
        write_line(out, "fail-on", s->fail_on.items[i]);
    if (s->strict)
        write_line(out, "strict", "no conclusion is status 6");
    if (p->samples)
        buf_printf(out, "%-18s%s, in the order %s\n", "samples", p->samples, p->samples_order);
    buf_printf(out, "%-18s%s%s\n", "report", s->output ? "" : reportfile_folder(),
               s->output ? s->output : "TIME-LABELS.json");
}
