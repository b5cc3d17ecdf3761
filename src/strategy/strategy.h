/* The contract of a client strategy: a way of driving the plan's requests. A strategy is one file with one
 * `const struct strategy strategy_NAME`, and one line STRATEGY(NAME) in strategies.def.
 *
 * It runs in a process of its own. It receives a borrowed, immutable context and owns nothing but its state.
 * It never prints, exits, computes a statistic or reads the command line. Between a request's start and its
 * sample it takes no lock and allocates nothing of its own. */
#ifndef FETCHBENCH_STRATEGY_STRATEGY_H
#define FETCHBENCH_STRATEGY_STRATEGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "http/client.h"
#include "plan/option.h"
#include "plan/plan.h"
#include "record/recording.h"

struct run_context {
    const struct plan *plan;
    const struct plan_entry *entry;
    struct recording *recording;
    const struct client *client; /* what every request of the run shares: resolved names, headers */
    struct work *work;           /* hands out tickets */
};

/* What a strategy can do; a plan that needs a bit which is absent is refused before anything starts. */
enum strategy_capability {
    CAN_RUN_CONCURRENTLY = 1 << 0, /* more than one request in flight */
    CAN_TLS = 1 << 1,
    HAS_OWN_LANES = 1 << 2, /* no two of its threads put into the same lane */
    CAN_HTTP2 = 1 << 3,
    CAN_PROXY = 1 << 4,
    CAN_REROUTE = 1 << 5, /* --resolve, --connect-to, --unix-socket */
    CAN_RESOLVE_EACH = 1 << 6,
    CAN_CERTIFICATE = 1 << 7, /* show one of its own */
    CAN_REDIRECT = 1 << 8,
    CAN_DECOMPRESS = 1 << 9,
    CAN_FAIL_STATUS = 1 << 10,
    ONE_REQUEST_PER_THREAD = 1 << 11, /* so as many in flight as it has threads */
    HAS_QUEUE = 1 << 12,              /* its samples say how long a request waited in it */
    RUNS_PROCESSES = 1 << 13,         /* of its own in each run, which have the connections */
    CAN_USE_BODY = 1 << 14,           /* save answers and check them */
    CAN_WARM_UP = 1 << 15,
    RUNS_PROGRAM =
        1 << 16, /* an outside one that has to be named: of its requests the outcomes alone are known */
    CAN_WORK = 1 << 17,          /* digest answers or parse them */
    CAN_PACE = 1 << 18,          /* wait for the moment at which a request is due */
    CAN_END_BY_TIME = 1 << 19,   /* break off what is in flight at the end of a time */
    CAN_THINK = 1 << 20,         /* pause between an answer and the next request */
    CAN_SPIN = 1 << 21,          /* wait without sleeping */
    CAN_SEND_IN_PARTS = 1 << 22, /* a body in chunks, or once the server has said that it may come */
};

/* All of it that struct transfer does for whoever drives it. */
#define CAN_WHAT_LIBCURL_CAN                                                                                 \
    (CAN_TLS | CAN_HTTP2 | CAN_PROXY | CAN_REROUTE | CAN_RESOLVE_EACH | CAN_CERTIFICATE | CAN_REDIRECT |     \
     CAN_DECOMPRESS | CAN_FAIL_STATUS | CAN_USE_BODY | CAN_WORK | CAN_WARM_UP | CAN_SEND_IN_PARTS)

/* All of it that one can do which takes its tickets one by one. */
#define CAN_KEEP_TIME (CAN_PACE | CAN_END_BY_TIME | CAN_THINK)

struct strategy {
    const char *name;
    const char *summary; /* one line for --list */
    const char *details; /* for --help NAME and the manual: prose as cli/prose.h says; NULL for none */
    unsigned capabilities;
    const struct option *options; /* rows ended by name NULL; offset is the index into plan_entry.values times
                                     sizeof(union plan_value); NULL for none */

    /* NULL when it can run here, else why not, in one sentence. May itself be NULL. */
    const char *(*probe)(void);
    /* File descriptors that this entry's requests in flight need. */
    int64_t (*descriptors)(const struct plan_entry *entry);
    /* Threads that will send requests, for this entry; NULL: one, as far as is known. */
    int64_t (*threads)(const struct plan_entry *entry);

    /* Whether this machine carries as many requests in flight as the entry asks for: 0, or -1 with err
     * filled, one sentence with the number that fits. NULL where descriptors are the only bound. */
    int (*check)(const struct plan_entry *entry, struct err *err);

    /* Before the clock: libraries, memory, handles. 0 with *state set, or -1 with err filled and nothing to
     * close. */
    int (*open)(const struct run_context *context, void **state, struct err *err);
    /* Until the work source has no more and every outcome is recorded, or until the recording says stop and
     * what is in flight has been cancelled. May be called again. 0, or -1 with err filled when it could not
     * go on. */
    int (*run)(const struct run_context *context, void *state, struct err *err);
    void (*close)(void *state);
};

/* The table, in the order of strategies.def; ended by NULL. */
extern const struct strategy *const strategy_table[];

/* The row with that name, or NULL. */
const struct strategy *strategy_find(const char *name);

/* The rows of `name:option=value`, from 0 on: the strategy's own, then those that all share which can carry
 * them out. NULL beyond the last. */
const struct option *strategy_option(const struct strategy *s, size_t index);

/* Shared histograms that pay for an entry that was configured: one for each of its threads, but no more than
 * processors where they share lanes. */
size_t strategy_lanes(const struct strategy *s, const struct plan_entry *entry, size_t processors);

/* Whether its probe lets it run here. */
bool strategy_is_available(const struct strategy *s);

/* What the plan asks of every strategy and this one cannot do: what follows "cannot ", and the option that
 * asks for it. NULL both when there is nothing. */
struct strategy_lack {
    const char *words, *option;
};
struct strategy_lack strategy_lacks(const struct strategy *s, const struct plan *plan);

/* The same as 0, or -1 with err filled: one sentence that names the strategy and the option. */
int strategy_check_needs(const struct strategy *s, const struct plan *plan, struct err *err);

/* Checks an entry against its strategy: name, options, what it can run here; fills values, concurrency,
 * threads and work. 0, or -1 with err filled: one sentence that names both, with the nearest right word where
 * one was mistyped. */
int strategy_configure(const struct plan *plan, struct plan_entry *entry, struct err *err);

#endif
