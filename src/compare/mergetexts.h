/* What runs tell in rows and words, added up: of several parts' answers to the same question one is kept. */
#ifndef FETCHBENCH_COMPARE_MERGETEXTS_H
#define FETCHBENCH_COMPARE_MERGETEXTS_H

#include "report/report.h"

#define MERGETEXTS_LIMITS 6 /* words of limited_by, and none */

struct limit_told {
    const char *by, *reason;
    int64_t rank; /* whose reason it is */
    size_t parts;
};

/* Zeroed is an empty one. */
struct texts_sum {
    struct report_list codes;  /* struct report_count */
    struct report_list errors; /* of the .c file */
    struct report_list trust;
    struct report_list notes;
    struct limit_told limits[MERGETEXTS_LIMITS];
    size_t limit_count, parts;
};

/* Adds what the part of that rank tells; what stays is copied into r's arena. */
void texts_sum_add(struct texts_sum *s, struct report *r, const struct report_run *from, int64_t rank);

/* Fills status_codes, errors, trust - of each check the worst answer of any part -, limited_by - what limited
 * most of the parts, if half of them at least - and notes. */
void texts_sum_fill(const struct texts_sum *s, struct report *r, struct report_run *out);

#endif
