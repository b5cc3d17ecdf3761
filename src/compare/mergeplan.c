/* Sums of plans. */
#include "compare/mergeplan.h"

#include <stdlib.h>

#include "base/memory.h"
#include "compare/counts.h"

static void make_room(struct plan_sum *s, const struct report_plan *p) {
    s->stages = memory_zalloc(2 * p->stages.count, sizeof *s->stages);
    s->strategies = memory_zalloc(2 * p->strategies.count, sizeof *s->strategies);
    s->points = memory_zalloc(p->sweep.count, sizeof *s->points);
}

void plan_sum_add(struct plan_sum *s, const struct report_plan *p) {
    const struct report_plan_stage *stages = p->stages.items;
    const struct report_plan_strategy *strategies = p->strategies.items;
    const struct report_plan_point *points = p->sweep.items;
    if (s->parts++ == 0)
        make_room(s, p);
    counts_add(&s->requests, p->requests);
    counts_add(&s->concurrency, p->concurrency);
    counts_add(&s->warmup_requests, p->warmup_requests);
    total_add(&s->rate_per_s, p->rate_per_s);
    for (size_t i = 0; i < p->stages.count; i++) {
        total_add(&s->stages[2 * i], stages[i].from_per_s);
        total_add(&s->stages[2 * i + 1], stages[i].to_per_s);
    }
    for (size_t i = 0; i < p->strategies.count; i++) {
        counts_add(&s->strategies[2 * i], strategies[i].concurrency);
        counts_add(&s->strategies[2 * i + 1], strategies[i].threads);
    }
    for (size_t i = 0; i < p->sweep.count; i++)
        counts_add(&s->points[i], points[i].concurrency);
}

void plan_sum_fill(const struct plan_sum *s, struct report_plan *p) {
    struct report_plan_stage *stages = p->stages.items;
    struct report_plan_strategy *strategies = p->strategies.items;
    struct report_plan_point *points = p->sweep.items;
    p->requests = s->requests;
    p->concurrency = s->concurrency;
    p->warmup_requests = s->warmup_requests;
    p->rate_per_s = total_value(&s->rate_per_s);
    for (size_t i = 0; i < p->stages.count; i++) {
        stages[i].from_per_s = total_value(&s->stages[2 * i]);
        stages[i].to_per_s = total_value(&s->stages[2 * i + 1]);
    }
    for (size_t i = 0; i < p->strategies.count; i++) {
        strategies[i].concurrency = s->strategies[2 * i];
        strategies[i].threads = s->strategies[2 * i + 1];
    }
    for (size_t i = 0; i < p->sweep.count; i++)
        points[i].concurrency = s->points[i];
}

void plan_sum_fini(struct plan_sum *s) {
    free(s->stages);
    free(s->strategies);
    free(s->points);
    *s = (struct plan_sum){0};
}
