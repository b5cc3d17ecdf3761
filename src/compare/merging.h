/* One load that several parts made together - shares of it, on as many machines as may be -, added up part by
 * part. Of a part that was added nothing is kept but its sums and its row, so any number of them takes the
 * memory of a few; and what comes out does not depend on their order.
 *
 * Per label, point and round there is one run of all parts together: counts, bytes, processor time, memory,
 * threads and connections are sums - unknown where a part does not know them -; histograms are added; the
 * time is from the first go to the last end, on rank 0's clock, or as if all had begun together where clocks
 * are not known, and requests per second are all requests over the time that lies between the first go and
 * the last end of what a part was given. The largest gap between completions is where the largest ones of all
 * parts overlap, so that no part completed anything: another may have been longer, and none is known where
 * they do not, or where clocks are not. What does not add up - the command, the machine, the target - is the
 * first share's. One thread at a time. */
#ifndef FETCHBENCH_COMPARE_MERGING_H
#define FETCHBENCH_COMPARE_MERGING_H

#include "base/err.h"
#include "report/report.h"

struct merging;

struct merging *merging_open(void);
void merging_close(struct merging *m); /* m may be NULL */

/* Adds a part, which is closed whatever comes of it; `name` is what messages and rows call it. 0, or -1 with
 * err filled (ERR_USAGE) when it does not belong to the others: another plan, a share that was added already
 * or one of another number of shares. Then it is as if it had never been given - but where one of its
 * histograms cannot be read, for which merging_finish fails likewise. */
int merging_add(struct merging *m, const char *name, struct report *part, struct err *err);

/* Notes why a share is missing, and on which host (NULL where it is not known): a sentence without a full
 * stop. Where its report is added nevertheless, that counts; of one that is not complete its row says why. */
void merging_lost(struct merging *m, int64_t index, const char *host, const char *why);

/* The sum, for the caller to close, with a row per share, missing ones included. Comparisons and thresholds
 * are made anew. It is complete when every share is there and complete. NULL with err filled (ERR_USAGE) when
 * nothing was added, or when a part that came to its end lacks a run that another has; of one that did not,
 * the run's notes tell. m is only to be closed then. */
struct report *merging_finish(struct merging *m, struct err *err);

#endif
