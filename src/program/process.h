/* An outside program while it runs: started, heard, waited for, ended. Its standard output goes straight into
 * a file without a name, so that nobody has to keep pace with it, and its standard error into another.
 *
 * It belongs to the process group of who started it, so that whoever kills that group leaves nothing of it.
 */
#ifndef FETCHBENCH_PROGRAM_PROCESS_H
#define FETCHBENCH_PROGRAM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/err.h"
#include "plan/bodywork.h"
#include "program/command.h"
#include "program/handover.h"
#include "record/recording.h"

#define PROCESS_BYTES (INT64_C(64) << 20)
#define PROCESS_BYTES_EACH 1024

/* Why a wait is over. */
enum process_event {
    PROCESS_ENDED,
    PROCESS_READY,   /* it printed that it waits for the word to go */
    PROCESS_ANSWERS, /* it printed a sample: it has begun without waiting */
    PROCESS_STOP,    /* the recording says stop */
    PROCESS_LATE,    /* the moment to end it has come */
    PROCESS_FLOODS,  /* it printed more than PROCESS_BYTES and PROCESS_BYTES_EACH for every request */
};

struct process {
    pid_t pid; /* 0: none */
    int input; /* to its standard input; -1 once closed */
    int output, complaints;
    int64_t started_ns, ended_ns;
    int wait_status;
    struct rusage rusage;
    char work[BODYWORK_TEXT]; /* that it acknowledged with being ready, "" for none */
    /* private */
    int ended_fd; /* readable when a child has ended */
    int64_t most_bytes;
    int64_t next_look_ns, look_pause_ns;
};

/* Starts a command that was found. 0, or -1 with err filled and nothing to end. SIGCHLD is blocked from then
 * on. */
int process_start(struct process *p, const struct command *command, const struct handover *handover,
                  struct err *err);

/* Kills it if it still runs, and gives everything back. Zeroed, nothing happens. */
void process_end(struct process *p);

/* Waits until it is ready, has begun, has ended, is to stop, is late or floods. It looks at its memory now
 * and then: 10 ms after the beginning, then ever more seldom. */
enum process_event process_await_ready(struct process *p, struct recording *r, int64_t late_ns);

/* Writes the word to go, and ends its standard input. */
void process_go(struct process *p);

/* Waits for its end, looking at its memory likewise. When the recording says stop, it is asked to end
 * (SIGTERM), and killed a second later; at late_ns, or when it floods, it is killed. Returns what came first.
 */
enum process_event process_await_end(struct process *p, struct recording *r, int64_t late_ns);

/* The last line of its standard error that is not blank, "" for none. */
void process_last_words(const struct process *p, char *out, size_t size);

#endif
