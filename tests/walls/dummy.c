/* A strategy that sends nothing and claims that all was well: the least that the contract takes. */
#include "base/clock.h"
#include "strategy/strategy.h"
#include "strategy/work.h"

static int64_t descriptors(const struct plan_entry *entry) {
    (void)entry;
    return 3;
}

static int dummy_open(const struct run_context *context, void **state, struct err *err) {
    (void)context, (void)err;
    *state = NULL;
    return 0;
}

static int dummy_run(const struct run_context *context, void *state, struct err *err) {
    (void)state, (void)err;
    struct load_cursor cursor = {0};
    struct ticket ticket;
    while (work_take(context->work, &cursor, &ticket)) {
        int64_t now = clock_now_ns();
        struct sample sample = {.due_ns = now,
                                .start_ns = now,
                                .sent_ns = now,
                                .first_byte_ns = now,
                                .end_ns = now + 1000,
                                .queue_wait_ns = -1,
                                .dns_ns = -1,
                                .connect_ns = -1,
                                .tls_ns = -1,
                                .status = 200};
        recording_begin(context->recording, 0, ticket.number, now);
        recording_put(context->recording, 0, 0, ticket.number, &sample, NULL);
    }
    return 0;
}

static void dummy_close(void *state) {
    (void)state;
}

const struct strategy strategy_dummy = {
    .name = "dummy",
    .summary = "sends nothing",
    .descriptors = descriptors,
    .open = dummy_open,
    .run = dummy_run,
    .close = dummy_close,
};
