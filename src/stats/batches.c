/* Variance inflation by batch counts. */
#include "stats/batches.h"

#include <math.h>

#define STUDENT_OVER_NORMAL 1.0435 /* t of 29 degrees of freedom over z, both at 97.5 % */

static size_t count_up_to(const int64_t *values, size_t count, int64_t limit) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += values[i] <= limit;
    return found;
}

bool batches_inflation(const int64_t *values, size_t count, int64_t quantile, double *out) {
    if (count < BATCHES * (size_t)BATCHES_LEAST_SIZE)
        return false;
    double share = (double)count_up_to(values, count, quantile) / (double)count, sum = 0;
    for (size_t i = 0; i < BATCHES; i++) {
        size_t first = i * count / BATCHES, size = (i + 1) * count / BATCHES - first;
        double away = (double)count_up_to(values + first, size, quantile) - share * (double)size;
        sum += away * away / (double)size;
    }
    double variance = share * (1 - share);
    double found = variance > 0 ? sum / (BATCHES - 1) / variance : 0;
    *out = fmax(found * STUDENT_OVER_NORMAL * STUDENT_OVER_NORMAL, 1);
    return true;
}

bool batches_widen(struct rank_interval *ranks, uint64_t count, double q, double inflation) {
    double middle = q * (double)count, factor = sqrt(inflation);
    if (!(factor > 1)) /* which rounding must not move */
        return true;
    double low = floor(middle - (middle - (double)ranks->low) * factor);
    double high = ceil(middle + ((double)ranks->high - middle) * factor);
    if (!(low >= 1 && high <= (double)count))
        return false;
    *ranks = (struct rank_interval){(uint64_t)low, (uint64_t)high};
    return true;
}
