/* Why two sides cannot be compared, whatever the figures say. */
#ifndef FETCHBENCH_COMPARE_REFUSAL_H
#define FETCHBENCH_COMPARE_REFUSAL_H

#include <stdarg.h>

#include "compare/side.h"
#include "report/report.h"

#define REFUSAL_ERRORS 0.001 /* the share of failed requests that a side may have: ours */
#define REFUSAL_CUT_OFF 0.01 /* by which shares of requests cut off by time may differ: ours */
#define REFUSAL_BYTES 0.01   /* by which bytes per answer may differ: ours; headers vary a little */

/* A side as sentences call it; with two reports the labels may be the same. */
struct party {
    const struct side *side;
    const char *name;
    enum load_kind load; /* of its report */
};

/* Appends a sentence without a full stop to a list of texts, all in r's arena. */
void refusal_say(struct report *r, struct report_list *reasons, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A sentence where the client was the limit in most runs of a side. */
void refusal_find_bound_client(struct report *r, struct report_list *reasons, const struct party *party);

/* Why nothing was called equivalent, or different by how much: a sentence where the baseline differs from
 * itself by more than what counts as alike. */
void refusal_find_noise(struct report *r, struct report_list *reasons, const struct report_noise_floor *floor,
                        const char *name);

/* Appends a sentence for each fault of one side: runs that did not finish or that a deadline cut short,
 * checks that failed and invalidate, too many failed requests. */
void refusal_find_faults(struct report *r, struct report_list *reasons, const struct party *party);

/* Appends a sentence for each way in which what the sides did is not the same: both of the following. */
void refusal_find_differences(struct report *r, struct report_list *reasons, const struct party *baseline,
                              const struct party *strategy);

/* Shares of failures, of answers that are not 2xx/3xx, and at a rate of requests that were due and had no
 * answer when the time was over, that chance does not explain. */
void refusal_find_failures(struct report *r, struct report_list *reasons, const struct party *baseline,
                           const struct party *strategy);

/* What a changed setting may explain: bytes per answer, and connections kept or not. What a side does not
 * know is not held against it: an outside program tells no connections, and of bytes those of bodies alone,
 * which are refused where they cannot be of the same answers. */
void refusal_find_unlike(struct report *r, struct report_list *reasons, const struct party *baseline,
                         const struct party *strategy);

#endif
