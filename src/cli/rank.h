/* A rank's worker: an ordinary fetchbench with its share of the plan, whose conductor (ranks/conductor.h)
 * tells it when each run begins and is told how far it is. Without its conductor it stops, with a valid
 * report. */
#ifndef FETCHBENCH_CLI_RANK_H
#define FETCHBENCH_CLI_RANK_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "record/recording.h"
#include "report/report.h"
#include "run/runner.h"

struct rank {
    int fd; /* to its conductor, -1 once that is gone */
    int64_t rank, size, seed;
    uint64_t load;           /* as in struct hub_orders */
    char name[PATH_MAX + 1]; /* what reports are named after */

    const struct plan *plan;
    struct report *report;
    struct recording *recording;
    bool begun;                 /* all ranks can do their shares */
    int64_t run;                /* that is on or to come next, from 1 */
    int64_t agreed_ns;          /* its moment on rank 0's clock, 0: not told */
    int64_t round;              /* that was the last, from 1 */
    int64_t told_round, rounds; /* after which round how many in all were told, 0: nothing yet */
    int64_t next_tick_ns;
    bool ran, compared; /* all its runs are over; and the clock of the end has come */
};

/* Forks the worker, before there are threads. In the worker, which never returns, all of its life; in the
 * caller its process, with the conductor's side of the socket in *fd; -1 with err filled. */
pid_t rank_fork(int argc, char **argv, int *fd, struct err *err);

/* The modes of a plan, which are to be the same on all ranks. */
#define RANK_MODES ((size_t)4096)
void rank_modes(char out[RANK_MODES], const struct plan *plan);

/* What happens in the worker, in this order; of each run: ready, unless it cannot begin, and finished. */
void rank_begin(struct rank *r, const struct plan *plan, struct report *report, struct recording *recording);
/* Whether all ranks can do their shares, as this one can, so that it may begin. Waits for rank 0's word. */
bool rank_settle(struct rank *r);
void rank_name(struct rank *r, const char *path);
void rank_ready(struct rank *r);
/* Nonzero when the conductor is gone. */
int rank_hear(struct rank *r);
/* A sentence for people, which the first rank says for all. */
void rank_say(struct rank *r, const char *sentence);
void rank_tick(struct rank *r, const struct run_feed *feed);
void rank_finished(struct rank *r, const struct run_result *result);
/* The rounds that there are to be, as the first rank wants. Waits for its word. */
int64_t rank_round(struct rank *r, int64_t round, int64_t wanted);
/* Waits for the last comparison of clocks. */
void rank_ran(struct rank *r);

#endif
