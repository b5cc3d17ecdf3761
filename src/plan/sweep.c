/* From the words of --concurrency and --sweep to points, and from entries to entries at points. */
#include "plan/sweep.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"

#define DEFAULT_CONCURRENCY 100

struct value {
    const char *text;
    double number;
};

struct values {
    struct value items[SWEEP_VALUES];
    size_t count;
};

/* What of the embedded endpoint can be swept. */
struct dimension {
    const char *name, *argument, *bounds;
    double least, most;
    int (*read)(const char *text, double *out);
    const char *path; /* with the value's text, or its number, in the place of %s */
    bool by_number;
};

static int read_seconds(const char *text, double *out) {
    int64_t ns = 0;
    int bad = units_read_duration_ns(text, &ns);
    *out = (double)ns / 1e9;
    return bad;
}

static int read_bytes(const char *text, double *out) {
    int64_t bytes = 0;
    int bad = units_read_bytes(text, &bytes);
    *out = (double)bytes;
    return bad;
}

static int read_count(const char *text, double *out) {
    int64_t count = 0;
    int bad = units_read_count(text, &count);
    *out = (double)count;
    return bad;
}

static const struct dimension dimensions[] = {
    {"delay", "durations such as 10ms", "from 0 to 10s", 0, SWEEP_LONGEST_S, read_seconds,
     "/delay/%s?key={i}", false},
    {"bytes", "sizes such as 100, 10k or 1MiB", "from 1 to 10MiB", 1, SWEEP_LARGEST_BYTES, read_bytes,
     "/drip?numbytes=%s&duration=0&key={i}", true},
};
#define DIMENSIONS (sizeof dimensions / sizeof dimensions[0])

static int by_number(const void *a, const void *b) {
    double x = ((const struct value *)a)->number, y = ((const struct value *)b)->number;
    return (x > y) - (x < y);
}

/* Reads "1,10,100" and puts it in order. `shown` is what messages call the option, `argument` what it takes.
 */
static int read_values(struct plan *plan, const char *text, int (*read)(const char *, double *),
                       const char *shown, const char *argument, struct values *out, struct err *err) {
    char *rest = arena_strdup(&plan->arena, text);
    while (rest) {
        char *end = strchr(rest, ','), *one = rest;
        rest = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
        if (out->count == SWEEP_VALUES)
            return err_set(err, ERR_USAGE, "%s has more than %d values", shown, SWEEP_VALUES);
        struct value *value = &out->items[out->count++];
        value->text = one;
        if (read(one, &value->number))
            return err_set(err, ERR_USAGE, "%s takes %s, not \"%.100s\"", shown, argument, one);
    }
    qsort(out->items, out->count, sizeof out->items[0], by_number);
    for (size_t i = 1; i < out->count; i++)
        if (out->items[i].number <= out->items[i - 1].number)
            return err_set(err, ERR_USAGE, "%s has %s twice", shown, out->items[i].text);
    return 0;
}

/* Of requests in flight the share's own. */
static int take_share(const struct share *share, struct values *counts, struct err *err) {
    if (counts->count > 0 && counts->items[0].number < (double)share->count)
        return err_set(err, ERR_USAGE,
                       "-c %s cannot be shared by %" PRId64 ": each share has a request in flight at least",
                       counts->items[0].text, share->count);
    for (size_t i = 0; i < counts->count; i++)
        counts->items[i].number = (double)share_part(share, (int64_t)counts->items[i].number);
    return 0;
}

static int64_t default_concurrency(const struct share *share) {
    return share_part(share, share->count > DEFAULT_CONCURRENCY ? share->count : DEFAULT_CONCURRENCY);
}

static int read_counts(struct plan *plan, struct values *out, struct err *err) {
    if (plan->counts &&
        read_values(plan, plan->counts, read_count, "-c", "counts such as 1,10,100", out, err))
        return -1;
    if (take_share(&plan->share, out, err))
        return -1;
    if (out->count > 0)
        plan->concurrency = (int64_t)out->items[out->count - 1].number;
    if (out->count > 1 && plan->concurrency > plan->requests)
        return err_set(
            err, ERR_USAGE, "-c %s cannot be reached with %" PRId64 " requests%s: raise -n, or leave it out",
            out->items[out->count - 1].text, plan->requests, plan->share.count > 1 ? " in a share" : "");
    if (!plan->concurrency)
        plan->concurrency = default_concurrency(&plan->share);
    if (plan->concurrency > plan->requests)
        plan->concurrency = plan->requests;
    if (out->count < 2)
        out->items[0].number = (double)plan->concurrency;
    out->count += out->count == 0;
    return 0;
}

static const struct dimension *find_dimension(const char *text, size_t length) {
    for (size_t i = 0; i < DIMENSIONS; i++)
        if (strlen(dimensions[i].name) == length && memcmp(dimensions[i].name, text, length) == 0)
            return &dimensions[i];
    return NULL;
}

static int read_swept(struct plan *plan, const struct dimension **dimension, struct values *out,
                      struct err *err) {
    if (!plan->embedded)
        return err_set(err, ERR_USAGE,
                       "--sweep changes what the embedded endpoint answers, so it takes no URL");
    const char *equals = strchr(plan->sweep, '=');
    const struct dimension *d = equals ? find_dimension(plan->sweep, (size_t)(equals - plan->sweep)) : NULL;
    if (!d)
        return err_set(err, ERR_USAGE,
                       "--sweep takes delay=TIME,TIME... or bytes=SIZE,SIZE..., not \"%.100s\"", plan->sweep);
    const char *shown = arena_printf(&plan->arena, "--sweep %s", d->name);
    if (read_values(plan, equals + 1, d->read, shown, d->argument, out, err))
        return -1;
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i].number < d->least || out->items[i].number > d->most)
            return err_set(err, ERR_USAGE, "%s goes %s, not to %.40s", shown, d->bounds, out->items[i].text);
    *dimension = d;
    return 0;
}

static const char *make_url(struct plan *plan, const struct dimension *d, const char *value) {
    char *path = arena_printf(&plan->arena, "%.*s%s%s", (int)(strstr(d->path, "%s") - d->path), d->path,
                              value, strstr(d->path, "%s") + 2);
    return arena_printf(&plan->arena, "http://%s%s", plan->endpoint, path);
}

static int add_point(struct plan *plan, const struct dimension *d, const struct value *value,
                     double concurrency, struct err *err) {
    struct plan_point *point = &plan->points[plan->point_count++];
    *point = (struct plan_point){.concurrency = (int64_t)concurrency};
    if (!d)
        return 0;
    point->name = d->name;
    point->value = value->text;
    point->number = value->number;
    const char *text = d->by_number ? arena_printf(&plan->arena, "%.0f", value->number) : value->text;
    return urls_init(&point->urls, make_url(plan, d, text), NULL, plan->seed, err);
}

int sweep_read(struct plan *plan, struct err *err) {
    struct values counts = {.count = 0}, swept = {.count = 0};
    const struct dimension *d = NULL;
    if (read_counts(plan, &counts, err) || (plan->sweep && read_swept(plan, &d, &swept, err)))
        return -1;
    if (!d && counts.count < 2)
        return 0;
    size_t values = d ? swept.count : 1;
    plan->points = arena_alloc(&plan->arena, values * counts.count * sizeof *plan->points);
    for (size_t v = 0; v < values; v++)
        for (size_t c = 0; c < counts.count; c++)
            if (add_point(plan, d, &swept.items[v], counts.items[c].number, err))
                return -1;
    if (d)
        plan->url = make_url(plan, d, arena_printf(&plan->arena, "{%s}", d->name));
    return 0;
}

/* Of what --concurrency sweeps alone, a strategy that sends one request at a time has the same run at all. */
static bool holds_at_all(const struct plan *plan, const struct plan_entry *entry,
                         bool (*is_concurrent)(const char *strategy)) {
    return !plan->sweep && !is_concurrent(entry->strategy);
}

static bool hold_at_all(const struct plan *plan, const struct plan_entry *typed, size_t count,
                        bool (*is_concurrent)(const char *strategy)) {
    for (size_t i = 0; i < count; i++)
        if (!holds_at_all(plan, &typed[i], is_concurrent))
            return false;
    return true;
}

static int add_entry(struct plan *plan, const struct plan_entry *typed, struct err *err) {
    if (plan->entry_count == PLAN_ENTRIES)
        return err_set(err, ERR_USAGE,
                       "the modes at %zu points%s are more than the %d runs that a round may have",
                       plan->point_count ? plan->point_count : 1,
                       plan->ceiling ? ", with their ceilings" : "", PLAN_ENTRIES);
    plan->entries[plan->entry_count++] = *typed;
    return 0;
}

static int expand_at(struct plan *plan, size_t index, const struct plan_entry *typed, size_t count,
                     bool (*is_concurrent)(const char *strategy), struct err *err) {
    struct plan_point *point = &plan->points[index];
    for (size_t i = 0; i < count; i++) {
        struct plan_entry entry = typed[i];
        bool holds = holds_at_all(plan, &entry, is_concurrent);
        entry.point = holds ? -1 : (int64_t)index;
        if (point->name)
            entry.urls = &point->urls;
        if ((!holds || index == 0) && add_entry(plan, &entry, err))
            return -1;
    }
    return 0;
}

static int add_ceilings(struct plan *plan, struct err *err) {
    size_t count = plan->entry_count;
    for (size_t i = 0; plan->ceiling && i < count; i++) {
        struct plan_entry entry = plan->entries[i];
        entry.ceiling = true;
        entry.urls = &plan->ceiling_urls;
        if (add_entry(plan, &entry, err))
            return -1;
    }
    return 0;
}

int sweep_expand(struct plan *plan, bool (*is_concurrent)(const char *strategy), struct err *err) {
    size_t count = plan->entry_count;
    struct plan_entry *typed = arena_alloc(&plan->arena, count * sizeof *typed);
    memcpy(typed, plan->entries, count * sizeof *typed);
    plan->entry_count = plan->point_count ? 0 : count;
    if (plan->point_count > 1 && hold_at_all(plan, typed, count, is_concurrent))
        return err_set(err, ERR_USAGE,
                       "-c %s sweeps nothing, since %s: name a mode that has several in flight", plan->counts,
                       count > 1 ? "these modes send one request at a time"
                                 : "this mode sends one request at a time");
    for (size_t i = 0; i < plan->point_count; i++)
        if (expand_at(plan, i, typed, count, is_concurrent, err))
            return -1;
    return add_ceilings(plan, err);
}
