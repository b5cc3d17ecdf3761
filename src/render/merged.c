/* The sentences on joined reports. */
#include "render/merged.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/sentence.h"

#define MOST_NAMED 6
#define LEAST_ROW 3   /* names that follow one another */
#define BESIDE_NAME 4 /* columns of a line that a name leaves to what is around it */

/* By how much parts that had one start may begin apart: what a busy machine does to a process, or a share of
 * the run that its figures do not show (ours). */
#define APART_MOST_S .02
#define APART_SHARE .05

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

/* Of a run that all parts had an agreed start for, whether they began together, or at least each before any
 * was over: one that had little to do is over before another has begun. 1 or 0, -1 where that is not known.
 */
static int was_at_once_by_starts(const struct report *r) {
    const struct report_host *hosts = r->hosts.items;
    double first_start_s = INFINITY, last_start_s = -INFINITY, first_end_s = INFINITY, longest_s = 0;
    for (size_t i = 0; i < r->hosts.count; i++) {
        const struct report_host_run *run = hosts[i].runs.items;
        if (hosts[i].lost)
            continue;
        if (hosts[i].runs.count == 0 || isnan(run->start_skew_s))
            return -1;
        first_start_s = fmin(first_start_s, run->start_skew_s);
        last_start_s = fmax(last_start_s, run->start_skew_s);
        longest_s = fmax(longest_s, run->wall_s);
        first_end_s = fmin(first_end_s, run->start_skew_s + run->wall_s);
    }
    return last_start_s <= first_end_s ||
           last_start_s - first_start_s <= fmax(APART_MOST_S, APART_SHARE * longest_s);
}

static bool was_at_once(const struct notes *n) {
    int known = was_at_once_by_starts(n->report);
    return known < 0 ? was_at_once_by_moments(n->report->merged) : known;
}

/* Whether the names are the same but for a number, which is one more. */
static bool is_next_name(const char *name, const char *next) {
    char *end = NULL, *next_end = NULL;
    size_t at = 0;
    while (name[at] && name[at] == next[at])
        at++;
    while (at > 0 && isdigit((unsigned char)name[at - 1]))
        at--;
    if (!isdigit((unsigned char)name[at]) || !isdigit((unsigned char)next[at]))
        return false;
    long long number = strtoll(name + at, &end, 10), next_number = strtoll(next + at, &next_end, 10);
    return number < next_number && number + 1 == next_number && strcmp(end, next_end) == 0;
}

/* How many names from there on follow one another; one where they are too few to be told as a row. */
static size_t row_from(const struct report_list *list, size_t from) {
    const struct report_part *parts = list->items;
    size_t end = from + 1;
    while (end < list->count && is_next_name(parts[end - 1].name, parts[end].name))
        end++;
    return end - from < LEAST_ROW ? 1 : end - from;
}

/* No name takes more than a line, so that none is broken. */
static const char *name_of(const struct notes *n, const struct report_part *part) {
    return sentence_shorten(n, part->name, n->width - BESIDE_NAME);
}

/* "out.rank0.json to out.rank9.json, other.json and 3 more" */
static const char *names_of(const struct notes *n, const struct report_merged *m) {
    const struct report_part *parts = m->parts.items;
    const char *names = "";
    size_t named = 0, i = 0;
    while (i < m->parts.count && named < MOST_NAMED) {
        size_t row = row_from(&m->parts, i);
        names = arena_printf(n->arena, "%s%s %s", names, i ? "," : "", name_of(n, &parts[i]));
        if (row > 1)
            names = arena_printf(n->arena, "%s to %s", names, name_of(n, &parts[i + row - 1]));
        i += row;
        named++;
    }
    if (i == m->parts.count)
        return names;
    return arena_printf(n->arena, "%s and %zu more", names, m->parts.count - i);
}

static void say_parts(const struct notes *n, const struct report_merged *m, bool shares) {
    bool is_one = m->parts.count == 1;
    const char *what = "the rounds of";
    if (shares)
        what = is_one ? "of the parts of one load only" : "parts of one load, the sum of";
    sentence_say(n, "(%s %zu report%s:%s)", what, m->parts.count, is_one ? "" : "s", names_of(n, m));
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
    say_parts(n, m, shares);
    if (shares && !was_at_once(n))
        sentence_say(
            n, "Its parts did not all run at the same time, so their sums are of no load that there was.");
}
