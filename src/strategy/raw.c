/* A client of our own instead of libcurl: what the machine can do with HTTP/1.1, so that the others can be
 * read as multiples of it. With threads=K, K engines that share the work source and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "strategy/loops.h"
#include "strategy/strategy.h"
#include "strategy/work.h"
#include "wire/backend.h"
#include "wire/engine.h"

struct loop {
    const struct run_context *context;
    struct engine *engine;
    struct load_cursor cursor;
    struct err err;
    bool failed;
};

struct loops {
    struct loop *loops;
    size_t count;
};

enum { OPTION_THREADS, OPTION_BACKEND };

static const struct option options[] = {
    LOOPS_OPTION_THREADS(OPTION_THREADS),
    {.name = "backend",
     .argument = "KIND",
     .kind = OPTION_CHOICE,
     .choices = BACKEND_WORDS,
     .offset = OPTION_BACKEND * sizeof(union plan_value),
     .help = "what carries the bytes: auto, uring or epoll (auto)",
     .details =
         "*auto* is io_uring where the kernel permits it, else epoll; the report says which it was, and why."},
    {0},
};

static int64_t threads(const struct plan_entry *entry) {
    return loops_count(entry, entry->values[OPTION_THREADS].number);
}

static int64_t descriptors(const struct plan_entry *entry) {
    return engine_descriptors(entry, threads(entry));
}

static int check(const struct plan_entry *entry, struct err *err) {
    const char *word = entry->values[OPTION_BACKEND].text, *why = NULL;
    if (!word || strcmp(word, "uring") != 0)
        return 0;
    backend_choose(word, &why);
    return why ? err_set(err, ERR_USAGE, "mode raw cannot take backend=uring, since %s", why) : 0;
}

static bool take(void *state, struct ticket *ticket) {
    struct loop *l = state;
    return work_take(l->context->work, &l->cursor, ticket);
}

static void *drive(void *argument) {
    struct loop *l = argument;
    struct pace_rules rules = work_rules(l->context->work, l->context->plan);
    l->cursor = (struct load_cursor){0};
    l->failed = engine_run(l->engine, &rules, &l->err);
    if (l->failed)
        recording_stop(l->context->recording);
    return NULL;
}

static void raw_close(void *state) {
    struct loops *all = state;
    for (size_t i = 0; i < all->count; i++)
        engine_close(all->loops[i].engine);
    free(all->loops);
    free(all);
}

static int open_loop(const struct run_context *context, const struct poller_kind *kind, struct loops *all,
                     size_t i, struct err *err) {
    struct loops_share share = loops_share(context->entry, i);
    struct loop *l = &all->loops[i];
    l->context = context;
    struct engine_setup setup = {.client = context->client,
                                 .entry = context->entry,
                                 .kind = kind,
                                 .first_slot = share.first,
                                 .slots = share.count,
                                 .lane = i,
                                 .take = take,
                                 .state = l};
    return engine_open(&l->engine, &setup, err);
}

static int raw_open(const struct run_context *context, void **state, struct err *err) {
    const char *why = NULL;
    const struct poller_kind *kind = backend_choose(context->entry->values[OPTION_BACKEND].text, &why);
    struct run_facts *facts = context->recording->facts;
    snprintf(facts->backend, sizeof facts->backend, "%s", kind->name);
    if (why)
        recording_note(context->recording, "raw used %s, since %s", kind->name, why);
    struct loops *all = memory_zalloc(1, sizeof *all);
    all->count = (size_t)context->entry->threads;
    all->loops = memory_zalloc(all->count, sizeof *all->loops);
    for (size_t i = 0; i < all->count; i++)
        if (open_loop(context, kind, all, i, err)) {
            raw_close(all);
            return -1;
        }
    *state = all;
    return 0;
}

static int raw_run(const struct run_context *context, void *state, struct err *err) {
    struct loops *all = state;
    for (size_t i = 0; i < all->count; i++)
        all->loops[i].context = context;
    if (loops_run(all->loops, sizeof *all->loops, all->count, drive, context->recording, err))
        return -1;
    for (size_t i = 0; i < all->count; i++)
        if (all->loops[i].failed) {
            *err = all->loops[i].err;
            return -1;
        }
    return 0;
}

const struct strategy strategy_raw = {
    .name = "raw",
    .summary = "an HTTP/1.1 client of its own on io_uring or epoll, without libcurl",
    .details =
        "Its one thread keeps --concurrency requests in flight, each on its own connection, and reads the "
        "answers with a parser of its own: what is left of the cost is the kernel's. With threads=K there are "
        "K such loops, which share the requests. HTTP/2, proxies, redirects, compressed answers and bodies sent "
        "in chunks are left to libcurl's strategies. Its parser is strict where libcurl guesses: what is no "
        "well-formed answer fails as *protocol*, and over TLS a body that ends with its connection but "
        "without close_notify as *truncated*.",
    .capabilities = CAN_RUN_CONCURRENTLY | CAN_TLS | CAN_CERTIFICATE | CAN_REROUTE | CAN_FAIL_STATUS |
                    CAN_USE_BODY | CAN_WORK | CAN_WARM_UP | CAN_KEEP_TIME | CAN_SPIN | HAS_OWN_LANES,
    .descriptors = descriptors,
    .options = options,
    .threads = threads,
    .check = check,
    .open = raw_open,
    .run = raw_run,
    .close = raw_close,
};
