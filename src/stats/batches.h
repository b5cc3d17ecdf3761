/* How far the interval of a quantile within a run is from what independent requests would give. The run is
 * cut into BATCHES stretches of time; were the values independent, the number of them at or below the
 * quantile would vary among the stretches as the binomial does, so how much more it varies is how much the
 * variance of the quantile is inflated (batch means: Law and Kelton, Simulation Modeling and Analysis, 9.5.3;
 * for quantiles by indicators, Heidelberger and Lewis 1984). Pure functions. */
#ifndef FETCHBENCH_STATS_BATCHES_H
#define FETCHBENCH_STATS_BATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/binomial.h"

#define BATCHES 30
#define BATCHES_LEAST_SIZE 100 /* values: a p99 then has one in a batch to be seen by (ours) */

/* Of values in the order of time, and one of them, their quantile. The factor includes Student's t for the
 * BATCHES - 1 degrees of freedom it is estimated with, and is at least 1, so that no interval becomes
 * narrower than that of independent values. False, and out untouched, when a batch would have fewer than
 * BATCHES_LEAST_SIZE values: then nothing is known. It cannot see what lasts longer than a batch. */
bool batches_inflation(const int64_t *values, size_t count, int64_t quantile, double *out);

/* Moves the ranks of the q-quantile of count values apart by the root of the factor. False, and ranks
 * untouched, when one would leave 1 to count. */
bool batches_widen(struct rank_interval *ranks, uint64_t count, double q, double inflation);

#endif
