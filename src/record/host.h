/* What the kernel counts for the whole host - or for the network namespace and control group that the process
 * is in - and that may say of a run that it was not the strategy's doing. Whoever wants what happened during
 * a run reads twice. */
#ifndef FETCHBENCH_RECORD_HOST_H
#define FETCHBENCH_RECORD_HOST_H

#include <stdint.h>

/* -1 where it cannot be read. */
struct host_counters {
    int64_t listen_overflows,
        listen_drops;                  /* connections that a listening socket of this host did not take */
    int64_t syn_retransmits, timeouts; /* of any connection */
    int64_t retransmits, segments_sent;
    int64_t time_wait;                          /* sockets, now */
    int64_t steal_ticks, idle_ticks, all_ticks; /* of all processors */
    int64_t throttled_periods, throttled_ns;    /* of the control group and those above it */
};

/* `root` is put before the path of every file read: "" but in tests. Takes 0.1 ms and 32 KiB of stack. */
struct host_counters host_counters_read(const char *root);

/* What was counted in between; time_wait is the later one's. */
struct host_counters host_counters_difference(const struct host_counters *later,
                                              const struct host_counters *earlier);

#endif
