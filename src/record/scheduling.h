/* What the kernel's scheduler tells of threads: how long each was on a processor, and how long it was ready
 * but waited for one (/proc/PID/task/TID/schedstat). Both are brought up to date when a thread is switched
 * and at the kernel's ticks, so over less than some ten milliseconds they mean little. */
#ifndef FETCHBENCH_RECORD_SCHEDULING_H
#define FETCHBENCH_RECORD_SCHEDULING_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Since the thread began; -1 where the kernel does not tell. */
struct scheduling {
    int64_t cpu_ns, wait_ns;
};

/* 10 us. */
struct scheduling scheduling_of_this_thread(void);

/* Shares of a stretch of time. Busiest is the thread with the largest sum of both, the others are of any
 * thread. NaN where unknown. */
struct scheduling_shares {
    double busiest_cpu, busiest_wait;
    double largest_cpu, largest_wait;
};

struct scheduling_shares scheduling_shares_unknown(void);

/* Of one thread that was looked at twice. */
struct scheduling_shares scheduling_shares_between(struct scheduling earlier, struct scheduling later,
                                                   int64_t ns);

/* All threads of a process tree, looked at again and again. Not while another thread uses it. */
struct scheduling_watch {
    int64_t first_ns, last_ns; /* moments of the first and the last look, 0 without any */
    struct scheduled *threads; /* a hash table by number, allocated with the first look */
    size_t count, looked_at;
};

void scheduling_watch_open(struct scheduling_watch *w);
void scheduling_watch_close(struct scheduling_watch *w);

/* Forgets what was seen. */
void scheduling_watch_reset(struct scheduling_watch *w);

/* 7 us for each thread. Of more than 256 the first stand for all: nearly always they do the same. */
void scheduling_watch_look(struct scheduling_watch *w, pid_t root, int64_t now_ns);

/* Between the first look and the last, of which a thread that began later has the more time in which it was
 * not. Unknown where they are less than 200 ms apart. */
struct scheduling_shares scheduling_watch_shares(const struct scheduling_watch *w);

#endif
