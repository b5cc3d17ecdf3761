/* From the interval of a time ratio to the word that a comparison gets. Pure functions. */
#ifndef FETCHBENCH_STATS_JUDGEMENT_H
#define FETCHBENCH_STATS_JUDGEMENT_H

#define JUDGEMENT_MARGIN 0.02     /* the least that counts as a difference */
#define JUDGEMENT_ALIKE_MOST 0.05 /* the most that counts as none, however noisy: ours */

enum judgement {
    JUDGEMENT_FASTER,         /* high < 1 / (1 + margin) */
    JUDGEMENT_SLOWER,         /* low > 1 + margin */
    JUDGEMENT_EQUIVALENT,     /* the interval lies in [1 / (1 + alike), 1 + alike] */
    JUDGEMENT_DIFFERENT,      /* it leaves out 1 but crosses the margin: the size is unresolved */
    JUDGEMENT_INCONCLUSIVE,   /* none of these */
    JUDGEMENT_NOT_COMPARABLE, /* no interval says so: for whoever knows of a reason */
    JUDGEMENTS
};

/* The name in reports: "faster", "slower", "equivalent", "different", "inconclusive", "not_comparable". */
const char *judgement_name(enum judgement j);

/* The first five, tried in their order, of the interval of strategy over baseline: below 1 is less time.
 * `alike` is not above `margin`. Inconclusive where a bound is NaN. */
enum judgement judgement_within(double low, double high, double margin, double alike);

/* With what counts as alike under a margin: the margin, but at most JUDGEMENT_ALIKE_MOST. A baseline that is
 * noisy makes it harder to be faster or slower, and must not make it easier to be equivalent. */
enum judgement judgement_of_interval(double low, double high, double margin);

/* The margin that is due: JUDGEMENT_MARGIN, or the half-width of the interval of the baseline against itself
 * if that is larger, exp((ln high - ln low) / 2) - 1. Without such an interval (NaN) JUDGEMENT_MARGIN. */
double judgement_margin(double low, double high);

#endif
