/* One run of a load that several parts made together, added up part by part. What the sum is does not depend
 * on their order: where one part has to stand for all, it is that of the lowest rank. */
#ifndef FETCHBENCH_COMPARE_MERGERUN_H
#define FETCHBENCH_COMPARE_MERGERUN_H

#include "base/err.h"
#include "record/histogram.h"
#include "report/report.h"

/* The report in whose arena the sums live, and an empty histogram, which is empty again after each call. */
struct mergerun_place {
    struct report *whole;
    struct histogram *scratch;
};

/* Whose part it is, and when it began, on the clock of all: seconds from the agreed moment. */
struct mergerun_source {
    int64_t rank;
    double begin_s;
    bool knows_begin; /* else it is taken to have begun when agreed */
};

struct mergerun;

/* In the arena; mergerun_fini frees what does not live there. */
struct mergerun *mergerun_open(const struct mergerun_place *place, const struct report_run *first);
void mergerun_fini(struct mergerun *m);

/* Whether two runs are of the same label, point and round. */
bool mergerun_is_same(const struct report_run *a, const struct report_run *b);

/* The run as far as it has been added up; its texts and where it stands in its round are as they will be. */
const struct report_run *mergerun_told(const struct mergerun *m);
size_t mergerun_parts(const struct mergerun *m);

/* Adds what a part did of it. 0, or -1 with err filled (ERR_USAGE) when a histogram cannot be
 * read. */
int mergerun_add(struct mergerun *m, const struct mergerun_place *place, const struct report_run *from,
                 const struct mergerun_source *source, struct err *err);

/* The sum. 0, or -1 with err filled when a histogram could not be encoded. */
int mergerun_fill(struct mergerun *m, const struct mergerun_place *place, struct report_run *out,
                  struct err *err);

#endif
