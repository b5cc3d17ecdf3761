/* What to do, frozen: every setting resolved and validated. The command line fills a struct plan, plan_finish
 * resolves what depends on something else, and from then on it is passed as const. Strings are borrowed from
 * the command line and live as long as the program. */
#ifndef FETCHBENCH_PLAN_PLAN_H
#define FETCHBENCH_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/served.h"
#include "plan/bodywork.h"
#include "plan/load.h"
#include "plan/option.h"
#include "plan/share.h"
#include "plan/urls.h"

#define PLAN_OPTIONS 8      /* options that one strategy may have, those that all share included */
#define PLAN_ENTRIES 512    /* labels in one invocation, each counted at every point of a sweep */
#define PLAN_ROUNDS 10000   /* rounds of one invocation */
#define PLAN_ROUNDS_AUTO 60 /* that --rounds auto goes to */
#define PLAN_TARGETS 1000   /* different hosts and ports that the URLs of one invocation may lead to */
#define PLAN_CONNECTIONS 5  /* that one request in flight may leave open, as libcurl's own default */

/* The one strategy behind whose colon everything is the value of its option PLAN_COMMAND, colons included. */
#define PLAN_EXEC "exec"
#define PLAN_COMMAND "command"

/* The value of one option of a strategy; which member, its row says. */
union plan_value {
    int64_t number;
    bool flag;
    const char *text;
};

/* One word pair of a mode, as typed: async:threads=2 has one. */
struct plan_setting {
    const char *name, *text;
};

/* One setting under which all is compared: see plan/sweep.h. */
struct plan_point {
    int64_t concurrency; /* as --concurrency of a plan without a sweep */
    const char *name;    /* what else is swept, "delay" or "bytes"; NULL for nothing */
    const char *value;   /* of that, as typed; NULL for none */
    double number;       /* the same in seconds or bytes */
    struct urls urls;    /* of a point with a name */
};

/* One thing to be compared: a strategy with its options under a label. */
struct plan_entry {
    const char *label;       /* unique within the plan, but for a sweep's points and ceilings */
    const char *strategy;    /* a row of the strategies table */
    int64_t point;           /* index into the plan's points; -1: there are none, or it holds at every one */
    bool ceiling;            /* it is run against the embedded endpoint to bound what the label can do */
    const struct urls *urls; /* whose requests it sends, from plan_finish on; borrowed of the plan */
    struct plan_setting settings[PLAN_OPTIONS];
    size_t setting_count;
    union plan_value values[PLAN_OPTIONS]; /* one per row of the strategy's own options, in their order, and
                                              from the end on those of the shared options */
    int64_t concurrency;                   /* requests in flight at most: 1 where the strategy has one */
    int64_t threads;                       /* threads that send requests */
    int64_t connections;                   /* that one request in flight may have open at once */
    struct bodywork work;                  /* what is done with each body */
};

/* Where a URL leads. */
struct target {
    char host[256]; /* in lower case, without brackets */
    char port[8];   /* always filled, the scheme's own if the URL has none */
    char scheme[8]; /* "http" or "https": the first URL's that leads there */
    bool tls;       /* https of any URL that leads there */
    bool literal;   /* the host is an IP address: nothing to resolve */
};

struct plan {
    const char *url;       /* as typed, or the embedded endpoint's; NULL where there is only a list */
    const char *urls_file; /* of --urls, NULL for none */
    struct urls urls;
    struct target *targets; /* where the URLs lead, in the order of their first request (http/targets.h) */
    size_t target_count;
    bool embedded;                       /* the target is the embedded endpoint */
    const char *endpoint;                /* where it is, "127.0.0.1:1234"; NULL where none is needed */
    bool ceiling;                        /* every entry is run against it as well */
    struct urls ceiling_urls;            /* for that; their target stands behind the last of the targets */
    const struct served_answers *served; /* of its answers; NULL where it is another's */

    const char *method;
    struct option_list headers; /* "Name: value" as typed */
    const char *data;           /* request body, NULL for none */
    size_t data_bytes;          /* 0 until plan_finish where data is a text */
    const char *user;           /* user:password, NULL for none */
    const char *user_agent;
    int64_t timeout_ns, connect_timeout_ns;
    bool insecure;
    const char *cacert; /* file, NULL for the system's */
    const char *cert;   /* client certificate: "FILE:PASSWORD" as typed, by plan_finish FILE; NULL for none */
    const char *cert_password; /* of its key, NULL for none */
    const char *key;           /* its private key's file, NULL where cert holds it */
    bool http1_1, http2;
    struct option_list resolve;    /* "HOST:PORT:ADDRESS" */
    struct option_list connect_to; /* "HOST:PORT:HOST:PORT" */
    const char *unix_socket;       /* path, NULL for none */
    const char *proxy;             /* URL, NULL for none */
    const char *dns;               /* "once" before the clock (so does NULL), or for "each" connection */
    bool location, compressed;
    bool fail_status; /* answers of 400 and above are failures */
    bool verify;      /* answers are to echo the arguments sent */
    bool ipv4_only, ipv6_only;
    bool no_keepalive;

    struct share share;   /* of what others carry out at the same time; requests, concurrency, rates and the
                             load are the share's own from plan_finish on */
    int64_t requests;     /* 0 until plan_finish: 100, or with `save` as many as a list has lines */
    int64_t duration_ns;  /* run time instead of a count of requests, 0 for none */
    double rate_per_s;    /* requests in all, 0: a closed loop */
    const char *arrivals; /* "constant" or "poisson", NULL without a rate */
    const char *ramp, *stages; /* as typed, NULL for none */
    int64_t deadline_ns;       /* of a count of requests, 0 for none */
    int64_t grace_ns;          /* for what is in flight when duration or deadline are over */
    int64_t think_ns;          /* pause of a slot between an answer and its next request */
    bool spin;                 /* an open loop's waiting never sleeps */
    struct load load;          /* what of these says when requests are due */
    int64_t length_ns;         /* for how long requests are begun, 0: not known beforehand */
    const char *counts;        /* of --concurrency as typed, one or several; NULL for none */
    const char *sweep;         /* of --sweep as typed; NULL for none */
    int64_t concurrency; /* 0 until plan_finish: the lesser of requests and 100; in a sweep the largest */
    int64_t threads;     /* 0: each strategy its own default */
    int64_t rounds;      /* with rounds_auto the pilot's, the least number there can be */
    bool rounds_auto;    /* more are decided on after the pilot */
    int64_t budget_ns;   /* of time that they may take then; 0 without rounds_auto */
    const char *metric;  /* that alone gets a verdict, by its key in a report's comparisons */
    uint64_t seed;
    int64_t warmup_requests; /* before the clock starts, 0 for none */
    int64_t warmup_ns;       /* or for that long */
    bool keep_going;
    double max_errors;          /* share of failed requests beyond which the status is 3 */
    const char *pin;            /* processors for the measured child, "0" or "0-1,3"; NULL for any */
    int64_t run_timeout_ns;     /* 0 until plan_finish: ten minutes more than a run takes */
    int64_t descriptors_before; /* the soft limit that outside programs get back, 0 for the present one */

    const char *samples;       /* file of every request's line, "-" for standard output, NULL for none */
    const char *samples_order; /* "completed" or "issued"; NULL without samples */

    const char *save; /* folder for the bodies, NULL for none */
    const char *work; /* as typed: bodywork of the entries that do not say; NULL for none */

    struct plan_point *points; /* of a sweep */
    size_t point_count;        /* 0 without one */
    struct plan_entry entries[PLAN_ENTRIES];
    size_t entry_count;

    struct arena arena; /* of texts that were made, not borrowed */
};

/* Resolves and validates what no single option can: concurrency, the URLs. 0, or -1 with err filled. */
int plan_finish(struct plan *plan, struct err *err);
void plan_fini(struct plan *plan);

/* Different labels among the entries. */
size_t plan_label_count(const struct plan *plan);

/* The path and query of the embedded endpoint that requests go to; what is swept in braces. */
const char *plan_embedded_path(const struct plan *plan);

/* The point that an entry runs at, NULL where it holds at every one; and the requests that --concurrency
 * allows it to have in flight. */
const struct plan_point *plan_point_of(const struct plan *plan, const struct plan_entry *entry);
int64_t plan_concurrency_of(const struct plan *plan, const struct plan_entry *entry);

/* Whether any URL is an https one. Known once there are targets. */
bool plan_uses_tls(const struct plan *plan);

/* Connections that one request in flight may leave open for later ones: one per target, PLAN_CONNECTIONS at
 * most. */
int64_t plan_connections(const struct plan *plan);

/* Whether a --header has that name ("Expect"), be it to give, to empty or to leave it out; and whether one
 * gives it a value. */
bool plan_has_header(const struct plan *plan, const char *name);
bool plan_gives_header(const struct plan *plan, const char *name);

/* Whether names are resolved anew for each connection. */
bool plan_resolves_each(const struct plan *plan);

/* Reads `[label=]name[:option=value]...[,...]`, or `[label=]exec:COMMAND`, and adds its entries to the plan.
 * 0, or -1 with err filled. Labels that repeat get "-2", "-3" by plan_finish. The parts are copied and live
 * until plan_fini. */
int plan_add_modes(struct plan *plan, const char *text, struct err *err);

/* "sequential,threads,async": for file names, everything but letters, digits, '.', '_', '-' replaced by '_'.
 */
void plan_labels(const struct plan *plan, char *out, size_t size);

#endif
