/* What differs from rank to rank is added where it can be. */
#include "ranks/progress.h"

#include <math.h>

static double add_rates(double one, double other) {
    return isnan(one) ? other : isnan(other) ? one : one + other;
}

void progress_add(struct ranks_progress *sum, const struct ranks_progress *other) {
    if (other->run != sum->run)
        return;
    sum->done += other->done;
    sum->failed += other->failed;
    sum->total += other->total;
    sum->rate_per_s = add_rates(sum->rate_per_s, other->rate_per_s);
}
