/* From spool to lines. A stream is put in order within what has come; what ended a moment ago is held back,
 * since a request that ended earlier may still be on its way. */
#include "samples/writer.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"

#define HOLD_NS INT64_C(10000000) /* by which a worker may be late from a request's end to its record */
#define FILE_BLOCK ((size_t)256 << 10)
#define NICENESS 10

static void ring_bell(int fd) {
    uint64_t one = 1;
    /* Full only when it is readable already, which is all that matters. */
    if (write(fd, &one, sizeof one) < 0)
        return;
}

static void fail_with_errno(struct writer *w, int cause) {
    err_set(&w->err, ERR_OUTPUT, "cannot write the samples to %.300s: %s", w->name, strerror(cause));
}

/* A pipe that takes a byte takes PIPE_BUF, so a block of that size neither blocks nor is cut. */
static int wait_writable(struct writer *w) {
    struct pollfd fds[2] = {{.fd = w->out_fd, .events = POLLOUT}, {.fd = w->stop_fd, .events = POLLIN}};
    for (;;) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR) {
            fail_with_errno(w, errno);
            return -1;
        }
        if (fds[1].revents)
            return err_set(&w->err, ERR_OUTPUT, "interrupted before all samples were written to %.300s",
                           w->name);
        if (fds[0].revents)
            return 0;
    }
}

/* What a full disk cut off is no line: a file ends with the last whole one. Best effort. */
static void cut_to_lines(const struct writer *w, size_t done) {
    while (done > 0 && w->block[done - 1] != '\n')
        done--;
    if (w->whole_blocks && ftruncate(w->out_fd, w->written + (off_t)done))
        return;
}

static int flush_block(struct writer *w) {
    for (size_t done = 0; done < w->block_length;) {
        if (wait_writable(w))
            return -1;
        ssize_t put = write(w->out_fd, w->block + done, w->block_length - done);
        if (put < 0 && errno != EINTR && errno != EAGAIN) {
            fail_with_errno(w, errno);
            cut_to_lines(w, done);
            return -1;
        }
        done += put > 0 ? (size_t)put : 0;
        atomic_fetch_add_explicit(&w->writes, 1, memory_order_relaxed);
    }
    w->written += (off_t)w->block_length;
    w->block_length = 0;
    return 0;
}

static int reserve(struct writer *w, size_t bytes) {
    if (bytes <= w->block_room)
        return 0;
    char *block = realloc(w->block, bytes);
    if (!block)
        return err_set(&w->err, ERR_OUTPUT, "there is no memory for lines of samples");
    w->block = block;
    w->block_room = bytes;
    return 0;
}

static int put_line(void *state, const struct ring_entry *entry) {
    struct writer *w = state;
    size_t before = w->block_length;
    w->block_length += line_write(w->block + before, &w->run, entry);
    if (w->block_length <= w->block_bytes || before == 0)
        return 0;
    size_t line = w->block_length - before;
    w->block_length = before;
    if (flush_block(w))
        return -1;
    memmove(w->block, w->block + before, line);
    w->block_length = line;
    return 0;
}

/* Writes those of the carried entries that had ended by then, and all of them when none of many had. */
static int put_carried(struct writer *w, int64_t until_ns) {
    size_t count = w->carried;
    order_sort(w->entries, count, ORDER_COMPLETED);
    while (count > 0 && w->entries[count - 1].sample.end_ns > until_ns)
        count--;
    if (count == 0 && w->carried == ORDER_PART)
        count = w->carried;
    for (size_t i = 0; i < count; i++)
        if (put_line(w, &w->entries[i]))
            return -1;
    w->carried -= count;
    memmove(w->entries, w->entries + count, w->carried * sizeof *w->entries);
    return 0;
}

static int stream(struct writer *w, int64_t spooled, int64_t until_ns) {
    do {
        int64_t left = spooled - w->read;
        size_t room = ORDER_PART - w->carried;
        size_t count = left < (int64_t)room ? (size_t)left : room;
        if (spool_read(w->spool, w->read, w->entries + w->carried, count, &w->err))
            return -1;
        w->read += (int64_t)count;
        w->carried += count;
        int64_t limit_ns = until_ns;
        if (w->read < spooled && w->entries[w->carried - 1].sample.end_ns - HOLD_NS < limit_ns)
            limit_ns = w->entries[w->carried - 1].sample.end_ns - HOLD_NS;
        if (put_carried(w, limit_ns))
            return -1;
    } while (w->read < spooled);
    return flush_block(w);
}

static int write_run(struct writer *w, int64_t spooled) {
    struct order_visitor visitor = {.visit = put_line, .state = w};
    if (order_walk(w->spool, spooled, w->order, w->entries, visitor, &w->err))
        return -1;
    return flush_block(w);
}

/* A bell that is heard late, when nothing has come of the next run yet, is no reason to look at that. */
static int write_what_came(struct writer *w, bool over) {
    int64_t until_ns = atomic_load(&w->until_ns), spooled = atomic_load(&w->spooled);
    if (spooled == 0 && !over)
        return 0;
    if (spooled > 0 && !w->run.names)
        return err_set(&w->err, ERR_OUTPUT, "there is no memory for a label");
    if (reserve(w, w->block_bytes + LINE_BYTES + w->run.names_length))
        return -1;
    if (w->streams)
        return stream(w, spooled, over ? INT64_MAX : until_ns);
    return over ? write_run(w, spooled) : 0;
}

static void work(struct writer *w) {
    bool over = atomic_load(&w->over);
    if (!atomic_load(&w->failed) && write_what_came(w, over)) {
        if (w->err.kind == ERR_NONE)
            err_set(&w->err, ERR_OUTPUT, "the samples could not be written to %.300s", w->name);
        atomic_store(&w->failed, true);
    }
    if (!over)
        return;
    w->read = 0;
    w->carried = 0;
    atomic_store(&w->spooled, 0);
    atomic_store(&w->over, false);
    ring_bell(w->idle_fd);
}

static void *run_thread(void *argument) {
    struct writer *w = argument;
    uint64_t bells = 0;
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS); /* best effort */
    for (;;) {
        ssize_t got = read(w->work_fd, &bells, sizeof bells);
        if (got < 0 && errno != EINTR)
            return NULL;
        if (atomic_load(&w->closing))
            return NULL;
        if (got > 0)
            work(w);
    }
}

int writer_start(struct writer *w, struct err *err) {
    w->block_bytes = w->whole_blocks ? FILE_BLOCK : PIPE_BUF;
    w->entries = memory_zalloc(ORDER_PART, sizeof *w->entries);
    if (reserve(w, w->block_bytes + LINE_BYTES)) {
        *err = w->err;
        return -1;
    }
    const char *header = line_header(w->run.csv);
    w->block_length = strlen(header);
    memcpy(w->block, header, w->block_length);
    w->work_fd = eventfd(0, EFD_CLOEXEC);
    w->idle_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    w->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (w->work_fd < 0 || w->idle_fd < 0 || w->stop_fd < 0)
        return err_set_errno(err, "cannot make an eventfd");
    errno = pthread_create(&w->thread, NULL, run_thread, w);
    w->started = errno == 0;
    return w->started ? 0 : err_set_errno(err, "cannot start the thread that writes samples");
}

void writer_tell(struct writer *w, int64_t count, int64_t until_ns) {
    if (!w->streams)
        return;
    atomic_store(&w->spooled, count);
    atomic_store(&w->until_ns, until_ns - HOLD_NS);
    ring_bell(w->work_fd);
}

void writer_finish_run(struct writer *w, int64_t count) {
    atomic_store(&w->spooled, count);
    atomic_store(&w->over, true);
    ring_bell(w->work_fd);
}

bool writer_is_idle(const struct writer *w) {
    return !atomic_load(&w->over);
}

uint64_t writer_progress(const struct writer *w) {
    return atomic_load(&w->writes) + atomic_load(&w->spool->reads);
}

void writer_abandon(struct writer *w) {
    ring_bell(w->stop_fd);
}

static void close_bell(int fd) {
    if (fd >= 0)
        close(fd);
}

void writer_close(struct writer *w) {
    if (w->started) {
        atomic_store(&w->closing, true);
        ring_bell(w->work_fd);
        pthread_join(w->thread, NULL);
    }
    close_bell(w->work_fd);
    close_bell(w->idle_fd);
    close_bell(w->stop_fd);
    line_run_fini(&w->run);
    free(w->entries);
    free(w->block);
}
