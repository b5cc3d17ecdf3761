/* How many rounds a paired comparison takes. Pure functions. */
#ifndef FETCHBENCH_STATS_ROUNDS_H
#define FETCHBENCH_STATS_ROUNDS_H

#include <stddef.h>
#include <stdint.h>

/* What verdicts are to hold to. */
struct rounds_design {
    double alpha;       /* the chance of any false verdict, 0.05 */
    size_t comparisons; /* judged at once, at least 1 */
    double margin;      /* what counts as no difference: 0.02 is 2 % */
};

/* The least number of rounds R with an interval, 2m / 2^R <= alpha: 6 for one comparison at 0.05, 7 for two,
 * 8 for four, 9 for eight. */
size_t rounds_least(double alpha, size_t comparisons);

/* The sample deviation (n - 1) of ln strategy[i] - ln baseline[i]; NaN with fewer than two rounds or a figure
 * that is not above 0. */
double rounds_deviation(const double *baseline, const double *strategy, size_t rounds);

/* The same of one side's logarithms, where there is nothing to pair them with. */
double rounds_spread(const double *figures, size_t rounds);

/* Rounds after which a strategy that truly takes (1 + effect) times the baseline's time is called slower
 * (or the other way round faster) with the chance `power`, where the logarithms of the rounds' ratios have
 * that deviation s. With z_t the normal quantile beyond which lies t, and D = ln(1 + effect) - ln(1 +
 * margin):
 *
 *   the least R >= ((z_t + z_(1-power)) s / D)^2 / 0.955 + z_t^2 / 2,  t = P(W+ <= k) at R
 *
 * 0.955 = 3 / pi is the efficiency of signed ranks against the t test (Hodges and Lehmann 1956), z_t^2 / 2
 * what an unknown deviation costs in few rounds (Guenther 1981), and t, the level that ranks really have,
 * stands for alpha / (2m), which in few rounds it is well below. Without the latter two the chance is up to
 * 25 points too low below 20 rounds. Where k is 0, P(Z <= D / s)^R >= power instead, which is exact.
 *
 * Never below the least; -1 when no number is enough (effect not above the margin) or an argument is NaN or
 * out of range. */
int64_t rounds_for_effect(const struct rounds_design *design, double effect, double power, double deviation);

/* Rounds after which the interval around the observed ratio would lie beyond the margin or within it, were
 * ratio and deviation to stay as they are: the formula above with power 1/2 and D the distance of |ln ratio|
 * from ln(1 + margin). More than `rounds`, those that have left it open; -1 when no number is enough (the
 * ratio is at the margin itself) or an argument is NaN. */
int64_t rounds_to_settle(const struct rounds_design *design, double ratio, double deviation, size_t rounds);

#endif
