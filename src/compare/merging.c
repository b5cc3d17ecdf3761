/* The parts of a load, taken one after another. */
#include "compare/merging.h"

#include <stdlib.h>
#include <string.h>

#include "compare/alike.h"
#include "compare/hosts.h"
#include "compare/mergeparts.h"
#include "compare/mergeplan.h"
#include "compare/mergerun.h"
#include "compare/missing.h"
#include "compare/remarks.h"
#include "compare/seen.h"
#include "plan/share.h"

#define NO_REPORT "its report is missing"

struct lost_share {
    int64_t index;
    const char *host, *why;
};

struct run_slot {
    struct mergerun *sum;
};

struct merging {
    struct report *whole; /* in its arena is all that stays of parts */
    struct report *first; /* the part of the lowest rank so far, kept for what does not add up */
    const char *first_name;
    int64_t first_rank;
    int64_t shares;    /* that the load was split into; -1: parts tell of none */
    const char *load;  /* of the parts' launch */
    int64_t next_rank; /* of a part that tells of none */
    struct plan_sum plan;
    struct report_list runs;       /* struct run_slot */
    struct report_list lost;       /* struct lost_share */
    struct report_list thresholds; /* const char * */
    struct seen seen;
    struct mergerun_place place;
    struct err broken; /* why sums have a part of what was refused */
};

/* The report that is being added. */
struct part {
    const char *name;
    struct report *report;
    int64_t rank, shares; /* rank: of several the first */
    const char *load;
};

struct merging *merging_open(void) {
    struct merging *m = memory_zalloc(1, sizeof *m);
    m->whole = report_open();
    m->shares = -1;
    m->place = (struct mergerun_place){m->whole, memory_zalloc(1, sizeof(struct histogram))};
    return m;
}

static struct mergerun *run_at(const struct merging *m, size_t i) {
    return ((const struct run_slot *)m->runs.items)[i].sum;
}

static void fini(struct merging *m) {
    for (size_t i = 0; i < m->runs.count; i++)
        mergerun_fini(run_at(m, i));
    m->runs.count = 0;
    plan_sum_fini(&m->plan);
    seen_fini(&m->seen);
    free(m->place.scratch);
    m->place.scratch = NULL;
}

void merging_close(struct merging *m) {
    if (!m)
        return;
    fini(m);
    report_close(m->first);
    report_close(m->whole);
    free(m);
}

static int64_t lowest_rank(const struct report_list *hosts) {
    const struct report_host *rows = hosts->items;
    int64_t lowest = INT64_MAX;
    for (size_t i = 0; i < hosts->count; i++)
        lowest = !hosts_is_missing(&rows[i]) && rows[i].rank < lowest ? rows[i].rank : lowest;
    return lowest < INT64_MAX ? lowest : 0;
}

static struct part part_of(const struct merging *m, const char *name, struct report *report) {
    struct part p = {.name = name, .report = report, .rank = m->next_rank, .shares = -1};
    if (report->share) {
        p.rank = report->share->index;
        p.shares = report->share->count;
        p.load = report->share->load;
    } else if (report->merged && report->merged->shares > 0 && report->hosts.count > 0) {
        p.rank = lowest_rank(&report->hosts);
        p.shares = report->merged->shares;
        p.load = report->merged->load;
    }
    return p;
}

static int check_numbers(const struct merging *m, const struct part *p, struct err *err) {
    if (p->shares > SHARE_MOST)
        return err_set(err, ERR_USAGE, "%s says that it is one of %lld shares, and there are %d at most",
                       p->name, (long long)p->shares, SHARE_MOST);
    if (!m->first || p->shares == m->shares)
        return 0;
    if (p->shares < 0 || m->shares < 0)
        return err_set(err, ERR_USAGE, "%s says which share of a load it is, and %s does not",
                       p->shares < 0 ? m->first_name : p->name, p->shares < 0 ? p->name : m->first_name);
    return err_set(err, ERR_USAGE, "%s is of a load in %lld shares, and %s of one in %lld", m->first_name,
                   (long long)m->shares, p->name, (long long)p->shares);
}

/* What lies about of an earlier launch of the same names has the same plan. */
static int check_launch(const struct merging *m, const struct part *p, struct err *err) {
    bool is_same = m->load && p->load ? strcmp(m->load, p->load) == 0 : m->load == p->load;
    if (!m->first || is_same)
        return 0;
    return err_set(err, ERR_USAGE, "%s and %s are of different launches, so they are no parts of one load",
                   m->first_name, p->name);
}

static int check_new(const struct merging *m, const struct part *p, int64_t rank, struct err *err) {
    if (p->shares >= 0 && rank >= p->shares)
        return err_set(err, ERR_USAGE, "%s says that it is share %lld of %lld, which there cannot be",
                       p->name, (long long)rank + 1, (long long)p->shares);
    const struct report_host *had = p->shares < 0 ? NULL : hosts_find(m->whole, rank);
    if (!had)
        return 0;
    return err_set(err, ERR_USAGE, "%s and %s are both share %lld of %lld", had->report, p->name,
                   (long long)rank + 1, (long long)p->shares);
}

static int check_shares(const struct merging *m, const struct part *p, struct err *err) {
    const struct report_host *rows = p->report->hosts.items;
    if (check_numbers(m, p, err) || check_launch(m, p, err))
        return -1;
    if (p->report->hosts.count == 0)
        return check_new(m, p, p->rank, err);
    for (size_t i = 0; i < p->report->hosts.count; i++)
        if (!hosts_is_missing(&rows[i]) && check_new(m, p, rows[i].rank, err))
            return -1;
    return 0;
}

static int check(struct merging *m, const struct part *p, struct err *err) {
    if (seen_add(&m->seen, p->name, p->report, err))
        return -1;
    if (m->first) {
        const struct merge_part first = {m->first_name, m->first}, other = {p->name, p->report};
        if (alike_check_two(ALIKE_SHARES, &first, &other, err))
            return -1;
    }
    return check_shares(m, p, err);
}

/* Parts have the same runs in the same order, nearly always. */
static struct mergerun *find_run(struct merging *m, const struct report_run *run, size_t likely) {
    if (likely < m->runs.count && mergerun_is_same(mergerun_told(run_at(m, likely)), run))
        return run_at(m, likely);
    for (size_t i = 0; i < m->runs.count; i++)
        if (mergerun_is_same(mergerun_told(run_at(m, i)), run))
            return run_at(m, i);
    struct run_slot *slot = report_list_add(m->whole, &m->runs, sizeof *slot);
    slot->sum = mergerun_open(&m->place, run);
    return slot->sum;
}

static int add_runs(struct merging *m, const struct part *p, struct err *err) {
    const struct report_run *runs = p->report->runs.items;
    for (size_t i = 0; i < p->report->runs.count; i++) {
        struct err why = {0};
        struct hosts_start start = hosts_start_of(p->report, i);
        struct mergerun_source source = {p->rank, start.begin_s, start.is_known};
        if (mergerun_add(find_run(m, &runs[i], i), &m->place, &runs[i], &source, &why))
            return err_set(err, ERR_USAGE, "%s: %s, round %lld: %s", p->name, runs[i].label,
                           (long long)runs[i].round, why.text);
    }
    return 0;
}

static void note_lost(struct merging *m, const struct report *part) {
    const struct report_host *rows = part->hosts.items;
    for (size_t i = 0; i < part->hosts.count; i++)
        if (hosts_is_missing(&rows[i]) && strcmp(rows[i].lost, NO_REPORT) != 0)
            merging_lost(m, rows[i].rank, rows[i].host, rows[i].lost);
}

static void span(struct merging *m, const struct report *part) {
    struct report *whole = m->whole;
    if (!m->first) {
        whole->started_at = arena_strdup(&whole->arena, part->started_at);
        whole->finished_at = arena_strdup(&whole->arena, part->finished_at);
        whole->seed = part->seed;
        whole->complete = true;
    }
    mergeparts_span(whole, part);
}

static int add(struct merging *m, const struct part *p, struct err *err) {
    if (check(m, p, err))
        return -1;
    if (add_runs(m, p, &m->broken)) {
        *err = m->broken;
        return -1;
    }
    hosts_add(m->whole, p->name, p->report, p->shares < 0 ? p->rank : 0);
    note_lost(m, p->report);
    plan_sum_add(&m->plan, &p->report->plan);
    mergeparts_add_thresholds(m->whole, &m->thresholds, p->report);
    span(m, p->report);
    m->shares = p->shares;
    m->load = arena_strdup(&m->whole->arena, p->load);
    m->next_rank += p->report->hosts.count > 0 ? (int64_t)p->report->hosts.count : 1;
    return 0;
}

static void swap_first(struct merging *m, struct part *p) {
    struct report *other = m->first;
    m->first = p->report;
    m->first_name = arena_strdup(&m->whole->arena, p->name);
    m->first_rank = p->rank;
    p->report = other;
}

int merging_add(struct merging *m, const char *name, struct report *part, struct err *err) {
    struct part p = part_of(m, name, part);
    int failed = add(m, &p, err);
    if (!failed && (!m->first || p.rank < m->first_rank))
        swap_first(m, &p);
    report_close(p.report);
    return failed;
}

void merging_lost(struct merging *m, int64_t index, const char *host, const char *why) {
    struct arena *a = &m->whole->arena;
    struct lost_share *lost = report_list_add(m->whole, &m->lost, sizeof *lost);
    *lost = (struct lost_share){index, arena_strdup(a, host), arena_strdup(a, why)};
}

static const struct lost_share *find_lost(const struct merging *m, int64_t index) {
    const struct lost_share *lost = m->lost.items;
    for (size_t i = 0; i < m->lost.count; i++)
        if (lost[i].index == index)
            return &lost[i];
    return NULL;
}

/* All that were added are complete, and none is missing. */
static bool is_complete(const struct report_list *hosts) {
    const struct report_host *rows = hosts->items;
    for (size_t i = 0; i < hosts->count; i++)
        if (rows[i].lost || !rows[i].complete)
            return false;
    return true;
}

/* A part that broke off has what it had done until then; why a whole one was given up is no matter. */
static void note_broken_off(struct merging *m, struct report_host *row, const struct lost_share *lost) {
    if (lost && !row->complete && !row->lost)
        row->lost = arena_printf(&m->whole->arena, "its share is not whole: %s", lost->why);
}

static void add_missing(struct merging *m) {
    struct report *whole = m->whole;
    size_t there = whole->hosts.count, at = 0;
    hosts_sort(whole);
    for (int64_t i = 0; i < m->shares; i++) {
        struct report_host *rows = whole->hosts.items;
        const struct lost_share *lost = find_lost(m, i);
        if (at < there && rows[at].rank == i)
            note_broken_off(m, &rows[at++], lost);
        else
            hosts_add_lost(whole, i, lost ? lost->host : NULL, lost ? lost->why : NO_REPORT);
    }
    hosts_sort(whole);
}

static int by_order(const void *a, const void *b) {
    const struct report_run *first = mergerun_told(((const struct run_slot *)a)->sum),
                            *second = mergerun_told(((const struct run_slot *)b)->sum);
    if (first->round != second->round)
        return first->round < second->round ? -1 : 1;
    if (first->order != second->order)
        return first->order < second->order ? -1 : 1;
    if (first->point != second->point)
        return first->point < second->point ? -1 : 1;
    return strcmp(first->label, second->label);
}

static int fill_runs(struct merging *m, struct err *err) {
    if (m->runs.count > 1)
        qsort(m->runs.items, m->runs.count, sizeof(struct run_slot), by_order);
    for (size_t i = 0; i < m->runs.count; i++) {
        struct report_run *run = report_list_add(m->whole, &m->whole->runs, sizeof *run);
        if (mergerun_fill(run_at(m, i), &m->place, run, err))
            return -1;
    }
    return 0;
}

static void fill_merged(struct merging *m) {
    struct report *whole = m->whole;
    const struct report_host *rows = whole->hosts.items;
    struct report_merged *merged = arena_alloc(&whole->arena, sizeof *merged);
    *merged = (struct report_merged){.as = "shares", .shares = m->shares, .load = m->load};
    for (size_t i = 0; i < whole->hosts.count; i++)
        if (!hosts_is_missing(&rows[i]))
            *(struct report_part *)report_list_add(whole, &merged->parts, sizeof(struct report_part)) =
                (struct report_part){.name = rows[i].report,
                                     .started_at =
                                         rows[i].started_at ? rows[i].started_at : whole->started_at,
                                     .finished_at = rows[i].finished_at};
    whole->merged = merged;
}

/* The first report becomes the whole, and takes what was added up. */
static struct report *hand_over(struct merging *m) {
    struct report *from = m->whole, *whole = m->first;
    arena_take(&whole->arena, &from->arena);
    plan_sum_fill(&m->plan, &whole->plan);
    whole->started_at = from->started_at;
    whole->finished_at = from->finished_at;
    whole->seed = from->seed;
    whole->complete = from->complete;
    whole->runs = from->runs;
    whole->hosts = from->hosts;
    whole->merged = from->merged;
    whole->share = NULL;
    m->first = NULL;
    mergeparts_judge(whole, &m->thresholds);
    fini(m); /* what stood in the arena goes with the whole, which may be closed before m is */
    return whole;
}

struct report *merging_finish(struct merging *m, struct err *err) {
    if (!m->first) {
        err_set(err, ERR_USAGE, "there is no report of any share");
        return NULL;
    }
    if (m->broken.kind != ERR_NONE) {
        *err = m->broken;
        return NULL;
    }
    if (fill_runs(m, err) || missing_note(m->whole, err))
        return NULL;
    add_missing(m);
    remarks_fill(m->whole);
    m->whole->complete = is_complete(&m->whole->hosts);
    fill_merged(m);
    return hand_over(m);
}
