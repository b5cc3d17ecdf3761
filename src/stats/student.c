/* The t distribution as an incomplete beta function, that by its continued fraction. */
#include "stats/student.h"

#include <math.h>

#define TERMS 10000 /* it takes about sqrt(max(a, b)) */
#define CLOSE 1e-15
#define TINY 1e-300

static double away_from_zero(double value) {
    return fabs(value) < TINY ? TINY : value;
}

/* Coefficient `m` of the continued fraction of the incomplete beta function. */
static double coefficient(double a, double b, double x, int m) {
    double half = floor((double)m / 2);
    if (m % 2 == 0)
        return half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half));
    return -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1));
}

/* By Lentz's method; it converges fast for x < (a + 1) / (a + b + 2). */
static double fraction(double a, double b, double x) {
    double numerator = 1, denominator = 0, value = 1;
    for (int m = 1; m < TERMS; m++) {
        double c = coefficient(a, b, x, m);
        denominator = 1 / away_from_zero(1 + c * denominator);
        numerator = away_from_zero(1 + c / numerator);
        value *= numerator * denominator;
        if (fabs(numerator * denominator - 1) < CLOSE)
            break;
    }
    return value;
}

static double share(double a, double b, double x) {
    double log_beta = lgamma(a) + lgamma(b) - lgamma(a + b);
    return exp(a * log(x) + b * log1p(-x) - log_beta) / a / fraction(a, b, x);
}

double student_two_sided(double x, double freedom) {
    double a = freedom / 2, b = .5;
    if (!(x > 0))
        return isnan(x) ? NAN : 0;
    if (x >= 1)
        return 1;
    return x < (a + 1) / (a + b + 2) ? share(a, b, x) : 1 - share(b, a, 1 - x);
}
