/* One stackful coroutine per request on one event loop: next URL, fetch and sample are straight-line code on
 * a stack of its own, which waits in the middle for the driver that async uses too. A coroutine is begun when
 * its request may be sent and resumed at the top of the loop, never inside libcurl; and libcurl is driven
 * from the loop's stack alone, so that its frames, which may be deep, never stand on a coroutine's small one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "http/driver.h"
#include "strategy/fiber.h"
#include "strategy/strategy.h"
#include "strategy/work.h"

#define MAPPINGS_USUAL 65530 /* the kernel's default of vm.max_map_count */
#define OWN_MAPPINGS 1024    /* of memory, that the rest of the process may have */

struct coroutine {
    struct loop *loop;
    struct transfer *transfer;
    struct ticket ticket;
    CURLcode code;           /* what it waited for */
    bool cancelled;          /* its transfer was taken out of the driver's hands */
    struct coroutine *after; /* in the queue of those to be resumed */
};

struct loop {
    const struct run_context *context;
    struct driver *driver;
    struct fibers *fibers;
    struct transfer *transfers;
    struct coroutine *coroutines; /* each on the stack and with the transfer of its index */
    size_t count, opened;
    struct load_cursor cursor;
    struct coroutine *first, **last; /* to be resumed, in the order in which their answers came */
};

static int64_t descriptors(const struct plan_entry *entry) {
    return driver_descriptors(entry, 1);
}

static int64_t mappings_allowed(void) {
    char text[32] = "";
    FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
    const char *line = file ? fgets(text, sizeof text, file) : NULL;
    if (file)
        fclose(file);
    int64_t allowed = line ? strtoll(line, NULL, 10) : 0;
    return allowed > 0 ? allowed : MAPPINGS_USUAL;
}

static int check(const struct plan_entry *entry, struct err *err) {
    int64_t allowed = mappings_allowed(), fits = (allowed - OWN_MAPPINGS) / FIBER_MAPPINGS;
    if (entry->concurrency <= fits)
        return 0;
    return err_set(err, ERR_USAGE,
                   "%s with %" PRId64 " requests in flight needs %" PRId64
                   " mappings of memory for its guarded stacks and vm.max_map_count is %" PRId64
                   ": -c %" PRId64 " is the most that fits (or raise it with sysctl)",
                   entry->label, entry->concurrency, FIBER_MAPPINGS * entry->concurrency + OWN_MAPPINGS,
                   allowed, fits > 0 ? fits : 0);
}

/* On the coroutine's stack: gives the transfer away and waits for what became of it. */
static CURLcode await(struct coroutine *co) {
    fiber_yield(co->loop->fibers);
    return co->code;
}

/* On the coroutine's stack: one request from its URL to its sample. */
static void fetch(void *argument) {
    struct coroutine *co = argument;
    struct transfer *t = co->transfer;
    CURLcode code = transfer_begin(t, &co->ticket);
    if (!code)
        code = await(co);
    while (!co->cancelled && transfer_retry(t, code))
        code = await(co);
    if (co->cancelled)
        transfer_cancel(t, 0);
    else
        transfer_finish(t, code, 0);
}

/* Runs a coroutine until it waits for its transfer (true) or has ended. */
static bool go_on(struct coroutine *co) {
    struct loop *l = co->loop;
    while (fiber_resume(l->fibers, (size_t)(co - l->coroutines))) {
        if (driver_add(l->driver, co->transfer) == 0)
            return true;
        co->code = CURLE_FAILED_INIT;
    }
    return false;
}

static bool take(void *state, struct ticket *ticket) {
    struct loop *l = state;
    return work_take(l->context->work, &l->cursor, ticket);
}

/* Each stack that comes free carries another request. */
static bool begin(void *state, struct transfer *t, const struct ticket *ticket) {
    struct loop *l = state;
    struct coroutine *co = &l->coroutines[t - l->transfers];
    co->ticket = *ticket;
    co->cancelled = false;
    fiber_prepare(l->fibers, (size_t)(co - l->coroutines), fetch, co);
    return go_on(co);
}

static void on_turn(void *state) {
    struct loop *l = state;
    while (l->first) {
        struct coroutine *co = l->first;
        l->first = co->after;
        if (!l->first)
            l->last = &l->first;
        if (!go_on(co))
            driver_rest(l->driver, co->transfer);
    }
}

static void on_done(void *state, struct transfer *t, CURLcode code) {
    struct loop *l = state;
    struct coroutine *co = &l->coroutines[t - l->transfers];
    co->code = code;
    co->after = NULL;
    *l->last = co;
    l->last = &co->after;
}

static void on_cancel(void *state, struct transfer *t) {
    struct loop *l = state;
    struct coroutine *co = &l->coroutines[t - l->transfers];
    co->cancelled = true;
    go_on(co);
}

static void coroutine_close(void *state) {
    struct loop *l = state;
    driver_close(l->driver);
    for (size_t i = 0; i < l->opened; i++)
        transfer_close(&l->transfers[i]);
    fibers_close(l->fibers);
    free(l->coroutines);
    free(l->transfers);
    free(l);
}

static int open_parts(const struct run_context *context, struct loop *l, struct err *err) {
    struct driver_owner owner = {
        .take = take, .begin = begin, .done = on_done, .cancel = on_cancel, .turn = on_turn, .state = l};
    if (fibers_open(&l->fibers, l->count, err))
        return -1;
    for (size_t i = 0; i < l->count; i++) {
        l->coroutines[i] = (struct coroutine){.loop = l, .transfer = &l->transfers[i]};
        if (transfer_open(&l->transfers[i], context->client, i, TRANSFER_STOP_BY_DRIVER, err))
            return -1;
        l->opened++;
    }
    return driver_open(&l->driver, l->transfers, l->count, owner, context->recording->stop_fd, err);
}

static int coroutine_open(const struct run_context *context, void **state, struct err *err) {
    struct loop *l = memory_zalloc(1, sizeof *l);
    l->count = (size_t)context->entry->concurrency;
    l->last = &l->first;
    l->transfers = memory_zalloc(l->count, sizeof *l->transfers);
    l->coroutines = memory_zalloc(l->count, sizeof *l->coroutines);
    if (open_parts(context, l, err)) {
        coroutine_close(l);
        return -1;
    }
    *state = l;
    return 0;
}

static int coroutine_run(const struct run_context *context, void *state, struct err *err) {
    (void)err;
    struct loop *l = state;
    l->context = context;
    l->cursor = (struct load_cursor){0};
    struct pace_rules rules = work_rules(context->work, context->plan);
    driver_run(l->driver, &rules);
    return 0;
}

const struct strategy strategy_coroutine = {
    .name = "coroutine",
    .summary = "a coroutine per request, each on a stack of its own, on one event loop",
    .details =
        "Fetching is straight-line code that waits in the middle, as with goroutines or async and await. It is "
        "driven as async is, so what differs is the price of stacks and of switching between them.",
    .capabilities = CAN_RUN_CONCURRENTLY | CAN_WHAT_LIBCURL_CAN | CAN_KEEP_TIME | CAN_SPIN | HAS_OWN_LANES,
    .descriptors = descriptors,
    .check = check,
    .open = coroutine_open,
    .run = coroutine_run,
    .close = coroutine_close,
};
