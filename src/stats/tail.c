/* Sums from below. */
#include "stats/tail.h"

double tail_sum(const double *weights, uint64_t last) {
    double sum = 0;
    for (uint64_t i = 0; i <= last; i++)
        sum += weights[i];
    return sum;
}

bool tail_largest(const double *weights, size_t count, double limit, uint64_t *out) {
    double sum = 0;
    size_t within = 0;
    for (; within < count; within++) {
        sum += weights[within];
        if (sum > limit)
            break;
    }
    if (within == 0)
        return false;
    *out = within - 1;
    return true;
}
