/* What became of requests that no figure of the table counts, or that it counts in a way to be known. */
#include "render/unanswered.h"

#include <math.h>
#include <string.h>

#include "base/units.h"
#include "render/page.h"
#include "render/points.h"
#include "render/sentence.h"
#include "stats/judgement.h"

#define NOTABLE_SHIFT 1.02 /* of a percentile: ours */
#define NOTABLE_LACK .01   /* of the requests that were due: ours */
#define NOTABLE_GAP_S 0.1  /* between two completions, and so many times what is usual: ours */
#define NOTABLE_TIMES 10

/* "p99 is at least 1.20s", "p99 lies between 20.4ms and 25.1ms"; "" where it stays about what is shown. */
static const char *bound(struct arena *a, const char *name, double shown_s, double least_s, double most_s) {
    char least[PAGE_FIGURE], most[PAGE_FIGURE];
    page_duration(least, least_s);
    page_duration(most, most_s);
    if (!(most_s > NOTABLE_SHIFT * shown_s)) /* NaN is not */
        return "";
    return isinf(most_s) ? arena_printf(a, "%s is at least %s", name, least)
                         : arena_printf(a, "%s lies between %s and %s", name, least, most);
}

/* "p50 is at least 270ms and p99 is at least 520ms"; "" where neither moves. */
static const char *bounds(const struct notes *n, const struct summary *s) {
    const char *p50 = bound(n->arena, "p50", s->p50_s, s->p50_least_s, s->p50_most_s);
    const char *p99 = bound(n->arena, "p99", s->p99_s, s->p99_least_s, s->p99_most_s);
    return arena_printf(n->arena, "%s%s%s", p50, *p50 && *p99 ? " and " : "", p99);
}

/* "p99 is at least 1.20s": of those that have no upper bound left. */
static const char *open_bounds(const struct notes *n, const struct summary *s) {
    struct summary open = *s;
    open.p50_most_s = isinf(s->p50_most_s) ? s->p50_most_s : s->p50_s;
    open.p99_most_s = isinf(s->p99_most_s) ? s->p99_most_s : s->p99_s;
    return bounds(n, &open);
}

static const char *clause(struct arena *a, const char *before, const char *text) {
    return *text ? arena_printf(a, "%s%s", before, text) : "";
}

static const char *age(const struct notes *n, const char *before, double seconds) {
    char figure[PAGE_FIGURE];
    return isnan(seconds) ? "" : arena_printf(n->arena, "%s%s", before, page_duration(figure, seconds));
}

static const char *count_text(const struct notes *n, int64_t count) {
    char figure[PAGE_FIGURE];
    return arena_strdup(n->arena, page_grouped(figure, count));
}

static int64_t total_of(const struct summary *s) {
    int64_t total = 0;
    for (size_t i = 0; i < s->rounds; i++)
        total += s->runs[i]->requests.total;
    return total;
}

static bool has_ended_by_itself(const struct summary *s) {
    for (size_t i = 0; i < s->rounds; i++)
        if (strcmp(s->runs[i]->exit.reason, "finished") != 0)
            return false;
    return true;
}

/* Nothing went wrong: its time was over before all had an answer. */
static bool ran_out_of_time(const struct notes *n, const struct summary *s) {
    const struct report_plan *p = &n->report->plan;
    return (p->duration_s > 0 || p->deadline_s > 0) && has_ended_by_itself(s);
}

/* "" where a strategy has fewer at once than it may, since more would not change that. */
static const char *if_more_helps(const struct notes *n, const struct summary *s, const char *text) {
    return s->concurrency < n->report->plan.concurrency ? "" : text;
}

static const char *connections(const struct notes *n, const struct summary *s) {
    return s->concurrency == 1
               ? "its one connection"
               : arena_printf(n->arena, "one of its %s connections", count_text(n, s->concurrency));
}

/* A few may be the client's own lateness at the end, and an interrupt holds it up. */
static const char *verdict_on_rate(const struct notes *n, const struct summary *s) {
    int64_t due = total_of(s) - s->not_started + s->not_begun;
    if ((double)s->not_begun < NOTABLE_LACK * (double)due || !has_ended_by_itself(s))
        return "";
    return arena_printf(n->arena, " It cannot keep this rate%s.",
                        if_more_helps(n, s, " with so many at once: raise -c, or lower the rate"));
}

/* Where the rate cannot be kept, that they did goes without saying. */
static void say_waited(const struct notes *n, const struct summary *s) {
    if (s->waited > 0 && !*verdict_on_rate(n, s))
        sentence_say(n, "%s: %s of %s requests waited for %s%s.", points_label(n, s),
                     count_text(n, s->waited), count_text(n, total_of(s)), connections(n, s),
                     if_more_helps(n, s, ", and more (-c) may help"));
}

/* Between two requests that are due, where the schedule has fewest; random ones keep further apart. */
static double largest_pause_s(const struct report_plan *p) {
    const struct report_plan_stage *stages = p->stages.items;
    double least_per_s = p->rate_per_s > 0 ? p->rate_per_s : INFINITY;
    for (size_t i = 0; i < p->stages.count; i++)
        least_per_s = fmin(least_per_s, fmin(stages[i].from_per_s, stages[i].to_per_s));
    return (p->arrivals && strcmp(p->arrivals, "poisson") == 0 ? 2 : 1) / least_per_s;
}

/* The time between two completions that the rate, or one after the other, explains. Whoever thinks may well
 * do so in step with all others. */
static double usual_gap_s(const struct notes *n, const struct summary *s) {
    const struct report_plan *p = &n->report->plan;
    double think_s = p->think_time_s > 0 ? p->think_time_s : 0, request_s = fmax(s->p50_s, s->service_p50_s);
    return fmax(request_s + think_s, fmax(1 / s->requests_per_s, largest_pause_s(p)));
}

/* In a closed loop the clients wait with the server, so its percentiles hide the stall. */
static const char *who_shows_it(const struct notes *n, const struct summary *s) {
    if (n->summaries->load == LOAD_OPEN)
        return "";
    const char *count = s->concurrency == 1 ? "one request" : count_text(n, s->concurrency);
    return arena_printf(n->arena, ", and of a closed loop no more than %s%s show%s it", count,
                        s->concurrency == 1 ? "" : " requests", s->concurrency == 1 ? "s" : "");
}

static void say_gap(const struct notes *n, const struct summary *s) {
    char gap[PAGE_FIGURE], p50[PAGE_FIGURE];
    if (s->largest_gap_s >= NOTABLE_GAP_S && s->largest_gap_s >= NOTABLE_TIMES * usual_gap_s(n, s))
        sentence_say(n, "%s: for %s nothing was completed, with a p50 of %s: something stalled%s.",
                     points_label(n, s), page_duration(gap, s->largest_gap_s), page_duration(p50, s->p50_s),
                     who_shows_it(n, s));
}

void unanswered_say_waits(const struct notes *n) {
    for (size_t i = 0; i < n->summaries->count; i++)
        say_waited(n, &n->summaries->items[i]);
    for (size_t i = 0; i < n->summaries->count; i++)
        say_gap(n, &n->summaries->items[i]);
}

/* Each connection may lose up to one request of those that it could have carried one after another: the
 * largest share of any line. */
static double lost_share(const struct notes *n) {
    double share = 0;
    for (size_t i = 0; i < n->summaries->count; i++)
        share = fmax(share, n->summaries->items[i].p50_s / n->report->plan.duration_s);
    return share;
}

static const char *loss(const struct notes *n) {
    char text[UNITS_TEXT];
    double share = n->summaries->load == LOAD_TIMED ? lost_share(n) : 0;
    if (!(share > JUDGEMENT_MARGIN))
        return "";
    return arena_printf(n->arena, " In so short a time that moves requests per second by up to %s.",
                        units_write_percent(text, fmin(share, 1), 2));
}

/* What is summed over them stands below a table of medians. */
static const char *in_rounds(const struct notes *n) {
    return n->summaries->rounds > 1 ? arena_printf(n->arena, " in %zu rounds", n->summaries->rounds) : "";
}

/* As many as are in flight when the time is over are no fault of anybody, so one sentence is for all. */
static void say_unfinished(const struct notes *n) {
    const char *all = "";
    for (size_t i = 0; i < n->summaries->count; i++) {
        const struct summary *s = &n->summaries->items[i];
        if (s->cut_off == 0 || !ran_out_of_time(n, s))
            continue;
        const char *moved = s->not_begun == 0 ? open_bounds(n, s) : "";
        all = arena_printf(n->arena, "%s%s %s %s%s%s%s", all, *all ? "," : "", points_label(n, s),
                           count_text(n, s->cut_off), *moved ? " (" : "", moved, *moved ? ")" : "");
    }
    if (*all)
        sentence_say(n, "Unfinished when the time was over%s, so in no figure:%s.%s%s", in_rounds(n), all,
                     loss(n), n->report->plan.grace_s > 0 ? "" : " See --grace.");
}

static void say_not_begun(const struct notes *n, const struct summary *s) {
    int64_t count = s->not_begun;
    if (count == 0)
        return;
    sentence_say(n, "%s: %s of %s requests %s due and never begun%s%s.%s", points_label(n, s),
                 count_text(n, count), count_text(n, total_of(s)), count == 1 ? "was" : "were",
                 age(n, ", the first overdue by ", s->oldest_not_begun_s),
                 clause(n->arena, ", so its ", bounds(n, s)), verdict_on_rate(n, s));
}

/* Of a count of requests. */
static void say_cut_short(const struct notes *n, const struct summary *s) {
    int64_t count = s->not_started - s->not_begun;
    if (n->report->plan.deadline_s > 0 && count > 0 && ran_out_of_time(n, s))
        sentence_say(n, "%s: %s of %s requests %s not %s before the deadline.", points_label(n, s),
                     count_text(n, count), count_text(n, total_of(s)), count == 1 ? "was" : "were",
                     n->summaries->load == LOAD_OPEN ? "due" : "begun");
}

/* What was told as so many timeouts is not told again, but for what it does to the percentiles. */
static void say_cut_off(const struct notes *n, const struct summary *s) {
    const char *moved = s->not_begun > 0 ? "" : bounds(n, s); /* or else it was said of these */
    if (s->cut_off > 0 && !ran_out_of_time(n, s))
        sentence_say(n, "%s: %s%s request%s cut off unanswered%s%s.", points_label(n, s),
                     count_text(n, s->cut_off), s->timed_out > 0 ? " more" : "",
                     s->cut_off == 1 ? " was" : "s were", age(n, ", one in flight for ", s->oldest_cut_off_s),
                     clause(n->arena, ", so its ", moved));
    else if (s->cut_off == 0 && s->timed_out > 0 && *moved)
        sentence_say(n, "%s: with %s its %s.", points_label(n, s),
                     s->timed_out == 1 ? "that timeout" : "those timeouts", moved);
}

static void say_untold(const struct notes *n, const struct summary *s) {
    if (s->untold > 0 && s->completed > 0)
        sentence_say(n, "%s: nothing was told of %s request%s, so its p50 and p99 are those of the others.",
                     points_label(n, s), count_text(n, s->untold), s->untold == 1 ? "" : "s");
}

/* Errors speak for themselves; that time was over before any answer is seen in no line of the page. */
static void say_none(const struct notes *n, const struct summary *s) {
    if (s->completed == 0 && s->failed == 0 && s->cut_off > 0 && ran_out_of_time(n, s))
        sentence_say(n, "%s: no request succeeded: none was answered before the time was over.",
                     points_label(n, s));
}

void unanswered_say(const struct notes *n) {
    for (size_t i = 0; i < n->summaries->count; i++)
        say_none(n, &n->summaries->items[i]);
    say_unfinished(n);
    for (size_t i = 0; i < n->summaries->count; i++) {
        const struct summary *s = &n->summaries->items[i];
        say_not_begun(n, s);
        say_cut_short(n, s);
        say_cut_off(n, s);
        say_untold(n, s);
    }
}
