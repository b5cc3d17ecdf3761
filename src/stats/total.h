/* A sum of doubles in which their order matters to the last digit at most: what each addition loses is kept
 * beside it (Neumaier, ZAMM 54, 1974). Zeroed is an empty one. Pure. */
#ifndef FETCHBENCH_STATS_TOTAL_H
#define FETCHBENCH_STATS_TOTAL_H

struct total {
    double sum, lost;
};

/* NaN stays. */
void total_add(struct total *t, double value);
double total_value(const struct total *t);

#endif
