/* A producer puts tickets into a bounded queue; as many worker threads as requests may be in flight take them
 * out, each with an easy handle of its own. The workers' stacks are small, guarded, and come from one
 * reservation that is kept until the end, so that the memory figure taken then has them in it. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "http/transfer.h"
#include "strategy/queue.h"
#include "strategy/strategy.h"
#include "strategy/work.h"

#define STACK_BYTES (256 * 1024) /* beyond what the C library itself asks for */
/* With fewer places all workers may empty the queue before the producer, woken when it is half empty, has had
 * its turn of the processor; then each of them sleeps once more per request. */
#define QUEUE_PER_WORKER 16

struct worker {
    struct pool *pool;
    struct transfer transfer;
    pthread_t thread;
};

struct pool {
    struct queue queue;
    struct work *source; /* of the run */
    struct load_cursor cursor;
    struct worker *workers;
    size_t count, opened;
    char *stacks;
    size_t stack_bytes; /* of one, its guard included */
    size_t guard_bytes; /* a page */
};

enum { OPTION_QUEUE };

static const struct option options[] = {
    {.name = "queue",
     .argument = "N",
     .kind = OPTION_COUNT,
     .offset = OPTION_QUEUE * sizeof(union plan_value),
     .least = 1,
     .most = 10000000,
     .help = "places in the queue (sixteen per worker)",
     .details = "A request's time in it is its queue wait in the report."},
    {0},
};

static int64_t threads(const struct plan_entry *entry) {
    return entry->concurrency;
}

static int64_t descriptors(const struct plan_entry *entry) {
    return (2 + entry->connections) * entry->concurrency; /* an easy handle has a wake-up pair */
}

static void threads_close(void *state) {
    struct pool *p = state;
    for (size_t i = 0; i < p->opened; i++)
        transfer_close(&p->workers[i].transfer);
    if (p->stacks)
        munmap(p->stacks, p->count * p->stack_bytes);
    queue_fini(&p->queue);
    free(p->workers);
    free(p);
}

static int open_stacks(struct pool *p, struct err *err) {
    long least = sysconf(_SC_THREAD_STACK_MIN), page = sysconf(_SC_PAGESIZE);
    p->guard_bytes = page > 0 ? (size_t)page : 4096;
    size_t wanted = STACK_BYTES + p->guard_bytes + (least > 0 ? (size_t)least : 0);
    p->stack_bytes = (wanted + p->guard_bytes - 1) / p->guard_bytes * p->guard_bytes;
    char *stacks = mmap(NULL, p->count * p->stack_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (stacks == MAP_FAILED)
        return err_set_errno(err, "cannot reserve the stacks of %zu threads", p->count);
    p->stacks = stacks;
    for (size_t i = 0; i < p->count; i++)
        if (mprotect(stacks + i * p->stack_bytes, p->guard_bytes, PROT_NONE))
            return err_set_errno(err, "cannot guard the stack of thread %zu of %zu", i + 1, p->count);
    return 0;
}

static int threads_open(const struct run_context *context, void **state, struct err *err) {
    struct pool *p = memory_zalloc(1, sizeof *p);
    p->count = (size_t)context->entry->concurrency;
    int64_t places = context->entry->values[OPTION_QUEUE].number;
    queue_init(&p->queue, places ? (size_t)places : QUEUE_PER_WORKER * p->count, p->count);
    p->workers = memory_zalloc(p->count, sizeof *p->workers);
    int failed = open_stacks(p, err);
    for (size_t i = 0; !failed && i < p->count; i++) {
        p->workers[i].pool = p;
        failed = transfer_open(&p->workers[i].transfer, context->client, i, TRANSFER_STOP_BY_POLL, err);
        p->opened += !failed;
    }
    if (failed) {
        threads_close(p);
        return -1;
    }
    *state = p;
    return 0;
}

static void *work(void *argument) {
    struct worker *w = argument;
    struct queue *queue = &w->pool->queue;
    struct work *source = w->pool->source;
    struct recording *recording = w->transfer.flight.client->recording;
    struct ticket ticket = {0};
    while (queue_take(queue, &ticket)) {
        if (work_is_over(source)) {
            work_give_back(source, 1 + queue_drop(queue));
            break;
        }
        CURLcode code = transfer_begin(&w->transfer, &ticket);
        if (!code)
            code = transfer_perform(&w->transfer);
        transfer_finish(&w->transfer, code, recording_lane_here(recording));
        work_pause(source, w->transfer.flight.free_ns);
    }
    return NULL;
}

static int start_worker(struct pool *p, size_t i) {
    pthread_attr_t attributes;
    int code = pthread_attr_init(&attributes);
    if (code)
        return code;
    code = pthread_attr_setstack(&attributes, p->stacks + i * p->stack_bytes + p->guard_bytes,
                                 p->stack_bytes - p->guard_bytes);
    if (!code)
        code = pthread_create(&p->workers[i].thread, &attributes, work, &p->workers[i]);
    pthread_attr_destroy(&attributes);
    return code;
}

/* Requests are put in when they are due; where there is no room, that is part of what they wait. */
static bool put_next(struct pool *p) {
    struct ticket ticket;
    if (!work_await(p->source, &p->cursor, &ticket))
        return false;
    ticket.queued_ns = clock_now_ns();
    if (queue_put(&p->queue, ticket))
        return true;
    work_give_back(p->source, 1);
    return false;
}

/* What is due from the start on is there before the workers are: none of them has to be woken for it. */
static void fill(struct pool *p) {
    for (size_t i = 0; !p->source->load && i < p->queue.capacity && put_next(p); i++) {
    }
}

static void produce(struct pool *p) {
    while (put_next(p)) {
    }
    if (work_is_over(p->source))
        work_give_back(p->source, queue_drop(&p->queue));
    else
        queue_close(&p->queue);
}

static int threads_run(const struct run_context *context, void *state, struct err *err) {
    struct pool *p = state;
    int code = 0;
    size_t started = 0;
    p->source = context->work;
    p->cursor = (struct load_cursor){0};
    queue_reopen(&p->queue);
    fill(p);
    while (started < p->count && !code) {
        code = start_worker(p, started);
        started += !code;
    }
    if (code)
        work_give_back(p->source, queue_drop(&p->queue));
    else
        produce(p);
    for (size_t i = 0; i < started; i++)
        pthread_join(p->workers[i].thread, NULL);
    if (!code)
        return 0;
    errno = code;
    return err_set_errno(
        err, "could not start thread %zu of %zu (ulimit -u or the container's limit of processes?)",
        started + 1, p->count);
}

const struct strategy strategy_threads = {
    .name = "threads",
    .summary = "a queue emptied by -c worker threads, each with its own connection",
    .details = "The queue is bounded. With -c equal to -n it is a thread per request.",
    .capabilities = CAN_RUN_CONCURRENTLY | CAN_WHAT_LIBCURL_CAN | CAN_KEEP_TIME | HAS_QUEUE,
    .descriptors = descriptors,
    .options = options,
    .threads = threads,
    .open = threads_open,
    .run = threads_run,
    .close = threads_close,
};
