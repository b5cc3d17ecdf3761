/* Compensated summation. */
#include "stats/total.h"

#include <math.h>

void total_add(struct total *t, double value) {
    double sum = t->sum + value;
    t->lost += fabs(t->sum) >= fabs(value) ? t->sum - sum + value : value - sum + t->sum;
    t->sum = sum;
}

double total_value(const struct total *t) {
    return t->sum + t->lost;
}
