/* The owner's side of spool and writer. */
#include "samples/samples.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "run/interrupt.h"
#include "samples/writer.h"

#define PATIENCE_NS INT64_C(2000000000) /* of one who interrupted, with a target that takes nothing */
#define LOOK_NS INT64_C(100000000)

struct samples {
    struct writer writer;
    struct spool spool;
    int64_t spooled; /* entries of the run that is on */
    struct err err;  /* what went wrong first */
};

static int open_target(struct samples *s, const struct samples_target *target, struct err *err) {
    bool standard = strcmp(target->path, "-") == 0;
    s->writer.name = standard ? "standard output" : target->path;
    if (standard)
        s->writer.out_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    else
        s->writer.out_fd = open(target->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (s->writer.out_fd >= 0)
        return 0;
    return err_set(err, ERR_OUTPUT, "cannot write the samples to %.300s: %s", s->writer.name,
                   strerror(errno));
}

/* Where there is room for the lines there is room for the samples. */
static int open_spool(struct samples *s, const struct samples_target *target, struct err *err) {
    const char *slash = target->is_file ? strrchr(target->path, '/') : NULL;
    const char *temporary = getenv("TMPDIR");
    struct arena arena = {0};
    int length = slash ? (int)(slash - target->path + 1) : 0;
    const char *folders[] = {slash             ? arena_printf(&arena, "%.*s", length, target->path)
                             : target->is_file ? "."
                                               : "",
                             temporary ? temporary : "",
                             "/tmp",
                             "/var/tmp",
                             ".",
                             NULL};
    int failed = spool_open(&s->spool, folders, err);
    arena_fini(&arena);
    return failed;
}

static bool ends_in_csv(const char *path) {
    size_t length = strlen(path);
    return length >= 4 && strcasecmp(path + length - 4, ".csv") == 0;
}

struct samples *samples_open(const struct samples_target *target, struct err *err) {
    struct samples *s = memory_zalloc(1, sizeof *s);
    s->spool.fd = -1;
    s->writer = (struct writer){.out_fd = -1,
                                .work_fd = -1,
                                .idle_fd = -1,
                                .stop_fd = -1,
                                .whole_blocks = target->is_file,
                                .streams = !target->is_file && !target->issued,
                                .order = target->issued ? ORDER_ISSUED : ORDER_COMPLETED,
                                .spool = &s->spool,
                                .run.csv = ends_in_csv(target->path)};
    if (open_target(s, target, err) == 0 && open_spool(s, target, err) == 0)
        return s;
    samples_close(s, NULL);
    return NULL;
}

bool samples_are_streamed(const struct samples *s) {
    return s->writer.streams;
}

int samples_start(struct samples *s, struct err *err) {
    return writer_start(&s->writer, err);
}

static void begin_run(struct samples *s, const struct run_samples *batch) {
    line_run_fini(&s->writer.run);
    const struct line_identity identity = {.label = batch->entry->label,
                                           .round = batch->round,
                                           .baseline_repeat = batch->baseline_repeat,
                                           .point = batch->entry->point};
    line_run_init(&s->writer.run, s->writer.run.csv, &identity, batch->go_ns);
}

void samples_put(struct samples *s, const struct run_samples *batch) {
    if (s->err.kind != ERR_NONE || atomic_load(&s->writer.failed))
        return;
    if (batch->count > 0) {
        if (s->spooled == 0)
            begin_run(s, batch);
        if (spool_write(&s->spool, s->spooled, batch->entries, batch->count, &s->err))
            return;
        s->spooled += (int64_t)batch->count;
    }
    if (batch->until_ns && s->spooled)
        writer_tell(&s->writer, s->spooled, batch->until_ns);
}

static void await_writer(struct samples *s) {
    struct writer *w = &s->writer;
    int interrupts = interrupt_count();
    uint64_t progress = writer_progress(w), drained = 0;
    int64_t moved_ns = clock_now_ns();
    while (!writer_is_idle(w)) {
        struct pollfd fd = {.fd = w->idle_fd, .events = POLLIN};
        bool rang = interrupt_poll(&fd, 1, LOOK_NS) > 0 && read(w->idle_fd, &drained, sizeof drained) > 0;
        if (rang || writer_progress(w) != progress)
            moved_ns = clock_now_ns();
        progress = writer_progress(w);
        bool again = interrupt_count() > interrupts && interrupt_count() > 1;
        if (again || (interrupt_count() && clock_now_ns() - moved_ns > PATIENCE_NS))
            writer_abandon(w);
    }
}

static void note_lost(struct samples *s, const struct run_result *result) {
    uint64_t lost = result->totals->samples_lost;
    if (lost > 0 && s->err.kind == ERR_NONE)
        err_set(&s->err, ERR_OUTPUT,
                "%" PRIu64
                " of the samples of %.100s are lost: its process recorded them faster than they could "
                "be taken over",
                lost, result->entry->label);
}

void samples_end_run(struct samples *s, const struct run_result *result) {
    writer_finish_run(&s->writer, s->spooled);
    await_writer(s);
    s->spooled = 0;
    note_lost(s, result);
    if (s->err.kind == ERR_NONE)
        spool_clear(&s->spool, &s->err);
}

const struct err *samples_failure(const struct samples *s) {
    return s->err.kind == ERR_NONE && atomic_load(&s->writer.failed) ? &s->writer.err : &s->err;
}

int samples_close(struct samples *s, struct err *err) {
    if (!s)
        return 0;
    writer_close(&s->writer);
    spool_close(&s->spool);
    struct err first = *samples_failure(s);
    if (s->writer.out_fd >= 0 && close(s->writer.out_fd) && first.kind == ERR_NONE)
        err_set(&first, ERR_OUTPUT, "cannot write the samples to %.300s: %s", s->writer.name,
                strerror(errno));
    free(s);
    if (first.kind == ERR_NONE)
        return 0;
    if (err)
        *err = first;
    return -1;
}
