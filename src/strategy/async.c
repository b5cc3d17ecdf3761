/* All requests on one event loop: curl_multi_socket_action under libev. With threads=K, K loops that share
 * the work source and nothing else; the first runs on the process's own thread. */
#include <stdlib.h>

#include "base/memory.h"
#include "http/driver.h"
#include "strategy/loops.h"
#include "strategy/strategy.h"
#include "strategy/work.h"

struct loop {
    const struct run_context *context;
    struct driver *driver;
    struct transfer *transfers; /* its share */
    size_t count, lane;
    struct load_cursor cursor;
};

struct loops {
    struct transfer *transfers;
    size_t opened;
    struct loop *loops;
    size_t count;
};

enum { OPTION_THREADS };

static const struct option options[] = {LOOPS_OPTION_THREADS(OPTION_THREADS), {0}};

static int64_t threads(const struct plan_entry *entry) {
    return loops_count(entry, entry->values[OPTION_THREADS].number);
}

static int64_t descriptors(const struct plan_entry *entry) {
    return driver_descriptors(entry, threads(entry));
}

static bool take(void *state, struct ticket *ticket) {
    struct loop *l = state;
    return work_take(l->context->work, &l->cursor, ticket);
}

static bool begin(void *state, struct transfer *t, const struct ticket *ticket) {
    const struct loop *l = state;
    CURLcode code = transfer_begin(t, ticket);
    if (!code && driver_add(l->driver, t) == 0)
        return true;
    transfer_finish(t, code ? code : CURLE_FAILED_INIT, l->lane);
    return false;
}

static void on_done(void *state, struct transfer *t, CURLcode code) {
    const struct loop *l = state;
    if (transfer_retry(t, code) && driver_add(l->driver, t) == 0)
        return;
    transfer_finish(t, code, l->lane);
    driver_rest(l->driver, t);
}

static void on_cancel(void *state, struct transfer *t) {
    const struct loop *l = state;
    transfer_cancel(t, l->lane);
}

static void *drive(void *argument) {
    struct loop *l = argument;
    struct pace_rules rules = work_rules(l->context->work, l->context->plan);
    l->cursor = (struct load_cursor){0};
    driver_run(l->driver, &rules);
    return NULL;
}

static void async_close(void *state) {
    struct loops *all = state;
    for (size_t i = 0; i < all->count; i++)
        driver_close(all->loops[i].driver);
    for (size_t i = 0; i < all->opened; i++)
        transfer_close(&all->transfers[i]);
    free(all->transfers);
    free(all->loops);
    free(all);
}

static int open_loop(const struct run_context *context, struct loops *all, size_t i, struct err *err) {
    struct loops_share share = loops_share(context->entry, i);
    struct loop *l = &all->loops[i];
    *l = (struct loop){
        .context = context, .transfers = all->transfers + share.first, .count = share.count, .lane = i};
    struct driver_owner owner = {
        .take = take, .begin = begin, .done = on_done, .cancel = on_cancel, .state = l, .lane = i};
    return driver_open(&l->driver, l->transfers, l->count, owner, context->recording->stop_fd, err);
}

static int async_open(const struct run_context *context, void **state, struct err *err) {
    struct loops *all = memory_zalloc(1, sizeof *all);
    size_t total = (size_t)context->entry->concurrency;
    all->transfers = memory_zalloc(total, sizeof *all->transfers);
    all->count = (size_t)context->entry->threads;
    all->loops = memory_zalloc(all->count, sizeof *all->loops);
    int failed = 0;
    for (size_t i = 0; !failed && i < total; i++) {
        failed = transfer_open(&all->transfers[i], context->client, i, TRANSFER_STOP_BY_DRIVER, err);
        all->opened += !failed;
    }
    for (size_t i = 0; !failed && i < all->count; i++)
        failed = open_loop(context, all, i, err);
    if (failed) {
        async_close(all);
        return -1;
    }
    *state = all;
    return 0;
}

static int async_run(const struct run_context *context, void *state, struct err *err) {
    struct loops *all = state;
    for (size_t i = 0; i < all->count; i++)
        all->loops[i].context = context;
    return loops_run(all->loops, sizeof *all->loops, all->count, drive, context->recording, err);
}

const struct strategy strategy_async = {
    .name = "async",
    .summary = "all requests on one event loop: curl_multi under libev",
    .details =
        "Its one thread keeps --concurrency requests in flight. With threads=K there are K such loops, "
        "which share the requests.",
    .capabilities = CAN_RUN_CONCURRENTLY | CAN_WHAT_LIBCURL_CAN | CAN_KEEP_TIME | CAN_SPIN | HAS_OWN_LANES,
    .descriptors = descriptors,
    .options = options,
    .threads = threads,
    .open = async_open,
    .run = async_run,
    .close = async_close,
};
