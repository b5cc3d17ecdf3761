/* A small process, forked before anything large or threaded exists, from which every measured process is
 * forked: a child inherits the size of what it is forked from. It returns each child's wait4 figures. It dies
 * with its parent, and takes the child's whole process group with it. */
#ifndef FETCHBENCH_RUN_LAUNCHER_H
#define FETCHBENCH_RUN_LAUNCHER_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/err.h"
#include "plan/plan.h"
#include "record/recording.h"

struct launcher {
    pid_t pid;
    int socket; /* readable when an event is there, or at its end */
};

enum launcher_event_kind { LAUNCHER_STARTED, LAUNCHER_FAILED, LAUNCHER_ENDED, LAUNCHER_GONE };

struct launcher_event {
    enum launcher_event_kind kind;
    pid_t pid;            /* of the child */
    int failed_errno;     /* LAUNCHER_FAILED: why fork failed */
    int wait_status;      /* LAUNCHER_ENDED */
    struct rusage rusage; /* LAUNCHER_ENDED */
};

/* Forks it. plan and recording must stay as they are. 0, or -1 with err filled. */
int launcher_open(struct launcher *l, const struct plan *plan, struct recording *recording, struct err *err);
/* Ends it and waits for it. */
void launcher_close(struct launcher *l);

/* Orders a run of plan->entries[entry] with that many lanes. 0, or -1 when the launcher is gone. */
int launcher_start(const struct launcher *l, size_t entry, size_t lanes);
/* Orders the running child's process group killed. */
int launcher_kill(const struct launcher *l);

/* Waits for the next event; LAUNCHER_GONE when there will be none. */
struct launcher_event launcher_next(const struct launcher *l);

#endif
