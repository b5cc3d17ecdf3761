/* Student's t distribution. Pure. */
#ifndef FETCHBENCH_STATS_STUDENT_H
#define FETCHBENCH_STATS_STUDENT_H

/* P(|T| >= |t|) with `freedom` > 0 degrees of freedom, given t as x = freedom / (freedom + t^2), which keeps
 * its precision where t is large; x is clamped to 0 to 1. Within 10^-12 of itself where x is up to 1/2, else
 * within 10^-12. (Abramowitz and Stegun 26.7.1 and 26.5.8.) */
double student_two_sided(double x, double freedom);

#endif
