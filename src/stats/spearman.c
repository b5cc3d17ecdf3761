/* Rank correlation: Pearson's, of mid-ranks. */
#include "stats/spearman.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/midrank.h"
#include "stats/student.h"

/* Sums of products of doubled ranks' distances from their mean, which is count + 1: whole numbers. */
struct products {
    double xx, xy, yy;
};

static struct products multiply(const uint64_t *x, const uint64_t *y, size_t count) {
    struct products sum = {0, 0, 0};
    double mean = (double)count + 1;
    for (size_t i = 0; i < count; i++) {
        double dx = (double)x[i] - mean, dy = (double)y[i] - mean;
        sum.xx += dx * dx;
        sum.xy += dx * dy;
        sum.yy += dy * dy;
    }
    return sum;
}

static bool has_nan(const double *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (isnan(values[i]))
            return true;
    return false;
}

bool spearman_correlate(const double *x, const double *y, size_t count, struct rank_correlation *out) {
    if (count < 3 || has_nan(x, count) || has_nan(y, count))
        return false;
    uint64_t *ranks = memory_zalloc(2 * count, sizeof *ranks);
    midrank_fill(x, count, ranks);
    midrank_fill(y, count, ranks + count);
    struct products sum = multiply(ranks, ranks + count, count);
    free(ranks);
    if (sum.xx == 0 || sum.yy == 0)
        return false;
    out->rho = fmax(-1, fmin(sum.xy / sqrt(sum.xx * sum.yy), 1));
    out->p_value = student_two_sided((1 - out->rho) * (1 + out->rho), (double)count - 2);
    return true;
}
