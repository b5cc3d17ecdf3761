/* The worst case, from the histogram. */
#include "report/censored.h"

#include <math.h>

#define SHARE .99
#define TOLERANCE 1.01

/* Whether so many more at the upper end would move the percentile. */
static bool would_move(const struct histogram *h, double more) {
    double count = (double)histogram_count(h), rank = ceil(SHARE * (count + more));
    if (more <= 0)
        return false;
    if (rank > count)
        return true;
    int64_t with_ns = histogram_quantile_ns(h, (rank - .5) / count);
    return (double)with_ns > TOLERANCE * (double)histogram_quantile_ns(h, SHARE);
}

bool censored_is(const struct run_result *result, enum measure m) {
    const uint64_t *errors = result->totals->errors;
    if (result->cancelled > 0 || errors[ERROR_TIMEOUT] > 0 || errors[ERROR_CONNECT_TIMEOUT] > 0)
        return true;
    int64_t more = result->unfinished;
    if (m == MEASURE_LATENCY)
        more += result->overdue;
    return would_move(&result->totals->histograms[m], (double)more);
}
