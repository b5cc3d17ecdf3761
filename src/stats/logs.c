/* Logarithms, where there are any. */
#include "stats/logs.h"

#include <math.h>

bool logs_fill(const double *figures, size_t count, double *out) {
    for (size_t i = 0; i < count; i++) {
        if (!(figures[i] > 0 && isfinite(figures[i])))
            return false;
        out[i] = log(figures[i]);
    }
    return count > 0;
}
