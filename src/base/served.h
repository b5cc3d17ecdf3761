/* What the embedded endpoint tells other processes, in memory that they share. One process writes; last_ns is
 * to be read after count. */
#ifndef FETCHBENCH_BASE_SERVED_H
#define FETCHBENCH_BASE_SERVED_H

#include <stdint.h>

struct served_answers {
    _Atomic uint64_t count;  /* that went out whole */
    _Atomic int64_t last_ns; /* of CLOCK_MONOTONIC: the last of them left then or later */
};

#endif
