/* A small hash table over the targets found so far: a list may have a million lines and lead to few. */
#include "http/targets.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "http/target.h"

#define BUCKETS 4096 /* a power of two, well above PLAN_TARGETS */

struct finder {
    struct plan *plan;
    uint16_t places[BUCKETS]; /* of targets, plus 1; 0 is free */
};

/* FNV-1a. */
static uint32_t hash(uint32_t from, const char *text) {
    for (; *text; text++)
        from = (from ^ (unsigned char)*text) * 16777619U;
    return from;
}

/* The bucket that holds the target, or the free one where it belongs. */
static uint16_t *bucket_of(struct finder *f, const struct target *t) {
    uint32_t at = hash(hash(2166136261U, t->host), t->port);
    for (;; at++) {
        uint16_t *bucket = &f->places[at % BUCKETS];
        if (!*bucket)
            return bucket;
        const struct target *known = &f->plan->targets[*bucket - 1];
        if (strcmp(known->host, t->host) == 0 && strcmp(known->port, t->port) == 0)
            return bucket;
    }
}

static int add(struct finder *f, const struct target *t, size_t *index, struct err *err) {
    struct plan *plan = f->plan;
    uint16_t *bucket = bucket_of(f, t);
    if (!*bucket) {
        if (plan->target_count == PLAN_TARGETS)
            return err_set(err, ERR_USAGE,
                           "%.100s:%s is one more than the %d different hosts and ports that "
                           "URLs may lead to",
                           t->host, t->port, PLAN_TARGETS);
        plan->targets[plan->target_count++] = *t;
        *bucket = (uint16_t)plan->target_count;
    }
    *index = *bucket - 1U;
    plan->targets[*index].tls |= t->tls;
    return 0;
}

/* A URL whose places change its host would need a name looked up for each request. */
static int read_turn(const struct urls *urls, size_t turn, struct target *out, struct err *err) {
    char url[TEMPLATE_URL_BYTES], other_url[TEMPLATE_URL_BYTES];
    struct target other;
    urls_choose(urls, (int64_t)turn, TEMPLATE_ONE, url);
    if (target_parse(url, out, err))
        return -1;
    urls_choose(urls, (int64_t)turn, TEMPLATE_OTHER, other_url);
    if (strcmp(url, other_url) == 0)
        return 0;
    if (target_parse(other_url, &other, err))
        return -1;
    if (strcmp(out->host, other.host) == 0 && strcmp(out->port, other.port) == 0)
        return 0;
    return err_set(err, ERR_USAGE,
                   "the host and port must be the same for every request: {i}, {uuid} and {random:A-B} may "
                   "stand only in the path or the query");
}

static int read_all(struct finder *f, struct urls *urls, struct err *err) {
    for (size_t turn = 0; turn < urls_count(urls); turn++) {
        struct target target;
        size_t index = 0;
        if (read_turn(urls, turn, &target, err) || add(f, &target, &index, err))
            return urls_prefix(urls, turn, err);
        urls_set_target(urls, turn, index);
    }
    return 0;
}

/* It is none of the plan's, so it stands behind the last of them. */
static int read_ceiling(struct plan *plan, struct err *err) {
    if (!plan->ceiling)
        return 0;
    urls_set_target(&plan->ceiling_urls, 0, plan->target_count);
    return read_turn(&plan->ceiling_urls, 0, &plan->targets[plan->target_count], err);
}

int targets_find(struct plan *plan, struct err *err) {
    struct finder f = {.plan = plan};
    plan->targets = memory_zalloc(PLAN_TARGETS + 1, sizeof *plan->targets);
    for (size_t i = 0; i < plan->point_count; i++)
        if (plan->points[i].name && read_all(&f, &plan->points[i].urls, err))
            return -1;
    if (!plan->sweep && read_all(&f, &plan->urls, err))
        return -1;
    return read_ceiling(plan, err);
}
