/* Mid-ranks by sorting. */
#include "stats/midrank.h"

#include <stdlib.h>

#include "base/memory.h"

struct placed {
    double value;
    size_t place;
};

static int compare(const void *a, const void *b) {
    double x = ((const struct placed *)a)->value, y = ((const struct placed *)b)->value;
    return (x > y) - (x < y);
}

double midrank_fill(const double *values, size_t count, uint64_t *doubled) {
    double correction = 0;
    struct placed *sorted = memory_zalloc(count ? count : 1, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct placed){values[i], i};
    qsort(sorted, count, sizeof *sorted, compare);
    for (size_t first = 0, next = 0; first < count; first = next) {
        for (next = first + 1; next < count && sorted[next].value == sorted[first].value;)
            next++;
        for (size_t i = first; i < next; i++)
            doubled[sorted[i].place] = first + 1 + next;
        double ties = (double)(next - first);
        correction += ties * ties * ties - ties;
    }
    free(sorted);
    return correction;
}
