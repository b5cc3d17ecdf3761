/* What a report says of the share of a load that it is of. */
#include "report/ownshare.h"

#include <unistd.h>

#include "report/fields.h"

#define HOST_NAME_BYTES 256

static const char *host_name(struct report *r) {
    char name[HOST_NAME_BYTES] = "";
    if (gethostname(name, sizeof name - 1) || !*name)
        return NULL;
    return arena_strdup(&r->arena, name);
}

static struct report_share *open_share(struct report *r) {
    if (r->share)
        return r->share;
    r->share = arena_alloc(&r->arena, sizeof *r->share);
    shape_clear(&report_share_shape, r->share);
    r->share->count = 1;
    r->share->host = host_name(r);
    return r->share;
}

void ownshare_fill(struct report *r, const struct plan *plan) {
    if (plan->share.count <= 1)
        return;
    struct report_share *share = open_share(r);
    share->index = plan->share.index;
    share->count = plan->share.count;
}

void report_set_share(struct report *r, const char *launcher, const char *load) {
    struct report_share *share = open_share(r);
    share->launcher = arena_strdup(&r->arena, launcher);
    share->load = arena_strdup(&r->arena, load);
}

void report_add_clock(struct report *r, double at_s, double offset_s, double round_trip_s) {
    struct report_clock *clock = report_list_add(r, &open_share(r)->clocks, sizeof *clock);
    *clock = (struct report_clock){.at_s = at_s, .offset_s = offset_s, .round_trip_s = round_trip_s};
}

void report_set_start(struct report *r, double start_agreed_s) {
    struct report_run *runs = r->runs.items;
    if (r->runs.count > 0)
        runs[r->runs.count - 1].start_agreed_s = start_agreed_s;
}
