/* Which of several parts of one load are apart from the others by more than chance explains.
 *
 * Slower: a part's median against the median of the other parts' medians. Medians of equal parts differ by
 * more than their intervals say, since what disturbs one machine for a while is none of its requests' chance:
 * within one run nothing tells that from a slow machine but how the others differ among themselves. So beside
 * the standard errors of the medians - of 95 % intervals; of the others' together as of a mean, times the
 * root of pi/2, which a median of normal values costs - stands a scatter of equal parts, taken in two ways:
 * - as the others show it, by the median of their distances from their median, which far ones do not move,
 * and which has the freedom of .37 as many values (its efficiency);
 * - where they are fewer than APART_SEEN, also as APART_SCATTER of their median. Either is enough then.
 * An error is itself known with few degrees of freedom - sqrt(n), or those of the batches that widened the
 * interval -, which counts where the level is small: so the test is Student's.
 *
 * Failing more: given how many failed of all requests, those of a part are binomial, with its share of them.
 *
 * Over rounds: by the mean of the logarithms of a part's median over the others' in each, and Student's test.
 * Their variance is that of all parts within themselves - the part's own, where it is larger -, with the
 * assumed scatter in it as APART_PRIOR values would be. What disturbs one machine may last over rounds: so
 * APART_LASTING of the variance is taken not to become less by more of them, and the scatter of the others'
 * means stands instead where it is larger.
 *
 * All are two-sided at `level`, for the caller to divide by how often it asks (Bonferroni), and all ask for
 * a difference of APART_LEAST on top: with requests enough anything differs. Pure functions. */
#ifndef FETCHBENCH_STATS_APART_H
#define FETCHBENCH_STATS_APART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define APART_LEAST .1   /* ours */
#define APART_SCATTER .1 /* standard deviation of equal parts' medians, as a share of them (ours) */
#define APART_PRIOR 4    /* ours */
#define APART_LASTING .5 /* ours */
#define APART_SEEN 12    /* others, whose own scatter is known well enough (ours) */
#define APART_WIDEST .5  /* of an interval, as a share of the median: wider ones tell nothing (ours) */

struct apart_part {
    double p50_s, ci95_s[2]; /* NaN where there is none: it is neither judged nor one of the others */
    int64_t failed, outcomes;
};

struct apart {
    bool is_slower, fails_more;
    double others_p50_s,
        others_failed; /* the latter a share of requests; NaN for a part that was not judged */
};

/* Fills out[count]. */
void apart_find(const struct apart_part *parts, size_t count, double level, struct apart *out);

/* Fills is_slower[count] from the medians of two rounds or more, those of one round after those of another;
 * NaN where a part has none. */
void apart_find_slower(const double *p50_s, size_t rounds, size_t count, double level, bool *is_slower);

#endif
