/* One row per rank, and two thresholds: all are there, and all are settled. */
#include "ranks/gathering.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define WHY_BYTES 1024
#define USAGE 2 /* the exit status */

void gathering_init(struct gathering *g, int64_t size) {
    *g = (struct gathering){.size = size};
    g->ranks = memory_zalloc((size_t)size, sizeof *g->ranks);
}

void gathering_fini(struct gathering *g) {
    for (int64_t i = 0; i < g->size; i++)
        free(g->ranks[i].refusal);
    free(g->ranks);
}

void gathering_refuse(struct gathering *g, int64_t rank, const char *why, int64_t status) {
    struct gathering_rank *r = &g->ranks[rank];
    if (r->refusal)
        return;
    r->refusal = memory_strdup(why);
    r->status = status;
}

void gathering_greet(struct gathering *g, int64_t rank, bool same_words) {
    g->ranks[rank].here = true;
    if (!same_words)
        gathering_refuse(g, rank, "it was started with other words than rank 0", USAGE);
}

/* Runs are known by their numbers. */
void gathering_settle(struct gathering *g, int64_t rank, const char *modes, const char *modes_of_first) {
    char why[WHY_BYTES];
    g->ranks[rank].settled = true;
    if (strcmp(modes, modes_of_first) == 0)
        return;
    snprintf(why, sizeof why, "it can run %.400s and rank 0 %.400s, so name the modes by -M", modes,
             modes_of_first);
    gathering_refuse(g, rank, why, USAGE);
}

void gathering_lose(struct gathering *g, int64_t rank) {
    g->ranks[rank].lost = true;
}

static bool is_awaited(const struct gathering *g, const struct gathering_rank *r) {
    return !r->lost && !r->refusal && !(g->ordered ? r->settled : r->here);
}

enum gathering_due gathering_step(struct gathering *g) {
    bool refused = false;
    for (int64_t i = 0; i < g->size; i++) {
        if (is_awaited(g, &g->ranks[i]))
            return GATHERING_WAITS;
        refused = refused || g->ranks[i].refusal;
    }
    if (refused)
        return GATHERING_ENDS;
    if (g->ordered)
        return GATHERING_BEGINS;
    g->ordered = true;
    return GATHERING_ORDERS;
}
