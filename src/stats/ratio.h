/* What a comparison of two sets of rounds comes to: the ratio of strategy over baseline, of time or cost, so
 * that below 1 is better. */
#ifndef FETCHBENCH_STATS_RATIO_H
#define FETCHBENCH_STATS_RATIO_H

struct ratio_estimate {
    double ratio;     /* the estimate */
    double low, high; /* its interval; NaN where there are too few rounds for one */
    double p_value;   /* two-sided, of a ratio of 1 */
};

#endif
