/* Sentences about a report, each wrapped to the page. */
#include "render/notes.h"

#include <math.h>
#include <string.h>

#include "compare/metric.h"
#include "render/hosts.h"
#include "render/loadwords.h"
#include "render/merged.h"
#include "render/page.h"
#include "render/points.h"
#include "render/sentence.h"
#include "render/unanswered.h"
#include "render/verdicts.h"

#define LONGEST_EXAMPLE 200
#define PAIRED " \"Times as fast\" is the ratio round by round (Hodges-Lehmann), not that of the medians."

static void append_place(struct buf *out, const struct notes *n) {
    const struct report *r = n->report;
    if (r->plan.embedded)
        buf_append_text(out, "the embedded endpoint, ");
    else if (r->target.hosts > 1)
        buf_append_text(out, "the first host ");
    if (r->plan.embedded || r->target.co_located == 1)
        buf_append_text(out, "on this machine");
    else if (r->target.addresses.count > 0)
        buf_printf(out, "at %s", sentence_clean(n, ((const char *const *)r->target.addresses.items)[0]));
    else
        buf_append_text(out, "address unknown");
}

/* By what way, where it is not the usual one. */
static void append_way(struct buf *out, const struct notes *n) {
    const struct report_plan *p = &n->report->plan;
    if (p->proxy)
        buf_printf(out, ", through %s", sentence_clean(n, p->proxy));
    if (p->unix_socket)
        buf_printf(out, ", by %s", sentence_clean(n, p->unix_socket));
}

static void append_protocol(struct buf *out, const struct notes *n) {
    const struct report_target *t = &n->report->target;
    const char *wanted = n->report->plan.http_version;
    if (t->negotiated.http_version)
        buf_printf(out, ", %s",
                   sentence_clean(n, arena_printf(n->arena, "HTTP/%s", t->negotiated.http_version)));
    if (t->negotiated.http_version && wanted && strcmp(wanted, "2") == 0 &&
        strcmp(t->negotiated.http_version, wanted) != 0)
        buf_append_text(out, " though HTTP/2 was asked for");
    if (t->negotiated.tls_version)
        buf_printf(out, ", %s", sentence_clean(n, t->negotiated.tls_version));
    else if (t->scheme && strcmp(t->scheme, "http") == 0)
        buf_append_text(out, ", no TLS");
    buf_append_text(out, n->report->plan.keepalive ? ", keep-alive" : ", a new connection per request");
}

static void append_warmup(struct buf *out, const struct notes *n) {
    char figure[PAGE_FIGURE];
    const struct report_plan *p = &n->report->plan;
    if (p->warmup_requests > 0)
        buf_printf(out, ", after %s warm-up requests", page_grouped(figure, p->warmup_requests));
    else if (p->warmup_s > 0)
        buf_printf(out, ", after %s of warm-up", page_duration(figure, p->warmup_s));
}

static void append_bytes(struct buf *out, int64_t bytes) {
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    double value = (double)bytes;
    for (; value >= 1024 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        value /= 1024;
    buf_printf(out, "%.4g %s", value, units[unit]);
}

static void append_limits(struct buf *out, const struct report_limits *l) {
    bool of_cpu = !isnan(l->cpu_quota), of_memory = l->memory_bytes >= 0;
    if (of_cpu || of_memory)
        buf_append_text(out, " limited to ");
    if (of_cpu)
        buf_printf(out, "%.4g CPU%s", l->cpu_quota, l->cpu_quota == 1 ? "" : "s");
    if (of_cpu && of_memory)
        buf_append_text(out, " and ");
    if (of_memory)
        append_bytes(out, l->memory_bytes);
}

/* "an lxc container", "an oci container" */
static bool is_spoken_with_vowel(const char *kind) {
    return (*kind && strchr("aeio", *kind)) || strncmp(kind, "lxc", 3) == 0;
}

/* Where fetchbench itself ran, if that is anything but a whole machine. */
static void say_container(const struct notes *n) {
    const struct report_environment *e = &n->report->environment;
    struct buf text;
    buf_init(&text, 4096);
    if (e->container && strcmp(e->container, "container") != 0)
        buf_printf(&text, " in a%s %s container", is_spoken_with_vowel(e->container) ? "n" : "",
                   sentence_clean(n, e->container));
    else if (e->container)
        buf_append_text(&text, " in a container");
    append_limits(&text, &e->limits);
    if (text.length > 0)
        sentence_say(n, "fetchbench ran%s.", buf_text(&text));
    buf_fini(&text);
}

/* "http://host/", "25 URLs of urls.txt, 3 hosts" or "http://host/{line}, 25 lines of urls.txt". */
static void append_urls(struct buf *out, const struct notes *n) {
    char count[PAGE_FIGURE];
    const struct report_plan *p = &n->report->plan;
    if (p->url)
        buf_append_text(out, sentence_shorten(n, p->url, n->width - 2));
    if (p->urls)
        buf_printf(out, "%s%s %s%s of %s", p->url ? ", " : "", page_grouped(count, p->urls->count),
                   p->url ? "line" : "URL", p->urls->count == 1 ? "" : "s",
                   sentence_shorten(n, p->urls->file, n->width / 2));
    if (n->report->target.hosts > 1)
        buf_printf(out, ", %s hosts", page_grouped(count, n->report->target.hosts));
}

void notes_head(const struct notes *n) {
    const struct report_plan *p = &n->report->plan;
    struct buf facts, load;
    hosts_say_lost(n);
    buf_init(&facts, 4096);
    buf_init(&load, 4096);
    append_urls(&facts, n);
    loadwords_append(&load, p, sentence_clean(n, p->method));
    sentence_say(n, "%s%s to %s", buf_text(&load), p->strategies.count > 1 ? " per strategy" : "",
                 buf_text(&facts));
    buf_fini(&load);
    buf_clear(&facts);
    append_place(&facts, n);
    append_way(&facts, n);
    append_protocol(&facts, n);
    loadwords_append_limits(&facts, p);
    append_warmup(&facts, n);
    sentence_say(n, "(%s)", buf_text(&facts));
    buf_fini(&facts);
    say_container(n);
    merged_say(n);
}

#define ONE_ROUND " One round supports no claim of a difference: see --rounds auto."

/* Then the verdicts say what is as fast as what. */
static bool is_by_speed(const struct notes *n) {
    return metric_find(n->report->plan.metric) == metric_of_load(n->summaries->load);
}

/* What the table has instead of factors. */
static void say_latency(const struct notes *n) {
    const struct summaries *all = n->summaries;
    int64_t completed = 0;
    for (size_t i = 0; i < all->count; i++)
        completed += all->items[i].completed;
    if (completed > 0)
        sentence_say(n, "p50 and p99 are latency, from when a request was due; service, from its sending.%s",
                     all->count > 1 && all->rounds == 1 ? ONE_ROUND : "");
}

static void say_factors(const struct notes *n) {
    const struct summaries *all = n->summaries;
    size_t known = 0, sound = 0;
    for (size_t i = 0; i < all->count; i++) {
        known += !isnan(all->items[i].times_as_fast);
        sound += all->items[i].sound;
    }
    if (known > 1 && !(verdicts_are_there(n) && is_by_speed(n)))
        sentence_say(n, "\"Times as fast\" is by %s, against %s.%s",
                     all->load == LOAD_TIMED ? "completed requests per second" : "wall time",
                     sentence_label(n, all->baseline), all->rounds > 1 ? "" : ONE_ROUND);
    if (sound < all->count && all->load != LOAD_OPEN)
        sentence_say(n,
                     "Speeds are not compared where a run did not come to its end or more than one request "
                     "in a thousand failed.");
}

/* It is in no request's time, so no column shows it. */
static void say_work(const struct notes *n) {
    char figure[PAGE_FIGURE];
    const char *text = "";
    const struct summary *s = n->summaries->items;
    for (size_t i = 0; i < n->summaries->count; i++)
        if (!isnan(s[i].work_p50_s))
            text = arena_printf(n->arena, "%s%s %s %s", text, *text ? "," : "", points_label(n, &s[i]),
                                page_duration(figure, s[i].work_p50_s));
    if (*text)
        sentence_say(n, "Work on each body (median), after its request's time:%s.", text);
}

static bool has_told(const struct summary *s) {
    return s->is_program && s->completed > 0;
}

/* Of several points of a sweep the first. */
static bool is_first_told(const struct summaries *all, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (has_told(&all->items[i]) && strcmp(all->items[i].label, all->items[index].label) == 0)
            return false;
    return has_told(&all->items[index]);
}

/* What others are measured to do, it says of itself. */
static void say_word_of(const struct notes *n) {
    const char *text = "";
    size_t programs = 0, named = 0;
    for (size_t i = 0; i < n->summaries->count; i++)
        programs += is_first_told(n->summaries, i);
    for (size_t i = 0; i < n->summaries->count; i++)
        if (is_first_told(n->summaries, i)) {
            const char *joint = named == 0 ? "" : named + 1 == programs ? " and " : ", ";
            text = arena_printf(n->arena, "%s%s%s", text, joint, sentence_label(n, &n->summaries->items[i]));
            named++;
        }
    if (programs > 0)
        sentence_say(n, "Times of %s are %s own word.", text,
                     programs == 1 ? "the program's" : "the programs'");
}

/* In the column of the table, or in the verdicts. */
static bool has_ratio_of_rounds(const struct notes *n) {
    const struct report_comparison *c = n->report->comparisons.items;
    const struct metric *speed = metric_of_load(n->summaries->load);
    size_t shown = 0;
    for (size_t i = 0; i < n->summaries->count; i++)
        shown += !isnan(n->summaries->items[i].times_as_fast);
    if (shown < 2)
        return false;
    for (size_t i = 0; i < n->report->comparisons.count; i++)
        if (c[i].between.count == 0 && metric_find(c[i].metric) == speed && !isnan(c[i].ratio))
            return true;
    return false;
}

void notes_reading(const struct notes *n) {
    const struct summaries *all = n->summaries;
    if (all->count == 0)
        sentence_say(n, "No run was made.");
    if (all->rounds > 1)
        sentence_say(
            n, "Figures are medians of %zu rounds; failed and not 2xx/3xx are counted over all of them.%s",
            all->rounds, has_ratio_of_rounds(n) ? PAIRED : "");
    if (all->load == LOAD_OPEN && all->count > 0)
        say_latency(n);
    if (all->count > 1)
        say_factors(n);
    unanswered_say_waits(n);
    say_work(n);
    say_word_of(n);
}

/* What one class or status came to in all runs of a label. */
struct tally {
    const char *key, *example;
    int64_t count;
};

struct tallies {
    struct tally *items;
    size_t count;
};

static void tally_add(struct tallies *t, const char *key, int64_t count, const char *example) {
    size_t i = 0;
    while (i < t->count && strcmp(t->items[i].key, key) != 0)
        i++;
    struct tally *item = &t->items[i];
    if (i == t->count)
        *t = (struct tallies){t->items, t->count + 1};
    item->key = key;
    item->count += count;
    item->example = item->example ? item->example : example;
}

static struct tallies tally_room(const struct notes *n, size_t most) {
    return (struct tallies){.items = arena_alloc(n->arena, most * sizeof(struct tally))};
}

static struct tallies tally_errors(const struct notes *n, const struct summary *s) {
    size_t most = 0;
    for (size_t i = 0; i < s->rounds; i++)
        most += s->runs[i]->errors.count;
    struct tallies t = tally_room(n, most);
    for (size_t i = 0; i < s->rounds; i++) {
        const struct report_error *errors = s->runs[i]->errors.items;
        for (size_t e = 0; e < s->runs[i]->errors.count; e++)
            tally_add(&t, errors[e].error_class, errors[e].count, errors[e].example);
    }
    return t;
}

static struct tallies tally_statuses(const struct notes *n, const struct summary *s) {
    size_t most = 0;
    for (size_t i = 0; i < s->rounds; i++)
        most += s->runs[i]->status_codes.count;
    struct tallies t = tally_room(n, most);
    for (size_t i = 0; i < s->rounds; i++) {
        const struct report_count *codes = s->runs[i]->status_codes.items;
        for (size_t c = 0; c < s->runs[i]->status_codes.count; c++) {
            if (summary_is_other_status(codes[c].key))
                tally_add(&t, codes[c].key, codes[c].count, NULL);
        }
    }
    return t;
}

static void say_errors(const struct notes *n, const struct summary *s) {
    char count[PAGE_FIGURE];
    struct tallies t = tally_errors(n, s);
    for (size_t i = 0; i < t.count; i++) {
        const char *example = sentence_shorten(n, t.items[i].example, LONGEST_EXAMPLE);
        sentence_say(n, "%s: %s x %s%s%s", points_label(n, s), page_grouped(count, t.items[i].count),
                     sentence_clean(n, t.items[i].key), *example ? ": " : "", example);
    }
}

static void say_statuses(const struct notes *n, const struct summary *s) {
    char count[PAGE_FIGURE];
    struct tallies t = tally_statuses(n, s);
    struct buf text;
    buf_init(&text, 1 << 16);
    for (size_t i = 0; i < t.count; i++)
        buf_printf(&text, "%s%s %s %s", i > 0 ? ", " : "", page_grouped(count, t.items[i].count),
                   i > 0                   ? "with"
                   : t.items[i].count == 1 ? "answer with status"
                                           : "answers with status",
                   sentence_clean(n, t.items[i].key));
    if (t.count > 0)
        sentence_say(n, "%s: %s", points_label(n, s), buf_text(&text));
    buf_fini(&text);
}

bool notes_is_unresolved(const struct notes *n) {
    const struct report_run *runs = n->report->runs.items;
    for (size_t i = 0; i < n->report->runs.count; i++)
        if (!summary_is_unresolved(&runs[i], n->report->hosts.count))
            return false;
    return n->report->runs.count > 0;
}

void notes_unresolved(const struct notes *n) {
    const struct report_run *first = n->report->runs.items;
    const struct report_error *error = first->errors.items;
    sentence_say(n, "Nothing was sent: %s.", sentence_shorten(n, error->example, LONGEST_EXAMPLE));
}

static void say_redirects(const struct notes *n, const struct summary *s) {
    char count[PAGE_FIGURE];
    int64_t followed = 0;
    for (size_t i = 0; i < s->rounds; i++)
        followed += s->runs[i]->requests.redirects;
    if (followed > 0)
        sentence_say(n, "%s: %s redirect%s followed", points_label(n, s), page_grouped(count, followed),
                     followed == 1 ? " was" : "s were");
}

/* The server may have had such a request twice. */
static void say_retries(const struct notes *n, const struct summary *s) {
    char count[PAGE_FIGURE];
    int64_t again = 0;
    for (size_t i = 0; i < s->rounds; i++)
        again += s->runs[i]->requests.retries;
    if (again > 0)
        sentence_say(n, "%s: %s%s a request was sent again on a new connection", points_label(n, s),
                     again == 1 ? "once" : page_grouped(count, again), again == 1 ? "" : " times");
}

void notes_failures(const struct notes *n) {
    for (size_t i = 0; i < n->summaries->count; i++)
        say_errors(n, &n->summaries->items[i]);
    for (size_t i = 0; i < n->summaries->count; i++)
        say_statuses(n, &n->summaries->items[i]);
    for (size_t i = 0; i < n->summaries->count; i++)
        say_redirects(n, &n->summaries->items[i]);
    for (size_t i = 0; i < n->summaries->count; i++)
        say_retries(n, &n->summaries->items[i]);
}
