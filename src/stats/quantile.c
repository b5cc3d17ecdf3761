/* Quantiles of sorted samples, and the median over rounds. */
#include "stats/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rank.h"

static int compare_integers(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void quantile_sort(int64_t *values, size_t count) {
    if (count > 1)
        qsort(values, count, sizeof *values, compare_integers);
}

void quantile_sort_reals(double *values, size_t count) {
    if (count > 1)
        qsort(values, count, sizeof *values, compare_doubles);
}

int64_t quantile_nearest(const int64_t *sorted, size_t count, double q) {
    return count ? sorted[rank_nearest(q, count) - 1] : -1;
}

static double median_of_sorted(const double *sorted, size_t count) {
    double upper = sorted[count / 2], lower = sorted[(count - 1) / 2];
    return lower < upper ? lower + (upper - lower) / 2 : upper; /* not the difference of two infinities */
}

double quantile_median(const double *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (isnan(values[i]))
            return NAN;
    if (count == 0)
        return NAN;
    double *sorted = memory_zalloc(count, sizeof *sorted);
    memcpy(sorted, values, count * sizeof *sorted);
    quantile_sort_reals(sorted, count);
    double median = median_of_sorted(sorted, count);
    free(sorted);
    return median;
}
