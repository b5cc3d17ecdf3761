/* Clock offsets between two looks. */
#include "compare/skew.h"

#include <math.h>

/* The last look that was not after the moment, and the first after it; NULL for none. */
struct looks {
    const struct report_clock *before, *after;
};

static struct looks looks_around(const struct report_list *clocks, double at_s) {
    const struct report_clock *items = clocks->items;
    struct looks found = {0};
    for (size_t i = 0; i < clocks->count; i++) {
        if (items[i].at_s <= at_s && (!found.before || items[i].at_s >= found.before->at_s))
            found.before = &items[i];
        if (items[i].at_s > at_s && (!found.after || items[i].at_s < found.after->at_s))
            found.after = &items[i];
    }
    return found;
}

static double between_s(const struct looks *looks, double at_s) {
    const struct report_clock *a = looks->before, *b = looks->after;
    double passed = (at_s - a->at_s) / (b->at_s - a->at_s);
    return a->offset_s + passed * (b->offset_s - a->offset_s);
}

struct skew skew_of(const struct report_share *share, const struct report_run *run) {
    struct skew unknown = {NAN, NAN};
    double go_s = run->clock_go_s;
    if (!share || !isfinite(go_s) || !isfinite(run->start_agreed_s))
        return unknown;
    struct looks looks = looks_around(&share->clocks, go_s);
    const struct report_clock *only = looks.before ? looks.before : looks.after;
    if (!only)
        return unknown;
    bool is_between = looks.before && looks.after;
    double offset_s = is_between ? between_s(&looks, go_s) : only->offset_s;
    double round_trip_s =
        is_between ? fmax(looks.before->round_trip_s, looks.after->round_trip_s) : only->round_trip_s;
    return (struct skew){.skew_s = go_s - offset_s - run->start_agreed_s, .error_s = round_trip_s / 2};
}
