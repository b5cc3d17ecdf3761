/* Nearest rank. */
#include "base/rank.h"

#include <float.h>
#include <math.h>

uint64_t rank_nearest(double q, uint64_t n) {
    if (n == 0)
        return 0;
    if (!(q > 0))
        return 1;
    if (q >= 1)
        return n;
    /* q and the product are each rounded once: two half ulps, and as much again for safety. */
    double rank = ceil(q * (double)n * (1 - 2 * DBL_EPSILON));
    if (rank < 1)
        return 1;
    return rank >= (double)n ? n : (uint64_t)rank;
}
