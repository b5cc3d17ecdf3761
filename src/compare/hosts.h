/* A row for each part of a load that a sum was made of. */
#ifndef FETCHBENCH_COMPARE_HOSTS_H
#define FETCHBENCH_COMPARE_HOSTS_H

#include "report/report.h"

/* Adds a row for a part, or those that it has itself where it is such a sum; but for their remarks. All is
 * copied into whole's arena. `rank` is that of a part that tells of no share, which its own rows are counted
 * from. */
void hosts_add(struct report *whole, const char *name, const struct report *part, int64_t rank);

/* When a part began its nth run, itself a sum perhaps, of which the earliest counts. */
struct hosts_start {
    double begin_s; /* from the agreed moment, on rank 0's clock; 0 where it is not known */
    bool is_known;
};
struct hosts_start hosts_start_of(const struct report *part, size_t nth);

/* Adds a row for one of which there is nothing; host may be NULL. */
void hosts_add_lost(struct report *whole, int64_t rank, const char *host, const char *why);

/* Whether there is nothing of it; of a part that broke off there is something, though it is lost. */
bool hosts_is_missing(const struct report_host *host);

/* The row of that rank; NULL for none. Rows are in any order until hosts_sort puts them in that of ranks. */
const struct report_host *hosts_find(const struct report *whole, int64_t rank);
void hosts_sort(struct report *whole);

/* What a host did of a run, probably its nth; NULL for nothing. */
struct report_host_run *hosts_find_run(const struct report_host *host, const struct report_run *run,
                                       size_t nth);

#endif
