/* The normal distribution by libm's erfc, its quantile by Newton's method on ln P. */
#include "stats/normal.h"

#include <math.h>

#define STEPS 60 /* never needed: it takes about six */

double normal_cdf(double z) {
    return erfc(-z * M_SQRT1_2) / 2;
}

static double density(double z) {
    return exp(-z * z / 2) * M_SQRT1_2 * M_2_SQRTPI / 2;
}

/* For p up to 1/2. Since P(Z <= z) <= exp(-z^2/2)/2 below 0, the start lies left of the root; ln P is concave
 * and rising, so from there Newton's steps approach the root without passing it. */
static double lower_quantile(double p) {
    double z = -sqrt(fmax(-2 * log(2 * p), 0));
    for (int i = 0; i < STEPS; i++) {
        double below = normal_cdf(z);
        double step = log(p / below) * below / density(z);
        z += step;
        if (!(fabs(step) > 1e-16 * fabs(z)))
            break;
    }
    return z;
}

double normal_quantile(double p) {
    if (!(p >= 0 && p <= 1))
        return NAN;
    if (p == 0 || p == 1)
        return p == 0 ? -INFINITY : INFINITY;
    return p <= .5 ? lower_quantile(p) : -lower_quantile(1 - p);
}
