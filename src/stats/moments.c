/* Mean and deviation by running updates, which neither overflow nor cancel. */
#include "stats/moments.h"

#include <math.h>

struct running {
    double mean, squares;
};

/* Welford's recurrence. */
static struct running run_over(const int64_t *values, size_t count) {
    struct running r = {0, 0};
    for (size_t i = 0; i < count; i++) {
        double away = (double)values[i] - r.mean;
        r.mean += away / (double)(i + 1);
        r.squares += away * ((double)values[i] - r.mean);
    }
    return r;
}

double moments_mean(const int64_t *values, size_t count) {
    return count ? run_over(values, count).mean : NAN;
}

double moments_stddev(const int64_t *values, size_t count) {
    return count ? sqrt(run_over(values, count).squares / (double)count) : NAN;
}
