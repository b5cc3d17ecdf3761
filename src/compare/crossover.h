/* Where the winner of a sweep changes: the label with the least median of the primary metric. */
#ifndef FETCHBENCH_COMPARE_CROSSOVER_H
#define FETCHBENCH_COMPARE_CROSSOVER_H

#include "report/report.h"

/* Makes r->crossovers anew; r->comparisons must be there, since their noise floors set the margins. Along
 * each row of points that differ in one thing alone (the requests in flight, or the delay or size), a
 * crossover is a pair of points, as near to each other as can be shown, of which the winner of each is faster
 * than the other's winner there by the interval that verdicts have, corrected for every pair of labels at
 * every point. Both are tested at that level and both must hold, so the claim keeps to it (an
 * intersection-union test: Berger and Hsu, Statistical Science 11, 1996). What cannot be compared at a point
 * wins nowhere there.
 *
 * Other changes of the winner between neighbouring points, where the medians are apart at both by more than
 * what counts as alike, are listed as not supported: too few rounds, or too much noise. */
void crossover_fill(struct report *r);

#endif
