/* A plan that several processes carry out together, each its share: what is counted - requests, requests in
 * flight, rates - is split with nothing left over, and a request has the same number wherever it is sent.
 * Pure functions. */
#ifndef FETCHBENCH_PLAN_SHARE_H
#define FETCHBENCH_PLAN_SHARE_H

#include <stdint.h>

#include "base/err.h"

#define SHARE_MOST 100000 /* processes that may share a plan */

struct share {
    int64_t index; /* from 0 to count - 1 */
    int64_t count; /* 0 as 1: the whole plan */
};

/* Reads "K/N", share K from 1 to N. 0, or -1 with err filled (ERR_USAGE). */
int share_read(const char *text, struct share *out, struct err *err);

/* Of `total` things this share's: the totals of all shares add up to it, and no two differ by more than one.
 */
int64_t share_part(const struct share *share, int64_t total);

/* Of a rate this share's: every share has the same. */
double share_rate(const struct share *share, double total);

/* The number in the whole plan of the share's own `nth` request, from 0: share 1 of 4 has 1, 5, 9 ... */
int64_t share_number(const struct share *share, int64_t nth);

/* By how much of the distance between two of its requests the share's evenly spaced ones come later than
 * those of the first share: 0 to 1, so that all shares together are evenly spaced. */
double share_phase(const struct share *share);

#endif
