/* A pool of forked worker processes, each with one easy handle of its own. They take tickets from the one
 * work source and record into the one recording, both in shared memory. Workers that have found no more work
 * wait until all have, so that the memory of the whole pool can be looked at before they end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "http/transfer.h"
#include "strategy/strategy.h"
#include "strategy/work.h"

struct pool {
    pid_t *workers; /* the index is the slot of the recording */
    size_t count, started;
    int idle[2];    /* held open for writing by every worker that may still find work */
    int dismiss[2]; /* held open for writing by the parent until the workers may end */
};

static int64_t threads(const struct plan_entry *entry) {
    return entry->concurrency; /* one in each process */
}

static int64_t descriptors(const struct plan_entry *entry) {
    return entry->connections + 8; /* of one worker: its easy handle's and the pipes'; the parent has fewer */
}

static int processes_open(const struct run_context *context, void **state, struct err *err) {
    (void)err;
    struct pool *p = memory_zalloc(1, sizeof *p);
    p->count = (size_t)context->entry->concurrency;
    p->workers = memory_zalloc(p->count, sizeof *p->workers);
    *state = p;
    return 0;
}

static void processes_close(void *state) {
    struct pool *p = state;
    free(p->workers);
    free(p);
}

static void fetch(const struct run_context *context, size_t slot, struct err *err) {
    struct transfer t;
    if (transfer_open(&t, context->client, slot, TRANSFER_STOP_BY_POLL, err))
        return;
    struct load_cursor cursor = {0};
    struct ticket ticket;
    while (work_await(context->work, &cursor, &ticket)) {
        CURLcode code = transfer_begin(&t, &ticket);
        if (!code)
            code = transfer_perform(&t);
        transfer_finish(&t, code, recording_lane_here(context->recording));
        work_pause(context->work, t.flight.free_ns);
    }
    transfer_close(&t);
}

/* The pool's arrays are the parent's; its copy here is given back for the sake of leak checks alone. */
static _Noreturn void work(const struct run_context *context, struct pool *p, size_t slot, pid_t parent) {
    struct err err = {0};
    char none = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    close(p->idle[0]);
    close(p->dismiss[1]);
    fetch(context, slot, &err);
    close(p->idle[1]);
    while (read(p->dismiss[0], &none, 1) < 0 && errno == EINTR) {
    }
    int leaks = slot == 0 ? memory_check_leaks() : 0; /* all do the same, and to look takes long */
    _exit(err.kind != ERR_NONE ? 1 : leaks);
}

static int start_workers(const struct run_context *context, struct pool *p, struct err *err) {
    pid_t parent = getpid();
    for (p->started = 0; p->started < p->count; p->started++) {
        pid_t pid = fork();
        if (pid == 0)
            work(context, p, p->started, parent);
        if (pid < 0)
            return err_set_errno(
                err, "could not start worker process %zu of %zu (ulimit -u or the container's limit?)",
                p->started + 1, p->count);
        p->workers[p->started] = pid;
    }
    return 0;
}

/* Returns once no worker can find more work: the pipe ends when the last of them has closed it, or died. */
static void wait_until_idle(struct pool *p) {
    char none = 0;
    close(p->idle[1]);
    while (read(p->idle[0], &none, 1) < 0 && errno == EINTR) {
    }
    close(p->idle[0]);
}

static int judge_worker(const struct run_context *context, const struct pool *p, size_t i, int status,
                        struct err *err) {
    context->recording->facts->ended_by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (WIFSIGNALED(status))
        return err_set(err, ERR_INTERNAL, "worker process %zu of %zu was ended by signal %d (%s)", i + 1,
                       p->count, WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status))
        return err_set(err, ERR_INTERNAL, "worker process %zu of %zu exited with status %d", i + 1, p->count,
                       WEXITSTATUS(status));
    return 0;
}

/* Waits for each of them, so that what they cost is counted; err says the first that ended badly. */
static int dismiss_workers(const struct run_context *context, struct pool *p, struct err *err) {
    int failed = 0;
    close(p->dismiss[0]);
    close(p->dismiss[1]);
    for (size_t i = 0; i < p->started; i++) {
        int status = 0;
        while (waitpid(p->workers[i], &status, 0) < 0 && errno == EINTR) {
        }
        if (!failed && err->kind == ERR_NONE)
            failed = judge_worker(context, p, i, status, err);
    }
    return failed;
}

static int open_pipes(struct pool *p, struct err *err) {
    if (pipe2(p->idle, O_CLOEXEC))
        return err_set_errno(err, "cannot make a pipe");
    if (pipe2(p->dismiss, O_CLOEXEC) == 0)
        return 0;
    err_set_errno(err, "cannot make a pipe");
    close(p->idle[0]);
    close(p->idle[1]);
    return -1;
}

static int processes_run(const struct run_context *context, void *state, struct err *err) {
    struct pool *p = state;
    if (open_pipes(p, err))
        return -1;
    int failed = start_workers(context, p, err);
    if (failed)
        recording_stop(context->recording);
    wait_until_idle(p);
    recording_look(context->recording);
    return dismiss_workers(context, p, err) || failed ? -1 : 0;
}

const struct strategy strategy_processes = {
    .name = "processes",
    .summary = "a pool of -c worker processes, each with its own connection",
    .details =
        "The processes are forked inside the clock and share nothing but the work. Their time and memory are "
        "counted together. Connections that a warm-up made end with its processes.",
    .capabilities = CAN_RUN_CONCURRENTLY | CAN_WHAT_LIBCURL_CAN | CAN_KEEP_TIME | RUNS_PROCESSES,
    .descriptors = descriptors,
    .threads = threads,
    .open = processes_open,
    .run = processes_run,
    .close = processes_close,
};
