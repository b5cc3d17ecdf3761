/* What an outside program told of its requests, read from its output once it has ended, checked, put in the
 * order of the requests' ends and into the recording. Memory is a file without a name of 48 bytes a request,
 * which the kernel may write back. */
#ifndef FETCHBENCH_PROGRAM_OUTCOMES_H
#define FETCHBENCH_PROGRAM_OUTCOMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "plan/plan.h"
#include "program/line.h"
#include "record/recording.h"

#define OUTCOMES_QUOTE 60 /* bytes of a line that are shown */
#define OUTCOMES_FAULT 60

/* Why times cannot be believed. */
enum outcomes_doubt {
    OUTCOMES_OUTSIDE,     /* of the run */
    OUTCOMES_OTHER_CLOCK, /* likewise, and so far that they are another clock's */
    OUTCOMES_BACKWARDS,   /* the end before the start */
    OUTCOMES_NEGATIVE,    /* a duration, or the time of work */
    OUTCOMES_OVERLONG,    /* a duration beyond the run's */
};

struct outcome; /* of one request */

struct outcomes {
    int64_t believed;       /* samples that were taken, one per request at most */
    int64_t claimed;        /* samples that say success, believed or not */
    int64_t doubted;        /* times that cannot be: not believed */
    int64_t overtime;       /* believed that took longer than --timeout by more than a tenth */
    int64_t garbage;        /* lines that are no samples */
    int64_t repeated;       /* samples of a request that had one */
    int64_t strange;        /* indexes that are no request's */
    int64_t undated;        /* durations without a moment */
    int64_t unworked;       /* successes without the time that work took, whether it was asked for or not */
    int64_t most_in_flight; /* at once, 0 where it cannot be known; filled by outcomes_record */
    bool ready;             /* it said so */
    enum outcomes_doubt doubt; /* of the first that was doubted, */
    int64_t doubted_index;
    double doubted_from_s, doubted_to_s; /* and its times since the clock's start */
    char first_garbage[OUTCOMES_QUOTE + sizeof "..."];
    char first_fault[OUTCOMES_FAULT]; /* of it, "" where it is not even an object */
    /* private */
    const struct plan *plan;
    int64_t from_ns, until_ns;
    struct outcome *items; /* the believed */
    unsigned char *seen;   /* a bit per request */
    int64_t *starts;
    size_t mapping_bytes;
    char examples[ERROR_CLASSES][RECORDING_EXAMPLE];
};

/* Reads all lines of `output`. The run was from from_ns until until_ns. 0, or -1 with err filled; end with
 * outcomes_fini in either case. */
int outcomes_read(struct outcomes *o, int output, const struct plan *plan, int64_t from_ns, int64_t until_ns,
                  struct err *err);
void outcomes_fini(struct outcomes *o); /* zeroed, it may be ended too */

/* Puts the believed into the recording, and marks others as in flight: as many as may have been. It waits
 * where the parent takes samples and has fallen behind. */
void outcomes_record(struct outcomes *o, struct recording *r);

#endif
