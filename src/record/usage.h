/* What a process costs: CPU time and context switches (getrusage), and memory (/proc/PID/smaps_rollup). */
#ifndef FETCHBENCH_RECORD_USAGE_H
#define FETCHBENCH_RECORD_USAGE_H

#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct usage {
    int64_t user_us, system_us;
    int64_t voluntary_switches, involuntary_switches;
};

/* Of the calling process with all its threads, and of the children it has waited for. */
struct usage usage_now(void);
struct usage usage_from_rusage(const struct rusage *r);
struct usage usage_difference(struct usage later, struct usage earlier);
/* The system CPU model of a whole tree adds up: sum of both. */
struct usage usage_sum(struct usage a, struct usage b);

/* Memory of a process tree. pss counts a page shared by k processes as 1/k in each. shmem is the part of pss in
 * shared anonymous mappings, which for fetchbench's own children is the recorder's. */
struct footprint {
    int64_t pss_bytes;       /* -1: could not be read */
    int64_t shmem_pss_bytes; /* the recorder's part of it */
    int64_t private_bytes;   /* pss less shmem_pss */
    int32_t processes, threads;
};

/* The footprint of pid and, transitively, its children. Costs milliseconds for a large process. */
struct footprint footprint_of_tree(pid_t pid);

#endif
