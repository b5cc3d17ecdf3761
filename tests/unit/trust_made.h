/* A run of which all is well, and what a check makes of it, for the tests of checks. */
#ifndef FETCHBENCH_TESTS_TRUST_MADE_H
#define FETCHBENCH_TESTS_TRUST_MADE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "trust/trust.h"

#define NOTHING -1 /* in place of a status: there is no row */

/* A run of a minute in which all is well and everything is known. */
static inline struct trust_facts well(void) {
    return (struct trust_facts){
        .open_loop = true,
        .has_turns = true,
        .over_tcp = true,
        .has_ceiling = true,
        .total = 10000,
        .completed = 10000,
        .wall_s = 10,
        .p50_s = .01,
        .tail_s = .02,
        .service_mean_s = .01,
        .longest_s = .15,
        .first_byte_mean_s = .009,
        .connect_p50_s = .0001,
        .threads = 1,
        .processors = 2,
        .cpu_s = 2,
        .busiest_cpu_share = .2,
        .busiest_wait_share = .01,
        .largest_cpu_share = .2,
        .largest_wait_share = .01,
        .loop_busy_share = .2,
        .turn_p99_s = .0001,
        .slip_tail_s = .0001,
        .wake_s = .00006,
        .span_s = 9.99,
        .in_flight_mean = 10,
        .in_flight_expected = 10,
        .in_flight_error = .001,
        .drift_p = .5,
        .drift_share = .2,
        .clock_s = 5e-8,
        .segments_sent = 20000,
        .port_range = 28232,
        .jiffies = 2000,
        .is_performance = 1,
        .ceiling_share = .3,
    };
}

static inline const struct trust_row *find(const struct trust_row *rows, size_t count, const char *id) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].check->id, id) == 0)
            return &rows[i];
    return NULL;
}

static inline int status_of(const struct trust_facts *f, const char *id) {
    struct trust_row rows[TRUST_CHECKS_MOST];
    size_t count = trust_judge(f, rows);
    const struct trust_row *row = find(rows, count, id);
    return row ? (int)row->status : NOTHING;
}

#endif
