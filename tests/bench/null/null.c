/* A strategy that sends nothing: every ticket is taken, begun, stamped as an answered request is, and
 * recorded. What a run of it costs is what fetchbench adds to any client. */
#include "base/clock.h"
#include "strategy/strategy.h"
#include "strategy/work.h"

static int64_t descriptors(const struct plan_entry *entry) {
    (void)entry;
    return 0;
}

static int null_open(const struct run_context *context, void **state, struct err *err) {
    (void)context, (void)err;
    *state = NULL;
    return 0;
}

static void answer(struct recording *r, size_t slot, int64_t number) {
    int64_t now_ns = clock_now_ns();
    struct sample s = {.due_ns = now_ns,
                       .start_ns = now_ns,
                       .queue_wait_ns = -1,
                       .dns_ns = -1,
                       .connect_ns = -1,
                       .tls_ns = -1,
                       .bytes_received = 1,
                       .header_bytes = 1,
                       .bytes_sent = 1,
                       .status = 200};
    recording_begin(r, slot, number, now_ns);
    s.sent_ns = clock_now_ns();
    s.first_byte_ns = clock_now_ns();
    s.end_ns = clock_now_ns();
    recording_put(r, 0, slot, number, &s, NULL);
}

static int null_run(const struct run_context *context, void *state, struct err *err) {
    (void)state, (void)err;
    struct load_cursor cursor = {0};
    struct ticket ticket;
    size_t slots = (size_t)context->entry->concurrency;
    while (work_take(context->work, &cursor, &ticket))
        answer(context->recording, (size_t)ticket.number % slots, ticket.number);
    return 0;
}

static void null_close(void *state) {
    (void)state;
}

const struct strategy strategy_null = {
    .name = "null",
    .summary = "sends nothing: what a run costs by itself",
    .capabilities = CAN_RUN_CONCURRENTLY | HAS_OWN_LANES,
    .descriptors = descriptors,
    .open = null_open,
    .run = null_run,
    .close = null_close,
};
