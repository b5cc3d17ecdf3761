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
struct usage usage_sum(struct usage a, struct usage b);

/* So far, of pid and its living descendants, with what they have waited for: processor time to the
 * nanosecond, but for the part of children waited for, and its division into user and system, which the
 * kernel tells in ticks. Zero for what is gone. */
struct usage usage_of_tree(pid_t pid);

/* Memory of a process tree. pss counts a page shared by k processes as 1/k in each. shmem is the part of pss
 * in shared anonymous mappings, which for fetchbench's own children is the recorder's. All three are -1 when
 * the root is gone or a process of the tree may not be read; a descendant that ends meanwhile is left out. */
struct footprint {
    int64_t pss_bytes;
    int64_t shmem_pss_bytes; /* 0 where the kernel does not tell it apart (before 5.4) */
    int64_t private_bytes;   /* pss less shmem_pss */
    int32_t processes, threads;
};

/* Raises each member of *peak to that of *now, which is left out when it is unknown. */
void footprint_raise(struct footprint *peak, const struct footprint *now);

/* The footprint of pid and, transitively, its children: up to 4,096 processes. Mostly the kernel's walk over
 * the pages: 30 us for a small process, 3 us more per MiB. Takes 140 KiB of stack and a directory stream; any
 * thread may call it. */
struct footprint footprint_of_tree(pid_t pid);

#endif
