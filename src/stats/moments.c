/* The mean by a sum that cannot overflow, the deviation by a second pass, so that nothing cancels. */
#include "stats/moments.h"

#include <math.h>

double moments_mean(const int64_t *values, size_t count) {
    __extension__ __int128 sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return count ? (double)sum / (double)count : NAN;
}

double moments_stddev(const int64_t *values, size_t count) {
    double mean = moments_mean(values, count), squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += ((double)values[i] - mean) * ((double)values[i] - mean);
    return count ? sqrt(squares / (double)count) : NAN;
}
