/* Sentences about how runs ended, and what is to be known of them. */
#include <math.h>
#include <string.h>

#include "compare/design.h"
#include "render/notes.h"
#include "render/page.h"
#include "render/points.h"
#include "render/sentence.h"
#include "render/unanswered.h"
#include "stats/rounds.h"

#define MOST_ENDINGS 20 /* runs whose end is told one by one */

static const char *signal_name(const struct notes *n, int64_t signal) {
    const char *name = signal > 0 && signal < 65 ? sigabbrev_np((int)signal) : NULL;
    if (signal < 0)
        return "";
    return name ? arena_printf(n->arena, " (SIG%s)", name)
                : arena_printf(n->arena, " (signal %lld)", (long long)signal);
}

/* What tells a run from others of its label and round, in parentheses: "" for nothing. */
static const char *run_part(const struct notes *n, const struct report_run *run) {
    const char *point = run->point >= 0 ? points_marked_name(n, run->point) : "";
    const char *role = run->ceiling ? "its ceiling" : run->baseline_repeat ? "its second run" : "";
    if (!*point && !*role)
        return "";
    return arena_printf(n->arena, " (%s%s%s)", point, *point && *role ? ", " : "", role);
}

static const char *run_name(const struct notes *n, const struct report_run *run) {
    const char *label = arena_printf(n->arena, "%s%s", sentence_clean(n, run->label), run_part(n, run));
    return n->summaries->rounds > 1 ? arena_printf(n->arena, "%s, round %lld", label, (long long)run->round)
                                    : label;
}

/* Runs of a label that ended in the same way, which is said once, of the first of them. */
struct alike {
    const char *who;   /* its name */
    const char *times; /* " in 7 of 7 rounds"; "" of a single run */
    const char *first; /* ", first"; likewise */
};

static bool is_of_same_part(const struct report_run *a, const struct report_run *b) {
    return a->point == b->point && a->ceiling == b->ceiling && a->baseline_repeat == b->baseline_repeat &&
           strcmp(a->label, b->label) == 0;
}

static bool ended_alike(const struct report_run *a, const struct report_run *b) {
    const char *one = a->exit.message ? a->exit.message : "", *other = b->exit.message ? b->exit.message : "";
    return is_of_same_part(a, b) && strcmp(a->exit.reason, b->exit.reason) == 0 &&
           a->exit.signal == b->exit.signal && strcmp(one, other) == 0;
}

static bool was_told(const struct report_run *runs, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (ended_alike(&runs[i], &runs[index]))
            return true;
    return false;
}

static struct alike alike_of(const struct notes *n, const struct report_run *run) {
    const struct report_run *runs = n->report->runs.items;
    size_t alike = 0, all = 0;
    for (size_t i = 0; i < n->report->runs.count; i++) {
        alike += ended_alike(&runs[i], run);
        all += is_of_same_part(&runs[i], run);
    }
    if (alike < 2)
        return (struct alike){run_name(n, run), "", ""};
    return (struct alike){arena_printf(n->arena, "%s%s", sentence_clean(n, run->label), run_part(n, run)),
                          arena_printf(n->arena, " in %zu of %zu rounds", alike, all), ", first"};
}

static const char *what_happened(const struct report_exit *e) {
    if (strcmp(e->reason, "crashed") == 0)
        return e->message && e->signal < 0 ? "went wrong" : "crashed";
    return strcmp(e->reason, "killed") == 0 ? "was killed" : "was interrupted";
}

static void say_gave_up(const struct notes *n, const struct report_run *run) {
    const struct report_requests *q = &run->requests;
    if (q->failed == q->total)
        return; /* it had nothing left to give up */
    struct alike a = alike_of(n, run);
    char failures[PAGE_FIGURE], left[PAGE_FIGURE], total[PAGE_FIGURE];
    if (summary_is_unresolved(run, n->report->hosts.count)) {
        sentence_say(n, "%s was not sent%s, since its host does not resolve.", a.who, a.times);
        return;
    }
    const char *unsent =
        q->not_started == 0 ? ""
                            : arena_printf(n->arena, ": %s of %s requests were not sent",
                                           page_grouped(left, q->not_started), page_grouped(total, q->total));
    sentence_say(n, "%s gave up%s%s after %s failures without one success%s. --keep-going lifts that.", a.who,
                 a.times, a.first, page_grouped(failures, q->failed), unsent);
}

static void say_ending(const struct notes *n, const struct report_run *run) {
    char done[PAGE_FIGURE], total[PAGE_FIGURE];
    const struct report_requests *q = &run->requests;
    const char *message = sentence_clean(n, run->exit.message);
    struct alike a = alike_of(n, run);
    int64_t outcomes = q->completed + q->failed;
    if (strcmp(run->exit.reason, "gave_up") == 0) {
        say_gave_up(n, run);
    } else if (q->not_started == q->total && *message) {
        sentence_say(n, "%s did not start%s: %s", a.who, a.times, message);
    } else if (run->warmup && q->not_started == q->total) {
        sentence_say(n, "%s %s%s during its warm-up, before the first of %s requests%s%s.", a.who,
                     what_happened(&run->exit), a.times, page_grouped(total, q->total), *message ? ": " : "",
                     message);
    } else {
        sentence_say(n, "%s %s%s%s%s after %s of %s requests%s%s.%s", a.who, what_happened(&run->exit),
                     *message ? "" : signal_name(n, run->exit.signal), a.times, a.first,
                     page_grouped(done, outcomes), page_grouped(total, q->total), *message ? ": " : "",
                     message, outcomes > 0 ? " What it had measured is kept." : "");
    }
}

/* What is to be known for its figures to be read; of several rounds, the first with anything to say. */
static void say_notes(const struct notes *n, size_t index) {
    const struct report_run *runs = n->report->runs.items, *run = &runs[index];
    const char *const *texts = run->notes.items;
    for (size_t i = 0; i < index && run->notes.count > 0; i++)
        if (runs[i].notes.count > 0 && strcmp(runs[i].label, run->label) == 0)
            return;
    for (size_t i = 0; i < run->notes.count; i++)
        sentence_say(n, "%s: %s.", run_name(n, run), sentence_plain(n, texts[i]));
}

/* All of them, the baseline's second and those against the embedded endpoint too. 0 where it cannot be told:
 * what holds at every point of a sweep is run once, so only a whole round tells. */
static size_t runs_of_a_round(const struct report *report) {
    const struct report_run *runs = report->runs.items;
    size_t first = 0, labels = report->plan.strategies.count;
    bool is_whole = false;
    for (size_t i = 0; i < report->runs.count; i++) {
        first += runs[i].round <= 1;
        is_whole = is_whole || runs[i].round > 1;
    }
    if (is_whole)
        return first;
    if (report->plan.sweep.count > 0)
        return 0;
    bool repeats = labels > 1 && report->plan.rounds >= (int64_t)rounds_least(DESIGN_ALPHA, labels - 1);
    return labels * (report->plan.ceiling ? 2 : 1) + repeats;
}

static void say_missing(const struct notes *n) {
    int64_t rounds = n->report->plan.rounds;
    size_t planned = runs_of_a_round(n->report) * (rounds > 0 ? (size_t)rounds : 1);
    size_t made = n->report->runs.count;
    if (n->report->complete)
        return;
    if (planned == 0)
        sentence_say(n, "Only %zu run%s made, in the first round.", made, made == 1 ? " was" : "s were");
    else if (made < planned)
        sentence_say(n, "Only %zu of %zu runs %s made.", made, planned, made == 1 ? "was" : "were");
}

void notes_endings(const struct notes *n) {
    const struct report_run *runs = n->report->runs.items;
    size_t told = 0;
    for (size_t i = 0; i < n->report->runs.count; i++) {
        if (strcmp(runs[i].exit.reason, "finished") != 0 && !was_told(runs, i) && told++ < MOST_ENDINGS)
            say_ending(n, &runs[i]);
    }
    for (size_t i = 0; i < n->report->runs.count; i++)
        say_notes(n, i);
    if (told > MOST_ENDINGS)
        sentence_say(n, "More runs did not finish, in %zu other ways.", told - MOST_ENDINGS);
    unanswered_say(n);
    say_missing(n);
}
