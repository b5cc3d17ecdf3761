/* Shares interleave: number by number, in turn. */
#include "plan/share.h"

static int64_t count_of(const struct share *share) {
    return share->count > 1 ? share->count : 1;
}

int64_t share_part(const struct share *share, int64_t total) {
    int64_t before = count_of(share) - 1 - share->index;
    return (total + before) / count_of(share);
}

int64_t share_number(const struct share *share, int64_t nth) {
    return nth * count_of(share) + share->index;
}

double share_phase(const struct share *share) {
    return (double)share->index / (double)count_of(share);
}
