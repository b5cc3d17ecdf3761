/* The noise floor of a comparison: the baseline against itself, run twice in each round. Pure functions;
 * NULL, and an interval that is not known, stand for a baseline that was not run twice in enough rounds. */
#ifndef FETCHBENCH_COMPARE_FLOOR_H
#define FETCHBENCH_COMPARE_FLOOR_H

#include <stdbool.h>

#include "report/report.h"

/* Half the interval on the logarithmic scale; 0 where it is not known. */
double floor_half_width(const struct report_noise_floor *floor);

/* The margin that is due (stats/judgement.h), the least there is where the floor is not known. */
double floor_margin(const struct report_noise_floor *floor);

/* Whether the baseline gets a verdict that it is faster or slower than itself, so that nothing can be set
 * against it.
 */
bool floor_is_unsteady(const struct report_noise_floor *floor);

#endif
