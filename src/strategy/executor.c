/* An event loop that hands each blocking fetch to a pool of threads and is woken as each finishes: what
 * asyncio's run_in_executor does. The loop keeps as many fetches handed out as requests may be in flight;
 * those for which no thread is free wait in the pool's queue, and that wait is recorded. */
#include <errno.h>
#include <ev.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/processors.h"
#include "base/wait.h"
#include "http/alarm.h"
#include "http/transfer.h"
#include "strategy/queue.h"
#include "strategy/strategy.h"
#include "strategy/work.h"

#define THREADS_PER_PROCESSOR 5 /* as many as Python's first executors had */

struct worker {
    struct executor *executor;
    struct transfer transfer;
    pthread_t thread;
};

struct executor {
    const struct run_context *context;
    struct queue queue;
    struct worker *workers;
    size_t count, opened;
    struct ev_loop *loop;
    ev_async finished; /* sent by workers */
    ev_io stop;
    struct alarm due;
    _Atomic int64_t done; /* fetches that workers have finished */
    struct load_cursor cursor;
    struct ticket next; /* to be handed out */
    bool has_next;
    int64_t handed_out, limit;
};

enum { OPTION_THREADS };

static const struct option options[] = {
    {.name = "threads",
     .argument = "K",
     .kind = OPTION_COUNT,
     .offset = OPTION_THREADS * sizeof(union plan_value),
     .least = 1,
     .most = 4096,
     .help = "threads in the pool, each with one request in flight (5 per processor)",
     .details = "Never more than --concurrency."},
    {0},
};

static int64_t threads(const struct plan_entry *entry) {
    int64_t wanted = entry->values[OPTION_THREADS].number;
    if (!wanted)
        wanted = THREADS_PER_PROCESSOR * (int64_t)processors_allowed();
    return wanted < entry->concurrency ? wanted : entry->concurrency;
}

static int64_t descriptors(const struct plan_entry *entry) {
    return (2 + entry->connections) * threads(entry) + 5; /* an easy handle has a wake-up pair; the loop */
}

static bool find_next(struct executor *e) {
    if (e->has_next && work_is_over(e->context->work)) {
        work_give_back(e->context->work, 1);
        e->has_next = false;
    }
    if (!e->has_next)
        e->has_next = work_take(e->context->work, &e->cursor, &e->next);
    return e->has_next;
}

/* Whether it is time for the next; if not, the loop is woken when it nearly is. */
static bool is_due(struct executor *e) {
    if (e->next.due_ns - clock_now_ns() > WAIT_EARLY_NS) {
        alarm_set(&e->due, e->next.due_ns - WAIT_EARLY_NS);
        return false;
    }
    return wait_until(e->context->recording->stop_fd, e->next.due_ns);
}

/* As many fetches as the plan wants in flight are kept handed out, of those that are due; there is always
 * room for them. False when all are finished and no more is to come. */
static bool hand_out(struct executor *e) {
    int64_t done = atomic_load_explicit(&e->done, memory_order_acquire);
    while (e->handed_out - done < e->limit && find_next(e) && is_due(e)) {
        e->next.queued_ns = clock_now_ns();
        e->has_next = false;
        e->handed_out++;
        queue_put(&e->queue, e->next);
    }
    return (e->has_next || e->handed_out != done) && !recording_stopping(e->context->recording);
}

/* That the loop wakes up is all they are for. */
static void on_finished(struct ev_loop *loop, ev_async *async, int events) {
    (void)loop, (void)async, (void)events;
}

static void on_stop(struct ev_loop *loop, ev_io *io, int events) {
    (void)loop, (void)io, (void)events;
}

static void fetch(struct worker *w, const struct ticket *ticket) {
    CURLcode code = transfer_begin(&w->transfer, ticket);
    if (!code)
        code = transfer_perform(&w->transfer);
    transfer_finish(&w->transfer, code, recording_lane_here(w->executor->context->recording));
}

static void *work(void *argument) {
    struct worker *w = argument;
    struct executor *e = w->executor;
    struct ticket ticket = {0};
    while (queue_take(&e->queue, &ticket)) {
        if (work_is_over(e->context->work))
            work_give_back(e->context->work, 1);
        else
            fetch(w, &ticket);
        work_pause(e->context->work,
                   w->transfer.flight.free_ns); /* before the next is handed out to wait for it */
        atomic_fetch_add_explicit(&e->done, 1, memory_order_release);
        ev_async_send(e->loop, &e->finished);
    }
    return NULL;
}

static void executor_close(void *state) {
    struct executor *e = state;
    for (size_t i = 0; i < e->opened; i++)
        transfer_close(&e->workers[i].transfer);
    alarm_close(&e->due);
    if (e->loop)
        ev_loop_destroy(e->loop);
    queue_fini(&e->queue);
    free(e->workers);
    free(e);
}

static int open_loop(struct executor *e, struct err *err) {
    e->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
    if (!e->loop)
        return err_set(err, ERR_INTERNAL, "libev gave no loop");
    ev_async_init(&e->finished, on_finished);
    ev_async_start(e->loop, &e->finished); /* now, since it takes a descriptor */
    ev_io_init(&e->stop, on_stop, e->context->recording->stop_fd, EV_READ);
    ev_io_start(e->loop, &e->stop);
    return alarm_open(&e->due, e->loop, err);
}

/* Beside strategies that have all of them in flight it would look slow for no reason that anyone sees. */
static void note_default(const struct run_context *context, int64_t limit) {
    const struct plan_entry *entry = context->entry;
    if (entry->values[OPTION_THREADS].number == 0 && entry->threads < limit)
        recording_note(context->recording,
                       "at most %" PRId64 " request%s in flight, one per thread of its pool; "
                       "executor:threads=%" PRId64 " would have as many as -c allows",
                       entry->threads, entry->threads == 1 ? "" : "s", limit);
}

static int executor_open(const struct run_context *context, void **state, struct err *err) {
    struct executor *e = memory_zalloc(1, sizeof *e);
    e->context = context;
    e->count = (size_t)context->entry->threads;
    e->limit = plan_concurrency_of(context->plan, context->entry);
    queue_init(&e->queue, (size_t)e->limit, e->count);
    e->workers = memory_zalloc(e->count, sizeof *e->workers);
    int failed = open_loop(e, err);
    for (size_t i = 0; !failed && i < e->count; i++) {
        e->workers[i].executor = e;
        failed = transfer_open(&e->workers[i].transfer, context->client, i, TRANSFER_STOP_BY_POLL, err);
        e->opened += !failed;
    }
    if (failed) {
        executor_close(e);
        return -1;
    }
    note_default(context, e->limit);
    *state = e;
    return 0;
}

static int executor_run(const struct run_context *context, void *state, struct err *err) {
    struct executor *e = state;
    int code = 0;
    size_t started = 0;
    e->context = context;
    e->handed_out = 0;
    e->has_next = false;
    e->cursor = (struct load_cursor){0};
    e->done = 0;
    queue_reopen(&e->queue);
    while (started < e->count && !code) {
        code = pthread_create(&e->workers[started].thread, NULL, work, &e->workers[started]);
        started += !code;
    }
    while (!code && hand_out(e))
        ev_run(e->loop, EVRUN_ONCE);
    work_give_back(context->work, queue_drop(&e->queue) + e->has_next);
    for (size_t i = 0; i < started; i++)
        pthread_join(e->workers[i].thread, NULL);
    if (!code)
        return 0;
    errno = code;
    return err_set_errno(
        err, "could not start thread %zu of %zu (ulimit -u or the container's limit of processes?)",
        started + 1, e->count);
}

const struct strategy strategy_executor = {
    .name = "executor",
    .summary = "an event loop that hands blocking fetches to a pool of threads",
    .details =
        "What run_in_executor does for asyncio. The pool has a request in flight per thread; of --concurrency "
        "what is more than that waits in its queue.",
    .capabilities =
        CAN_RUN_CONCURRENTLY | CAN_WHAT_LIBCURL_CAN | CAN_KEEP_TIME | ONE_REQUEST_PER_THREAD | HAS_QUEUE,
    .descriptors = descriptors,
    .options = options,
    .threads = threads,
    .open = executor_open,
    .run = executor_run,
    .close = executor_close,
};
