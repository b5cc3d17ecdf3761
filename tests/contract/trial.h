/* One run of one strategy against one server, as the program itself runs it: from a launcher, in a measured
 * process. What it left is kept until the trial is closed. */
#ifndef FETCHBENCH_TESTS_CONTRACT_TRIAL_H
#define FETCHBENCH_TESTS_CONTRACT_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/plan.h"
#include "record/recording.h"
#include "run/launcher.h"
#include "run/result.h"
#include "server.h"

#define TRIAL_PATIENCE_MS 20000 /* time limit of a request that is given none */

struct setting {
    const char *mode; /* as given to --mode */
    enum behaviour behaviour;
    int64_t requests, concurrency;
    int64_t warmup_requests, warmup_ns;
    int64_t timeout_ms, connect_timeout_ms; /* 0: TRIAL_PATIENCE_MS */
    int64_t run_timeout_ms;                 /* 0: three times that */
    int64_t ahead_ms;                       /* it goes by word: so long after it is ready; 0: it needs none */
    double rate_per_s;
    int64_t duration_ms, deadline_ms, grace_ms, think_ms;
    bool spin;
    bool no_keepalive, keep_going;
    bool spare_slots; /* leave a concurrency above the number of requests as it is */
    const char *method, *data;
    const char *host; /* NULL: 127.0.0.1 */
    const char *work; /* --work; NULL for none */
    bool verify;
    bool save; /* to the trial's folder */
};

struct trial {
    struct setting setting;
    struct server server;
    struct plan plan;
    char url[128];
    char folder[64]; /* where bodies are saved, "" for none; it goes with the trial */
    struct recording recording;
    struct recording_totals *totals;
    struct run_result result;    /* its recording and totals are the trial's */
    bool over;                   /* result is filled */
    int64_t requests_when_ready; /* that the server had seen, of a run that goes by word */
};

/* Starts the server and makes the plan and the recording. 0, or -1 with err filled; either way close it. */
int trial_open(struct trial *t, const struct setting *setting, struct err *err);
void trial_close(struct trial *t);

/* Runs it to its end by the runner. 0, or -1 with err filled. */
int trial_run(struct trial *t, struct err *err);

/* The moment at which to step in: true when it has come. */
typedef bool trial_moment(const struct trial *t);

/* Runs it from a launcher, waits for the moment, and then asks the run to stop, or kills it. No word to go
 * is given. *took_ns: from then to its end. 0, or -1 with err filled. */
int trial_stop(struct trial *t, trial_moment *moment, int64_t *took_ns, struct err *err);
int trial_kill(struct trial *t, trial_moment *moment, struct err *err);

/* What one process saw that opened the strategy, ran it so many times, and closed it. */
struct drive {
    int runs;
    bool starve;   /* no descriptor is to be had once it is open */
    int failed;    /* a call returned nonzero */
    int before;    /* descriptors that were open before `open`, */
    int held;      /* after the last run, */
    int after;     /* and after `close` */
    bool children; /* it has some left */
};

/* 0, or -1 when the process ended badly (a leak found by a sanitizer, say). */
int trial_drive(struct trial *t, struct drive *drive, struct err *err);

#endif
