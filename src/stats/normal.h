/* The standard normal distribution. Pure functions. */
#ifndef FETCHBENCH_STATS_NORMAL_H
#define FETCHBENCH_STATS_NORMAL_H

/* P(Z <= z), by libm's erfc: within 10^-14 of itself, in the lower tail too. */
double normal_cdf(double z);

/* The z with P(Z <= z) = p: within 10^-13 of itself for p from 10^-300 up. -INFINITY at 0, INFINITY at 1, NaN
 * outside. */
double normal_quantile(double p);

#endif
