/* One request after another on one easy handle: the loop that everybody writes first. */
#include <stdlib.h>

#include "base/memory.h"
#include "http/transfer.h"
#include "strategy/strategy.h"
#include "strategy/work.h"

static int64_t descriptors(const struct plan_entry *entry) {
    return 2 + entry->connections; /* an easy handle has a wake-up pair */
}

static int sequential_open(const struct run_context *context, void **state, struct err *err) {
    struct transfer *t = memory_zalloc(1, sizeof *t);
    if (transfer_open(t, context->client, 0, TRANSFER_STOP_BY_POLL, err)) {
        free(t);
        return -1;
    }
    *state = t;
    return 0;
}

static int sequential_run(const struct run_context *context, void *state, struct err *err) {
    (void)err;
    struct transfer *t = state;
    struct load_cursor cursor = {0};
    struct ticket ticket;
    while (work_await(context->work, &cursor, &ticket)) {
        CURLcode code = transfer_begin(t, &ticket);
        transfer_finish(t, code ? code : transfer_perform(t), 0);
        work_pause(context->work, t->flight.free_ns);
    }
    return 0;
}

static void sequential_close(void *state) {
    transfer_close(state);
    free(state);
}

const struct strategy strategy_sequential = {
    .name = "sequential",
    .summary = "one request after another on one connection",
    .details =
        "What a script with a loop does, and the measure of the others. --concurrency does not touch it.",
    .capabilities = CAN_WHAT_LIBCURL_CAN | CAN_KEEP_TIME | HAS_OWN_LANES,
    .descriptors = descriptors,
    .open = sequential_open,
    .run = sequential_run,
    .close = sequential_close,
};
