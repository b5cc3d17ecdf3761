/* The sentences on joined reports. */
#include "render/merged.h"

#include <math.h>
#include <string.h>

#include "render/sentence.h"

#define MOST_NAMED 6

/* Moments are ISO 8601 in UTC, so their order is that of their texts. An unknown end is no obstacle. */
static bool was_at_once_by_moments(const struct report_merged *m) {
    const struct report_part *parts = m->parts.items;
    const char *last_start = NULL, *first_end = NULL;
    for (size_t i = 0; i < m->parts.count; i++) {
        const char *start = parts[i].started_at, *end = parts[i].finished_at;
        last_start = !last_start || strcmp(start, last_start) > 0 ? start : last_start;
        first_end = end && (!first_end || strcmp(end, first_end) < 0) ? end : first_end;
    }
    return !first_end || strcmp(first_end, last_start) >= 0;
}

/* Of a run that all parts had an agreed start for, whether each began before any was over; 1 or 0, -1 where
 * that is not known. */
static int was_at_once_by_starts(const struct report *r) {
    const struct report_host *hosts = r->hosts.items;
    double last_start_s = -INFINITY, first_end_s = INFINITY;
    for (size_t i = 0; i < r->hosts.count; i++) {
        const struct report_host_run *run = hosts[i].runs.items;
        if (hosts[i].lost)
            continue;
        if (hosts[i].runs.count == 0 || isnan(run->start_skew_s))
            return -1;
        last_start_s = fmax(last_start_s, run->start_skew_s);
        first_end_s = fmin(first_end_s, run->start_skew_s + run->wall_s);
    }
    return last_start_s <= first_end_s;
}

static bool was_at_once(const struct notes *n) {
    int known = was_at_once_by_starts(n->report);
    return known < 0 ? was_at_once_by_moments(n->report->merged) : known;
}

static const char *names_of(const struct notes *n, const struct report_merged *m) {
    const struct report_part *parts = m->parts.items;
    size_t named = m->parts.count > MOST_NAMED ? MOST_NAMED - 1 : m->parts.count;
    const char *names = "";
    for (size_t i = 0; i < named; i++)
        names = arena_printf(n->arena, "%s%s %s", names, i ? "," : "", sentence_clean(n, parts[i].name));
    if (named == m->parts.count)
        return names;
    return arena_printf(n->arena, "%s and %zu more", names, m->parts.count - named);
}

static void say_share(const struct notes *n, const struct report_share *s) {
    if (s && s->count > 1)
        sentence_say(
            n,
            "(share %lld of %lld of a load, and all figures are this share's: merge --shares adds up all.)",
            (long long)s->index + 1, (long long)s->count);
}

void merged_say(const struct notes *n) {
    const struct report_merged *m = n->report->merged;
    say_share(n, n->report->share);
    if (!m)
        return;
    bool shares = strcmp(m->as, "shares") == 0;
    sentence_say(n, "(%s %zu report%s:%s)", shares ? "parts of one load, the sum of" : "the rounds of",
                 m->parts.count, m->parts.count == 1 ? "" : "s", names_of(n, m));
    if (shares && !was_at_once(n))
        sentence_say(
            n, "Its parts did not all run at the same time, so their sums are of no load that there was.");
}
