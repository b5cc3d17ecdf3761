/* The thread that turns spooled samples into lines. It may block on what it writes to without anyone else
 * waiting; it never runs while a run is on, but for a stream, and then with low priority.
 *
 * One other thread, the owner, spools and calls everything here. */
#ifndef FETCHBENCH_SAMPLES_WRITER_H
#define FETCHBENCH_SAMPLES_WRITER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "samples/line.h"
#include "samples/order.h"

struct writer {
    /* set by the owner before writer_start */
    const char *name; /* of the target, in messages */
    int out_fd;
    bool whole_blocks; /* a regular file: no reader waits for each line */
    bool streams;      /* lines as requests end, not after the run */
    enum order order;
    struct spool *spool;
    struct line_run run; /* set while the writer is idle */

    /* between the two */
    _Atomic int64_t spooled, until_ns; /* entries there are; what had ended by then is among them */
    _Atomic bool over, closing, failed;
    _Atomic uint64_t writes;
    int work_fd, idle_fd, stop_fd; /* eventfds: there is work; all is written; do not wait any longer */

    /* the thread's own */
    struct ring_entry *entries; /* ORDER_PART of them */
    size_t carried;             /* of them, those that are not written yet */
    int64_t read;               /* entries of the spool that were read */
    char *block;
    size_t block_length, block_bytes, block_room;
    off_t written;  /* bytes of whole blocks */
    struct err err; /* why it failed */
    bool started;
    pthread_t thread;
};

/* Starts the thread. 0, or -1 with err filled. */
int writer_start(struct writer *w, struct err *err);

/* Tells of entries that were spooled: `count` in all, among them whatever had ended by until_ns. */
void writer_tell(struct writer *w, int64_t count, int64_t until_ns);
/* The run is over with `count` entries in all: idle_fd becomes readable and writer_is_idle true when they are
 * written, or the writer has failed. */
void writer_finish_run(struct writer *w, int64_t count);
bool writer_is_idle(const struct writer *w);

/* Grows while it gets on. */
uint64_t writer_progress(const struct writer *w);

/* Makes it give up on a target that does not take what is written: it fails, soon. */
void writer_abandon(struct writer *w);

/* Ends the thread, which must be idle. */
void writer_close(struct writer *w);

#endif
