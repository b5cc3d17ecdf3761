/* Reasons, each a sentence that names the sides and the figures. */
#include "compare/refusal.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "compare/floor.h"
#include "plan/plan.h"
#include "stats/judgement.h"

#define MOST_HEAD 16384. /* bytes of an answer's head, more than servers send: ours */
#define CHANCE 3         /* standard deviations by which shares of failures may differ: ours */

/* What a side did in all its rounds. */
struct tally {
    double completed, failed, bytes, opened, requests;
    double total, cut_off; /* requests; of those, in flight or not begun when the time was over */
    double due, missed;    /* the same of those that were due, in an open loop */
    double broken_off;     /* in flight, so that any part of their answers is among the bytes */
    double answers, bad;   /* with a known status, and those of them that are not 2xx/3xx */
    double concurrency;
    bool bodies_alone;      /* bytes are those of bodies: an outside program told them */
    bool connections_told;  /* by every run */
    const char *unfinished; /* how the first that did not finish ended; NULL when all did */
    size_t unfinished_count;
};

void refusal_say(struct report *r, struct report_list *reasons, const char *format, ...) {
    struct buf text;
    va_list arguments;
    buf_init(&text, 1 << 16);
    va_start(arguments, format);
    buf_vprintf(&text, format, arguments);
    va_end(arguments);
    const char **item = report_list_add(r, reasons, sizeof *item);
    *item = arena_strdup(&r->arena, buf_text(&text));
    buf_fini(&text);
}

static void tally_statuses(struct tally *t, const struct report_run *run) {
    const struct report_count *codes = run->status_codes.items;
    for (size_t i = 0; i < run->status_codes.count; i++) {
        long status = strtol(codes[i].key, NULL, 10);
        t->answers += (double)codes[i].count;
        t->bad += status < 200 || status > 399 ? (double)codes[i].count : 0;
    }
}

static void tally_run(struct tally *t, const struct report_run *run) {
    t->completed += (double)run->requests.completed;
    t->failed += (double)run->requests.failed;
    t->requests += (double)(run->requests.completed + run->requests.failed);
    t->total += (double)run->requests.total;
    t->cut_off += (double)(run->requests.unfinished + run->requests.not_started);
    double overdue = run->requests.overdue > 0 ? (double)run->requests.overdue : 0;
    t->due += (double)(run->requests.total - run->requests.not_started) + overdue;
    t->missed += (double)run->requests.unfinished + overdue;
    t->broken_off += (double)(run->requests.unfinished + run->requests.cancelled);
    tally_statuses(t, run);
    t->bytes += run->bytes_received < 0 ? NAN : (double)run->bytes_received;
    t->bodies_alone = t->bodies_alone || strcmp(run->strategy, PLAN_EXEC) == 0;
    t->connections_told = t->connections_told && run->client.connections_opened >= 0;
    t->opened += (double)run->client.connections_opened;
    t->concurrency = fmax(t->concurrency, (double)run->concurrency);
    if (strcmp(run->exit.reason, "finished") == 0)
        return;
    t->unfinished = t->unfinished                              ? t->unfinished
                    : strcmp(run->exit.reason, "gave_up") == 0 ? "gave up"
                                                               : run->exit.reason;
    t->unfinished_count++;
}

static struct tally tally_of(const struct side *side) {
    struct tally t = {.connections_told = true};
    for (size_t i = 0; i < side->count; i++)
        if (side->rounds[i])
            tally_run(&t, side->rounds[i]);
    return t;
}

/* Two runs of one side that failed the same check are one reason. */
static bool was_said(const struct side *side, size_t round, size_t row, const char *check) {
    for (size_t i = 0; i <= round; i++) {
        const struct report_run *run = side->rounds[i];
        const struct report_trust *rows = run ? run->trust.items : NULL;
        size_t count = !run ? 0 : i < round ? run->trust.count : row;
        for (size_t j = 0; j < count; j++)
            if (rows[j].invalidates && strcmp(rows[j].status, "fail") == 0 &&
                strcmp(rows[j].check, check) == 0)
                return true;
    }
    return false;
}

static void find_failed_checks(struct report *r, struct report_list *reasons, const struct party *party) {
    for (size_t i = 0; i < party->side->count; i++) {
        const struct report_run *run = party->side->rounds[i];
        const struct report_trust *rows = run ? run->trust.items : NULL;
        for (size_t j = 0; run && j < run->trust.count; j++) {
            if (!rows[j].invalidates || strcmp(rows[j].status, "fail") != 0 ||
                was_said(party->side, i, j, rows[j].check))
                continue;
            refusal_say(r, reasons, "the check %s failed in round %" PRId64 " of %s (%.4g, limit %.4g)",
                        rows[j].check, run->round, party->name, rows[j].value, rows[j].threshold);
        }
    }
}

void refusal_find_bound_client(struct report *r, struct report_list *reasons, const struct party *party) {
    size_t bound = 0;
    for (size_t i = 0; i < party->side->count; i++) {
        const struct report_run *run = party->side->rounds[i];
        bound += run && run->limited_by && strcmp(run->limited_by, "client") == 0;
    }
    if (2 * bound > party->side->made)
        refusal_say(r, reasons, "the client was the limit in %zu of %zu runs of %s", bound, party->side->made,
                    party->name);
}

void refusal_find_noise(struct report *r, struct report_list *reasons, const struct report_noise_floor *floor,
                        const char *name) {
    char text[UNITS_TEXT];
    double margin = floor_margin(floor);
    if (margin > JUDGEMENT_ALIKE_MOST)
        refusal_say(r, reasons, "%s differs from itself by up to %s", name,
                    units_write_percent(text, margin, 2));
}

void refusal_find_faults(struct report *r, struct report_list *reasons, const struct party *party) {
    struct tally t = tally_of(party->side);
    if (t.unfinished)
        refusal_say(r, reasons, "%zu of %zu run%s of %s did not finish (%s)", t.unfinished_count,
                    party->side->made, party->side->made == 1 ? "" : "s", party->name, t.unfinished);
    else if (t.cut_off > 0 && party->load == LOAD_COUNTED)
        refusal_say(r, reasons, "%.0f of %.0f requests of %s had no answer when its time was over", t.cut_off,
                    t.total, party->name);
    find_failed_checks(r, reasons, party);
    if (t.failed > REFUSAL_ERRORS * t.requests)
        refusal_say(r, reasons, "%.3g %% of the requests of %s failed, and at most %.3g %% may",
                    100 * t.failed / t.requests, party->name, 100 * REFUSAL_ERRORS);
}

struct failed_share {
    double count, of;
};

/* Shares that differ by more than chance explains, were the requests independent. */
static bool are_unequal(struct failed_share a, struct failed_share b) {
    double pooled = (a.count + b.count) / (a.of + b.of);
    double variance = pooled * (1 - pooled) * (1 / a.of + 1 / b.of);
    double difference = fabs(a.count / a.of - b.count / b.of);
    return a.of > 0 && b.of > 0 && (variance > 0 ? difference > CHANCE * sqrt(variance) : difference > 0);
}

/* In a closed loop for a given time, as many as are in flight are cut off, which is nobody's fault. At a rate
 * they are more where answers are slower; what counts is those that would have made a difference. */
static void find_cut_off(struct report *r, struct report_list *reasons, const struct party *baseline,
                         const struct party *strategy) {
    struct tally a = tally_of(baseline->side), b = tally_of(strategy->side);
    double first = a.missed / a.due, second = b.missed / b.due;
    if (baseline->load != LOAD_OPEN || !(fabs(first - second) > REFUSAL_CUT_OFF) ||
        !are_unequal((struct failed_share){a.missed, a.due}, (struct failed_share){b.missed, b.due}))
        return;
    refusal_say(
        r, reasons,
        "%.3g %% of the requests due of %s had no answer when the time was over, and %.3g %% of those "
        "of %s",
        100 * first, baseline->name, 100 * second, strategy->name);
}

void refusal_find_failures(struct report *r, struct report_list *reasons, const struct party *baseline,
                           const struct party *strategy) {
    struct tally a = tally_of(baseline->side), b = tally_of(strategy->side);
    bool told = a.failed > REFUSAL_ERRORS * a.requests || b.failed > REFUSAL_ERRORS * b.requests;
    if (!told &&
        are_unequal((struct failed_share){a.failed, a.requests}, (struct failed_share){b.failed, b.requests}))
        refusal_say(r, reasons, "failures are unequal: %.0f of %.0f requests of %s, %.0f of %.0f of %s",
                    a.failed, a.requests, baseline->name, b.failed, b.requests, strategy->name);
    if (!told &&
        are_unequal((struct failed_share){a.bad, a.answers}, (struct failed_share){b.bad, b.answers}))
        refusal_say(r, reasons, "%.3g %% of the answers to %s were not 2xx/3xx, and %.3g %% of those to %s",
                    100 * a.bad / a.answers, baseline->name, 100 * b.bad / b.answers, strategy->name);
    find_cut_off(r, reasons, baseline, strategy);
}

/* Bodies alone, as a program tells them, beside answers with their heads, in bytes of each: a body is no
 * larger than its answer, and what is more is a head. 0 is what a program tells that leaves them out. */
static bool is_impossible(double bodies, double answers) {
    double slack = REFUSAL_BYTES * answers;
    return bodies > answers + slack || (bodies > 0 && answers - bodies > MOST_HEAD + slack);
}

/* Whether an answer to the one is larger, even if all that were broken off were whole but for the end. */
static bool is_larger(const struct tally *a, const struct tally *b) {
    double least = a->bytes / (a->completed + a->broken_off), most = b->bytes / b->completed;
    return least - most > REFUSAL_BYTES * least;
}

static bool is_unequal(const struct tally *a, const struct tally *b) {
    double first = a->bytes / a->completed, second = b->bytes / b->completed;
    if (a->bodies_alone != b->bodies_alone)
        return a->bodies_alone ? is_impossible(first, second) : is_impossible(second, first);
    return is_larger(a, b) || is_larger(b, a);
}

static const char *note_on(const struct tally *t, const struct tally *other) {
    return t->bodies_alone && !other->bodies_alone ? " (bodies alone)" : "";
}

static void find_bytes(struct report *r, struct report_list *reasons, const struct party *baseline,
                       const struct party *strategy) {
    struct tally a = tally_of(baseline->side), b = tally_of(strategy->side);
    if (is_unequal(&a, &b))
        refusal_say(r, reasons, "answers are unequal: %.1f bytes each to %s%s, %.1f to %s%s",
                    a.bytes / a.completed, baseline->name, note_on(&a, &b), b.bytes / b.completed,
                    strategy->name, note_on(&b, &a));
}

/* 1: connections were kept, 0: each request had its own, -1: so few requests do not tell. A connection per
 * request in flight and host is due in either case. */
static int keeps_connections(const struct report *r, const struct side *side) {
    struct tally t = tally_of(side);
    double hosts = fmin(fmax((double)r->target.hosts, 1), PLAN_CONNECTIONS);
    if (!t.connections_told || t.requests <= 0 || t.requests < 2 * hosts * t.concurrency * (double)side->made)
        return -1;
    return t.opened >= 0.9 * t.requests ? 0 : t.opened <= 0.5 * t.requests ? 1 : -1;
}

static void find_connections(struct report *r, struct report_list *reasons, const struct party *baseline,
                             const struct party *strategy) {
    int first = keeps_connections(r, baseline->side), second = keeps_connections(r, strategy->side);
    if (first < 0 || second < 0 || first == second)
        return;
    const struct party *keeper = first ? baseline : strategy, *other = first ? strategy : baseline;
    struct tally kept = tally_of(keeper->side), opened = tally_of(other->side);
    refusal_say(r, reasons, "%s kept its connections (%.0f for %.0f requests) and %s did not (%.0f for %.0f)",
                keeper->name, kept.opened, kept.requests, other->name, opened.opened, opened.requests);
}

void refusal_find_unlike(struct report *r, struct report_list *reasons, const struct party *baseline,
                         const struct party *strategy) {
    find_bytes(r, reasons, baseline, strategy);
    find_connections(r, reasons, baseline, strategy);
}

void refusal_find_differences(struct report *r, struct report_list *reasons, const struct party *baseline,
                              const struct party *strategy) {
    refusal_find_failures(r, reasons, baseline, strategy);
    refusal_find_unlike(r, reasons, baseline, strategy);
}
